import { setTimeout as pause } from 'node:timers/promises';
import { serviceNames } from '@finharbor/contracts/services';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import fastify, { type FastifyInstance } from 'fastify';
import request from 'supertest';
import { committedDocuments, type OpenApi } from '../src/documents.js';
import { listen, startGateway, vouchedFor } from './fixture.js';

const operation = { 'x-service': 'partners', 'x-roles': ['anonymous'] } as OpenApi['paths'][string][string];
const paths: OpenApi['paths'] = { '/v1/status': { get: operation }, '/v1/events': { get: operation }, '/v1/harbors': { get: operation } };

describe('the status of the platform', () => {
  let gateway: { app: NestFastifyApplication; url: string };
  let partners: FastifyInstance;
  let others: FastifyInstance;
  const webhooks = { success: 0.9, firstAttemptP95Ms: 200, backlog: 0 };
  const answer = { status: 200 };
  /** Longer than the gateway waits for an answer here. */
  const slowly = async (): Promise<object> => pause(900, { items: [] });

  beforeAll(async () => {
    [partners, others] = [fastify(), fastify()];
    for (const server of [partners, others]) server.get('/health/ready', async () => ({}));
    partners.get('/v1/status', async (asked, reply) => {
      if (vouchedFor(asked.headers, 'partners')?.role !== 'anonymous') return reply.status(401).send();
      return reply.status(answer.status).send({ status: 'ok', services: [], webhooks });
    });
    partners.get('/v1/events', slowly);
    partners.get('/v1/harbors', slowly);
    const url = await listen(others);
    const urls = { ...Object.fromEntries(serviceNames.map((name) => [name, url])), partners: await listen(partners), harbors: 'http://127.0.0.1:9' };
    gateway = await startGateway(urls, { ...committedDocuments(), openapi: { ...committedDocuments().openapi, paths } }, { ANSWER_TIMEOUT_MS: '500' });
  });
  afterAll(async () => {
    await gateway?.app.close();
    await Promise.all([partners?.close(), others?.close()]);
  });

  it('is told to anybody: which services are up, and how webhooks fare as far as partners can say', async () => {
    const services = serviceNames.map((name) => ({ name, state: name === 'harbors' ? 'down' : 'up' }));
    const told = await request(gateway.url).get('/v1/status').expect(200);
    expect(told.body).toEqual({ status: 'degraded', services, webhooks });
    await request(gateway.url).head('/v1/status').expect(200);
    await request(gateway.url).post('/v1/status').expect(405);
    answer.status = 503;
    expect((await request(gateway.url).get('/v1/status').expect(200)).body).toEqual({ status: 'degraded', services, webhooks: null });
  });

  it('does not cut off whoever waits for an event, as it does for any other answer', async () => {
    const [waited, cut] = await Promise.all([request(gateway.url).get('/v1/events?wait=1'), request(gateway.url).get('/v1/harbors')]);
    expect([waited.status, cut.status]).toEqual([200, 504]);
  });
});
