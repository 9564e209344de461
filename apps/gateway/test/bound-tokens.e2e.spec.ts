import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { DpopNonces } from '@finharbor/security/dpop/dpop-nonces';
import { parseServiceKeys } from '@finharbor/security/tokens/service-token';
import { callerOf, testServiceKey } from '@finharbor/testing/callers';
import { testServers } from '@finharbor/testing/database';
import { until } from '@finharbor/testing/until';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import fastify, { type FastifyInstance } from 'fastify';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';
import request, { type Test } from 'supertest';
import { committedDocuments } from '../src/documents.js';
import { type Issuer, listen, publicUrl, startGateway, startIssuer, vouchedFor } from './fixture.js';

const documents = {
  ...committedDocuments(),
  openapi: { paths: {
    '/v1/things': { get: { 'x-service': 'harbors' as const }, post: { 'x-service': 'harbors' as const } },
    '/oauth/token': { post: { 'x-service': 'partners' as const } },
  } },
};
const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64url');
/** What a proxy passes on: a thumbprint, as HAProxy writes it. */
const certificate = randomBytes(32);

describe('bound access tokens at the gateway', () => {
  let issuer: Issuer;
  let peer: FastifyInstance;
  let peerUrl: string;
  let gateways: { app: NestFastifyApplication; url: string }[];
  let pair: CryptoKeyPair;
  let jwk: JWK;
  let jkt: string;
  const bank = callerOf('bank');
  const nonce = (): string => new DpopNonces(parseServiceKeys(testServiceKey)).next();

  const proofOf = (token: string, change: JWTPayload = {}): Promise<string> => new SignJWT({
    jti: randomBytes(8).toString('hex'), htm: 'GET', htu: `${publicUrl}/v1/things`, iat: Math.floor(Date.now() / 1000), ath: hashOf(token), nonce: nonce(), ...change,
  }).setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk }).sign(pair.privateKey);
  const ask = (authorization: string, headers: Record<string, string> = {}, gateway = 0): Test =>
    request(gateways[gateway].url).get('/v1/things?limit=1').set({ authorization, ...headers });

  beforeAll(async () => {
    pair = await generateKeyPair('ES256', { extractable: true }) as CryptoKeyPair;
    jwk = await exportJWK(pair.publicKey);
    jkt = await calculateJwkThumbprint(jwk);
    issuer = await startIssuer();
    peer = fastify();
    peer.get('/v1/things', async (req) => vouchedFor(req.headers, 'harbors'));
    peerUrl = await listen(peer);
    const urls = { partners: issuer.url, harbors: peerUrl };
    const shared = { REDIS_URL: testServers().redisUrl, QUEUE_PREFIX: `{bound-${randomBytes(4).toString('hex')}}`, CLIENT_CERTIFICATE_HEADER: 'X-SSL-Client-SHA256' };
    gateways = [
      await startGateway(urls, documents, { ...shared, TRUSTED_PROXIES: '127.0.0.1' }),
      await startGateway(urls, documents, { ...shared, TRUSTED_PROXIES: '10.0.0.0/8' }),
    ];
  });
  afterAll(async () => {
    for (const { app } of gateways) await app.close();
    await peer.close();
    await issuer.server.close();
    for (const name of ['REDIS_URL', 'CLIENT_CERTIFICATE_HEADER', 'TRUSTED_PROXIES', 'RATE_LIMIT_FACTOR']) delete process.env[name];
  });

  it('by DPoP are good with a proof of the key, once, at whichever gateway', async () => {
    const token = await issuer.sign(bank, { claims: { cnf: { jkt } } });
    const dpop = await proofOf(token);
    const answer = await ask(`DPoP ${token}`, { dpop }).expect(200);
    expect([answer.body, answer.headers['dpop-nonce']]).toEqual([bank, nonce()]);
    for (const gateway of [0, 1]) {
      const again = await ask(`DPoP ${token}`, { dpop }, gateway);
      expect([again.status, again.headers['www-authenticate']]).toEqual([401, 'DPoP error="invalid_dpop_proof", algs="ES256 PS256 EdDSA Ed25519"']);
    }
    await ask(`dpop ${token}`, { dpop: await proofOf(token) }, 1).expect(200);
  });

  it('by DPoP tell a client the nonce that it needs', async () => {
    const token = await issuer.sign(bank, { claims: { cnf: { jkt } } });
    for (const wrong of [undefined, 'made-up']) {
      const answer = await ask(`DPoP ${token}`, { dpop: await proofOf(token, { nonce: wrong }) });
      expect([answer.status, answer.body.code, answer.headers['www-authenticate']]).toEqual([401, 'UNAUTHENTICATED', 'DPoP error="use_dpop_nonce", algs="ES256 PS256 EdDSA Ed25519"']);
      await ask(`DPoP ${token}`, { dpop: await proofOf(token, { nonce: answer.headers['dpop-nonce'] }) }).expect(200);
    }
  });

  it('by DPoP are refused without a proof, with one of another request or key, and as plain tokens; plain ones are not taken for bound', async () => {
    const token = await issuer.sign(bank, { claims: { cnf: { jkt } } });
    const plain = await issuer.sign(bank);
    const others = await issuer.sign(bank, { claims: { cnf: { jkt: hashOf('another key') } } });
    const cases: [string, string, string | undefined][] = [
      ['no proof', `DPoP ${token}`, undefined], ['no JWT', `DPoP ${token}`, 'x'], ['two proofs', `DPoP ${token}`, `${await proofOf(token)}, ${await proofOf(token)}`],
      ['another method', `DPoP ${token}`, await proofOf(token, { htm: 'POST' })], ['another path', `DPoP ${token}`, await proofOf(token, { htu: `${publicUrl}/v1/others` })],
      ['another host', `DPoP ${token}`, await proofOf(token, { htu: 'http://evil.example/v1/things' })], ['another token', `DPoP ${token}`, await proofOf(plain)],
      ['another key', `DPoP ${others}`, await proofOf(others)], ['a bound token as a plain one', `Bearer ${token}`, await proofOf(token)],
      ['a bound token as a plain one, without a proof', `Bearer ${token}`, undefined], ['a plain token as a bound one', `DPoP ${plain}`, await proofOf(plain)],
    ];
    for (const [name, authorization, dpop] of cases) {
      const answer = await ask(authorization, dpop === undefined ? {} : { dpop });
      const scheme = authorization.split(' ')[0];
      expect([name, answer.status, answer.body.code, answer.headers['www-authenticate']]).toEqual([name, 401, 'UNAUTHENTICATED', expect.stringMatching(`^${scheme} error="`)]);
    }
    const graph = await request(gateways[0].url).post('/graphql').set({ authorization: `Bearer ${token}` }).send({ query: '{ __typename }' });
    expect([graph.status, graph.body.code]).toEqual([401, 'UNAUTHENTICATED']);
    await request(gateways[0].url).post('/graphql').set({ authorization: `DPoP ${token}`, dpop: await proofOf(token, { htm: 'POST', htu: `${publicUrl}/graphql` }) })
      .send({ query: '{ __typename }' }).expect(200);
  });

  it('of ten that show one proof at once, at two gateways, serve one', async () => {
    const token = await issuer.sign(bank, { claims: { cnf: { jkt } } });
    await Promise.all([0, 1].map(async (gateway) => ask(`DPoP ${token}`, { dpop: await proofOf(token) }, gateway).expect(200)));
    const dpop = await proofOf(token);
    const answers = await Promise.all(Array.from({ length: 10 }, (_, index) => ask(`DPoP ${token}`, { dpop }, index % 2)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(9);
  });

  it('by a certificate are good with that one alone, and only a trusted proxy is believed about it', async () => {
    const token = await issuer.sign(bank, { claims: { cnf: { 'x5t#S256': certificate.toString('base64url') } } });
    const shown = { 'x-ssl-client-sha256': certificate.toString('hex') };
    expect((await ask(`Bearer ${token}`, shown).expect(200)).body).toEqual(bank);
    const refused: [string, number, Record<string, string>][] = [
      ['none', 0, {}], ['another', 0, { 'x-ssl-client-sha256': randomBytes(32).toString('hex') }], ['two', 0, { 'x-ssl-client-sha256': `${shown['x-ssl-client-sha256']}, ${'0'.repeat(64)}` }],
      ['under another name', 0, { 'client-cert': shown['x-ssl-client-sha256'], 'x-client-certificate': certificate.toString('base64url') }],
      ['from somebody who is no proxy of ours', 1, shown], ['from somebody who says to be one', 1, { ...shown, 'x-forwarded-for': '10.0.0.1' }],
    ];
    for (const [name, gateway, headers] of refused) {
      const answer = await ask(`Bearer ${token}`, headers, gateway);
      expect([name, answer.status, answer.headers['www-authenticate']]).toEqual([name, 401, 'Bearer error="invalid_token"']);
    }
  });

  it('are asked for with the proof and the certificate of the client, which nobody else can name', async () => {
    const headers = { dpop: 'a.proof.here', 'content-type': 'application/x-www-form-urlencoded', 'x-client-certificate': 'forged' };
    const body = 'grant_type=client_credentials';
    await request(gateways[0].url).post('/oauth/token').set({ ...headers, 'x-ssl-client-sha256': certificate.toString('hex') }).send(body).expect(200);
    await request(gateways[1].url).post('/oauth/token').set({ ...headers, 'x-ssl-client-sha256': certificate.toString('hex') }).send(body).expect(200);
    expect(issuer.asked.slice(-2).map(({ headers: { dpop, 'x-client-certificate': named } }) => [dpop, named])).toEqual([
      ['a.proof.here', certificate.toString('base64url')], ['a.proof.here', undefined],
    ]);
  });

  it('are refused within a second after they or their clients were revoked, bound or not, remembered or not', async () => {
    const [locked, other] = [callerOf('bank'), { ...callerOf('department'), clientId: 'another' }];
    const tokens = { locked: await issuer.sign({ ...locked, clientId: 'locked' }), revoked: await issuer.sign(other, { claims: { jti: 'revoked' } }), good: await issuer.sign(other) };
    for (const token of Object.values(tokens)) for (const gateway of [0, 1]) await ask(`Bearer ${token}`, {}, gateway).expect(200);
    issuer.revoked.clients.push('locked');
    issuer.revoked.tokens.push('revoked');
    const begun = Date.now();
    for (const token of [tokens.locked, tokens.revoked, await issuer.sign({ ...locked, clientId: 'locked' })]) {
      for (const gateway of [0, 1]) await until('it is refused', async () => (await ask(`Bearer ${token}`, {}, gateway)).status === 401);
    }
    expect(Date.now() - begun).toBeLessThan(3_000);
    for (const gateway of [0, 1]) await ask(`Bearer ${tokens.good}`, {}, gateway).expect(200);
  });

  it('are held to the same while Redis is away, but for proofs that another gateway has seen', async () => {
    const alone = await startGateway({ partners: issuer.url, harbors: peerUrl }, documents, { REDIS_URL: 'redis://127.0.0.1:9', RATE_LIMIT_FACTOR: '0' });
    const caller = { ...callerOf('bank'), clientId: 'locked-later' };
    const token = await issuer.sign(caller, { claims: { cnf: { jkt } } });
    const send = async (dpop: string): Promise<number> => (await request(alone.url).get('/v1/things').set({ authorization: `DPoP ${token}`, dpop })).status;
    const dpop = await proofOf(token);
    expect([await send(dpop), await send(dpop), await send(await proofOf(token))]).toEqual([200, 401, 200]);
    issuer.revoked.clients.push('locked-later');
    await until('it is refused', async () => await send(await proofOf(token)) === 401);
    await alone.app.close();
  });

  it('are verified while partners is still of the version before, which tells nothing of revocations', async () => {
    const before = fastify();
    before.get('/oauth/jwks', async ({ headers }) => (await fetch(`${issuer.url}/oauth/jwks`, { headers: { 'x-service-token': String(headers['x-service-token']) } })).json());
    const upgraded = await startGateway({ partners: await listen(before), harbors: peerUrl }, documents, { RATE_LIMIT_FACTOR: '0' });
    await request(upgraded.url).get('/v1/things').set('authorization', await issuer.bearer(bank)).expect(200);
    await upgraded.app.close();
    await before.close();
  });

  it('reads certificates as proxies write them', async () => {
    const { certificateThumbprint } = await import('../src/callers/client-certificate.js');
    const der = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' }); // any bytes do
    const pem = `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/(.{64})/g, '$1\n')}\n-----END CERTIFICATE-----\n`;
    const thumbprint = createHash('sha256').update(der).digest('base64url');
    for (const header of [`:${der.toString('base64')}:`, encodeURIComponent(pem), createHash('sha256').update(der).digest('hex').toUpperCase()]) {
      expect(certificateThumbprint(header)).toBe(thumbprint);
    }
    for (const header of [undefined, '', 'x', '%', ':', '::', ['a', 'b'], `:${der.toString('base64')}:, :AAAA:`, encodeURIComponent(pem + pem)]) {
      expect([header, certificateThumbprint(header)]).toEqual([header, undefined]);
    }
  });
});
