import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import request, { type Response } from 'supertest';
import { startGateway } from './fixture.js';

/** Where pages of this kind load their parts from, when they do not have them. */
const networks = /unpkg|jsdelivr|cdnjs|esm\.sh|skypack|googleapis|gstatic|cloudflare|apollographql|bootstrapcdn|fontawesome|validator\.swagger\.io\/validator\?/;

describe('the pages', () => {
  let gateway: { app: NestFastifyApplication; url: string };
  const get = (path: string): Promise<Response> => request(gateway.url).get(path).buffer(true).then((answer) => answer);

  beforeAll(async () => { gateway = await startGateway({}); });
  afterAll(() => gateway.app.close());

  it.each(['/', '/docs', '/graphiql'])('%s loads everything from here', async (page) => {
    const { status, text, headers } = await get(page);
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(headers['content-security-policy']).toMatch(/^default-src 'self';.*frame-ancestors 'none'$/);
    expect(headers['content-security-policy']).not.toMatch(/https?:|\*|unsafe-eval|script-src/);
    expect(text).not.toMatch(/<script(?![^>]* src=)|<style|\son\w+=|https?:\/\/|["']\/\//);
    const links = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => link);
    expect(links.length).toBeGreaterThan(2);
    for (const link of links) expect([link, (await get(link)).status]).toEqual([link, link === '/health/ready' ? 503 : 200]);
  });

  const parts = ['/pages.css', '/front.js', '/docs/start.js', '/docs/swagger-ui.css', '/docs/swagger-ui-bundle.js', '/graphiql/start.js',
    '/graphiql/graphiql.css', '/graphiql/graphiql.js', '/graphiql/editor.worker.js', '/graphiql/graphql.worker.js', '/graphiql/json.worker.js'];

  it.each(parts)('%s is here and fetches nothing from outside', async (part) => {
    const { status, text, headers } = await get(part);
    expect([status, headers['x-content-type-options']]).toEqual([200, 'nosniff']);
    expect(headers['content-type']).toBe(part.endsWith('.css') ? 'text/css; charset=utf-8' : 'text/javascript; charset=utf-8');
    expect(text.length).toBeGreaterThan(100);
    expect(networks.exec(text)?.[0]).toBeUndefined();
    expect(text).not.toMatch(/(url\(|@import)\s*["']?(https?:)?\/\//);
    expect(text).not.toMatch(/(importScripts|import|fetch)\(["'`](https?:)?\/\//);
  });

  it('load every part that the scripts of the pages name', async () => {
    const scripts = (await Promise.all(['/docs/start.js', '/graphiql/start.js'].map(get))).map(({ text }) => text).join('\n');
    expect(scripts).toContain('validatorUrl: null');
    const named = [...scripts.matchAll(/'(\/[\w./-]+)'/g)].map(([, path]) => path);
    expect(named).toEqual(expect.arrayContaining(['/openapi.json', '/graphiql/graphiql.js', '/oauth/token', '/graphql']));
    for (const path of named) expect([path, (await get(path)).status]).not.toEqual([path, 404]);
  });

  it('come compressed or not, as the browser wishes, and with HEAD', async () => {
    const plain = await request(gateway.url).get('/docs/swagger-ui.css').set('accept-encoding', 'identity').expect(200);
    const packed = await request(gateway.url).get('/docs/swagger-ui.css').set('accept-encoding', 'gzip').expect(200);
    expect([plain.headers['content-encoding'], packed.headers['content-encoding']]).toEqual([undefined, 'gzip']);
    expect(packed.text).toBe(plain.text);
    expect((await request(gateway.url).head('/docs').expect(200)).text).toBeUndefined();
  });

  it('show the committed OpenAPI document', async () => {
    const { body } = await get('/openapi.json');
    expect(body.openapi).toBe('3.1.0');
    expect(body.paths).toHaveProperty(['/v1/harbors', 'get']);
    expect(body.paths).toHaveProperty(['/oauth/token', 'post']);
  });

  it('are only to be read', async () => {
    const answer = await request(gateway.url).post('/docs').expect(405);
    expect([answer.headers.allow, answer.body.code]).toEqual(['GET, HEAD, OPTIONS', 'METHOD_NOT_ALLOWED']);
  });
});
