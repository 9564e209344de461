import fastify from 'fastify';
import request from 'supertest';
import { committedDocuments, type OpenApi } from '../src/documents.js';
import { listen, startGateway } from './fixture.js';

describe('the routes of the sandbox', () => {
  it.each([['true', 200], ['false', 404]])('with SANDBOX=%s are answered with %d', async (SANDBOX, status) => {
    const partners = fastify();
    partners.get('/v1/sandbox/outcomes', async () => ({ items: [] }));
    const paths = { '/v1/sandbox/outcomes': { get: { 'x-service': 'partners' } } } as OpenApi['paths'];
    const gateway = await startGateway({ partners: await listen(partners) }, { ...committedDocuments(), openapi: { paths } }, { SANDBOX });
    try {
      await request(gateway.url).get('/v1/sandbox/outcomes').expect(status);
    } finally {
      await gateway.app.close();
      await partners.close();
      delete process.env.SANDBOX;
    }
  });
});
