import { type ServiceName, serviceNames } from '@finharbor/contracts/services';
import { until } from '@finharbor/testing/until';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import fastify, { type FastifyInstance } from 'fastify';
import request, { type Response } from 'supertest';
import { listen, startGateway } from './fixture.js';

describe('the health of the gateway', () => {
  let gateway: { app: NestFastifyApplication; url: string };
  let harbors: FastifyInstance;
  let others: FastifyInstance;
  let hanging = false;
  const answers = { harbors: 503, others: 503 };
  const ready = (): Promise<Response> => request(gateway.url).get('/health/ready').then((answer) => answer);
  const states = (up: (name: ServiceName) => boolean): object => Object.fromEntries(serviceNames.map((name) => [name, up(name) ? 'up' : 'down']));

  beforeAll(async () => {
    [harbors, others] = [fastify(), fastify()];
    harbors.get('/health/ready', (_request, reply) => {
      if (!hanging) void reply.status(answers.harbors).send({});
    });
    others.get('/health/ready', (_request, reply) => reply.status(answers.others).send({}));
    const url = await listen(others);
    gateway = await startGateway({ ...Object.fromEntries(serviceNames.map((name) => [name, url])), harbors: await listen(harbors) });
  });
  afterAll(async () => {
    await gateway.app.close();
    await others.close();
  });

  it('is alive from the start and ready from the first service on, for good', async () => {
    await request(gateway.url).get('/health/live').expect(200);
    const begin = await ready();
    expect([begin.status, begin.body]).toEqual([503, { status: 'starting', services: states(() => false) }]);
    answers.others = 200;
    const some = await ready();
    expect([some.status, some.body]).toEqual([200, { status: 'degraded', services: states((name) => name !== 'harbors') }]);
    answers.harbors = 200;
    const all = await ready();
    expect([all.status, all.body]).toEqual([200, { status: 'ok', services: states(() => true) }]);
    hanging = true;
    const slow = await ready();
    expect([slow.status, slow.body]).toEqual([200, all.body]); // nobody waited until it was too late: it is told as what it last was
    hanging = false;
    answers.others = 503;
    harbors.server.closeAllConnections();
    await harbors.close();
    // What hung is still being asked for a moment.
    const none = await until('all are down', async () => {
      const answer = await ready();
      return Object.values(answer.body.services).includes('up') ? false : answer;
    });
    expect([none.status, none.body]).toEqual([200, { status: 'degraded', services: states(() => false) }]);
  });

  it('measures requests by route', async () => {
    await request(gateway.url).get('/v1/harbors/0190-secret?a=secret').expect(503);
    await request(gateway.url).get('/secret').expect(404);
    const { text, headers } = await request(gateway.url).get('/metrics').expect(200);
    expect(headers['content-type']).toContain('text/plain');
    const counted = text.split('\n').filter((line) => line.startsWith('finharbor_request_seconds_count') && line.includes('route="/v1/harbors/:id"'));
    expect(counted).toEqual([expect.stringMatching(/method="GET".*status="503".*} 1$/)]);
    expect(text).toContain('process_cpu_seconds_total');
    expect(text).not.toContain('secret');
  });
});
