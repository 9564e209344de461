import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createGunzip, gzip } from 'node:zlib';
import { promisify } from 'node:util';
import type { FastifyInstance, RouteHandlerMethod } from 'fastify';
import type { OpenApi } from '../documents.js';
import { registerPath } from '../routes/methods.js';

const compress = promisify(gzip);
const swagger = createRequire(createRequire(import.meta.url).resolve('@nestjs/swagger'));

const generated = (name: string) => () => readFile(new URL(`../../generated/${name}`, import.meta.url));
const ours = (name: string) => () => readFile(new URL(`./browser/${name}`, import.meta.url));
const swaggers = (name: string) => () => readFile(swagger.resolve(`swagger-ui-dist/${name}`));
/** GraphiQL comes as strings in one module of 9 MB, which is loaded when somebody wants to see it. */
const graphiql = (name: 'css' | 'js' | 'editorWorkerService' | 'graphqlWorker' | 'jsonWorker') => async () =>
  Buffer.from((await import('@graphql-yoga/render-graphiql/graphiql'))[name]);

const html = 'text/html; charset=utf-8';
const script = 'text/javascript; charset=utf-8';
const style = 'text/css; charset=utf-8';

/** Everything that the pages load, path by path; they must work where there is no internet. */
const files: Record<string, [type: string, load: () => Promise<Buffer>]> = {
  '/': [html, ours('index.html')],
  '/front.js': [script, ours('index.js')],
  '/pages.css': [style, ours('pages.css')],
  '/docs': [html, ours('docs.html')],
  '/docs/start.js': [script, ours('docs.js')],
  '/docs/swagger-ui.css': [style, swaggers('swagger-ui.css')],
  '/docs/swagger-ui-bundle.js': [script, swaggers('swagger-ui-bundle.js')],
  '/asyncapi.json': ['application/json; charset=utf-8', generated('asyncapi.json')],
  '/favicon.ico': ['image/png', swaggers('favicon-32x32.png')],
  '/graphiql': [html, ours('graphiql.html')],
  '/graphiql/start.js': [script, ours('graphiql.js')],
  '/graphiql/graphiql.css': [style, graphiql('css')],
  '/graphiql/graphiql.js': [script, graphiql('js')],
  '/graphiql/editor.worker.js': [script, graphiql('editorWorkerService')],
  '/graphiql/graphql.worker.js': [script, graphiql('graphqlWorker')],
  '/graphiql/json.worker.js': [script, graphiql('jsonWorker')],
};

/** Registers the pages and the documents of the interfaces. */
export function registerPages(server: FastifyInstance, openapi: OpenApi): void {
  for (const [path, [type, load]] of Object.entries(files)) registerPath(server, path, { GET: serve(type, load) });
  const document = JSON.stringify(openapi);
  registerPath(server, '/openapi.json', { GET: serve('application/json; charset=utf-8', async () => Buffer.from(document)) });
}

/** Sends a file, which is kept compressed from the first time on. */
function serve(type: string, load: () => Promise<Buffer>): RouteHandlerMethod {
  let compressed: Promise<Buffer> | undefined;
  return async (request, reply) => {
    compressed ??= load().then((content) => compress(content));
    const body = await compressed;
    void reply.header('content-type', type).header('vary', 'accept-encoding').header('cache-control', 'no-cache');
    if (/\bgzip\b/.test(String(request.headers['accept-encoding']))) return reply.header('content-encoding', 'gzip').send(body);
    const whole = createGunzip();
    whole.end(body);
    return reply.send(whole);
  };
}
