import { anonymous, signedInRoles } from '@finharbor/security/tokens/caller';
import { bearerOf, callerOf } from '@finharbor/testing/callers';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import fastify, { type FastifyInstance } from 'fastify';
import request, { type Test } from 'supertest';
import { committedDocuments } from '../src/documents.js';
import { type Issuer, listen, nowhere, startGateway, startIssuer, vouchedFor } from './fixture.js';

const documents = { ...committedDocuments(), openapi: { paths: { '/v1/things': { get: { 'x-service': 'harbors' as const } } } } };

describe('access tokens at the gateway', () => {
  let issuer: Issuer;
  let peer: FastifyInstance;
  let peerUrl: string;
  let gateway: { app: NestFastifyApplication; url: string };
  let reached = 0;
  const bank = callerOf('bank');
  const ask = (authorization?: string): Test => {
    const test = request(gateway.url).get('/v1/things');
    return authorization === undefined ? test : test.set('authorization', authorization);
  };

  beforeAll(async () => {
    issuer = await startIssuer();
    peer = fastify();
    peer.get('/v1/things', async (req) => { reached += 1; return vouchedFor(req.headers, 'harbors'); });
    peerUrl = await listen(peer);
    gateway = await startGateway({ partners: issuer.url, harbors: peerUrl }, documents);
  });
  afterAll(async () => {
    await gateway.app.close();
    await peer.close();
    await issuer.server.close();
  });

  it('makes whoever has none anonymous', async () => {
    expect((await ask().expect(200)).body).toEqual({ ...anonymous });
  });

  it('makes whoever has one the party that it names', async () => {
    for (const role of signedInRoles) {
      const caller = callerOf(role);
      expect((await ask(await issuer.bearer(caller)).expect(200)).body).toEqual(caller);
    }
  });

  it('refuses a bad one, and never takes it for none', async () => {
    const count = reached;
    const good = await issuer.sign(bank);
    const bad = {
      empty: 'Bearer ', scheme: `Basic ${Buffer.from('a:b').toString('base64')}`, garbage: 'Bearer garbage', two: `Bearer ${good} ${good}`,
      tampered: `Bearer ${good.slice(0, -4)}AAAA`, unsigned: `Bearer ${Buffer.from('{"alg":"none"}').toString('base64url')}.${good.split('.')[1]}.`,
      expired: `Bearer ${await issuer.sign(bank, { expires: '-1m' })}`,
      foreignKey: `Bearer ${await issuer.sign(bank, { key: issuer.foreignKey })}`,
      unknownKey: `Bearer ${await issuer.sign(bank, { key: issuer.foreignKey, kid: 'k2' })}`,
      foreignIssuer: `Bearer ${await issuer.sign(bank, { issuer: 'https://elsewhere.example' })}`,
      serviceToken: bearerOf(bank, 'harbors'),
    };
    for (const [name, authorization] of Object.entries(bad)) {
      const answer = await ask(authorization);
      expect([name, answer.status, answer.body.code, answer.headers['www-authenticate']]).toEqual([name, 401, 'UNAUTHENTICATED', 'Bearer error="invalid_token"']);
      const graph = await request(gateway.url).post('/graphql').set('authorization', authorization).send({ query: '{ __typename }' });
      expect([name, graph.status, graph.body.code]).toEqual([name, 401, 'UNAUTHENTICATED']);
    }
    expect(reached).toBe(count);
  });

  it('shows partners its own word when it fetches the keys, and fetches them seldom', async () => {
    expect(issuer.timesFetched()).toBeGreaterThan(0);
    const before = issuer.timesFetched();
    for (let n = 0; n < 20; n += 1) await ask(await issuer.bearer(callerOf('bank'))).expect(200);
    expect(issuer.timesFetched()).toBe(before);
  });

  it('answers 503 where the keys cannot be had', async () => {
    const refusing = fastify();
    refusing.get('/oauth/jwks', (_request, reply) => reply.status(500).send());
    const urls = [nowhere, await listen(refusing)];
    for (const partners of urls) {
      const other = await startGateway({ partners, harbors: peerUrl }, documents);
      const answer = await request(other.url).get('/v1/things').set('authorization', await issuer.bearer(bank));
      expect([answer.status, answer.body.code, answer.headers['retry-after']]).toEqual([503, 'SERVICE_UNAVAILABLE', '2']);
      await request(other.url).get('/v1/things').expect(200);
      await other.app.close();
    }
    await refusing.close();
  });
});
