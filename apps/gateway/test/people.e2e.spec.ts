import { newId } from '@finharbor/contracts/ids';
import { peopleRoles } from '@finharbor/security/people/people';
import { accessTokenAudience } from '@finharbor/security/tokens/access-token';
import { choosing, type Person, signIn, startPeopleProvider } from '@finharbor/testing/people';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import fastify, { type FastifyInstance } from 'fastify';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import request, { type Response } from 'supertest';
import { committedDocuments, type OpenApi } from '../src/documents.js';
import { type Issuer, listen, nowhere, startGateway, startIssuer, vouchedFor } from './fixture.js';

const paths = { '/v1/harbors': { get: { 'x-service': 'harbors' } } } as OpenApi['paths'];
const office = newId();

describe('people who sign in at the district’s own provider', () => {
  const people: Person[] = [
    ...peopleRoles.map((role) => ({ sub: `a-${role}`, name: role, role, org: office })),
    { sub: 'a-reviewer', name: '周敏', role: 'pboc-reviewer', org: 'PBOC-WZ' },
    { sub: 'a-bank', name: '银行', role: 'bank', org: office },
    { sub: 'a-stranger', name: '陌生人', role: 'supervisor', org: 'nobody-knows' },
  ];
  const mapping = JSON.stringify({ roles: { 'pboc-reviewer': 'supervisor' }, organisations: { 'PBOC-WZ': office } });
  let provider: Awaited<ReturnType<typeof startPeopleProvider>>;
  let issuer: Issuer;
  let harbors: FastifyInstance;
  let harborsUrl: string;
  const opened: NestFastifyApplication[] = [];

  async function gateway(environment: Record<string, string> = {}): Promise<string> {
    const documents = { ...committedDocuments(), openapi: { ...committedDocuments().openapi, paths } };
    const { app, url } = await startGateway({ partners: issuer.url, harbors: harborsUrl }, documents, {
      RATE_LIMIT_FACTOR: '0', PEOPLE_AUDIENCE: accessTokenAudience, PEOPLE_ISSUER: provider.issuer, PEOPLE_CLAIMS: mapping, PEOPLE_ACR: '', PEOPLE_JWKS_URL: `${provider.issuer}/jwks`, ...environment,
    });
    opened.push(app);
    return url;
  }

  beforeAll(async () => {
    provider = await startPeopleProvider({ port: 0, audience: accessTokenAudience, people: () => people });
    issuer = await startIssuer();
    harbors = fastify();
    harbors.get('/v1/harbors', async (req) => vouchedFor(req.headers, 'harbors'));
    harborsUrl = await listen(harbors);
  });
  afterEach(async () => { await Promise.all(opened.splice(0).map((app) => app.close())); });
  afterAll(async () => {
    for (const name of ['ISSUER', 'AUDIENCE', 'CLAIMS', 'ACR', 'JWKS_URL']) delete process.env[`PEOPLE_${name}`];
    await Promise.all([provider.close(), issuer.server.close(), harbors.close()]);
  });

  const ask = (url: string, token: string): Promise<Response> => request(url).get('/v1/harbors').set('authorization', `Bearer ${token}`).then((answer) => answer);
  const refusal = [401, 'UNAUTHENTICATED'];
  const told = ({ status, body }: Response): unknown[] => [status, body.code];

  it.each(peopleRoles)('come as %s, each in their own name and their organisation’s', async (role) => {
    const answer = await ask(await gateway(), await signIn(provider.issuer, choosing(`a-${role}`)));
    expect(answer.body).toEqual({ role, organisationId: office, clientId: `person:a-${role}` });
  });

  it('bear the provider’s own words for role and organisation, and are found by its discovery document', async () => {
    const url = await gateway({ PEOPLE_JWKS_URL: '' });
    const answer = await ask(url, await signIn(provider.issuer, choosing('a-reviewer')));
    expect(answer.body).toEqual({ role: 'supervisor', organisationId: office, clientId: 'person:a-reviewer' });
  });

  it('never come as a bank, nor from an organisation that nobody knows', async () => {
    const url = await gateway();
    for (const sub of ['a-bank', 'a-stranger']) expect(told(await ask(url, await signIn(provider.issuer, choosing(sub))))).toEqual(refusal);
  });

  it('are refused where two factors are asked for and their provider names one', async () => {
    const url = await gateway({ PEOPLE_ACR: 'urn:two-factors' });
    expect(told(await ask(url, await signIn(provider.issuer, choosing('a-supervisor'))))).toEqual(refusal);
    const strong = await startPeopleProvider({ port: 0, audience: accessTokenAudience, people: () => people, extra: { acr: 'urn:two-factors' } });
    const strict = await gateway({ PEOPLE_ACR: 'urn:three,urn:two-factors', PEOPLE_ISSUER: strong.issuer, PEOPLE_JWKS_URL: `${strong.issuer}/jwks` });
    expect((await ask(strict, await signIn(strong.issuer, choosing('a-supervisor')))).status).toBe(200);
    await strong.close();
  });

  it('are nobody where no provider is configured; and another audience’s tokens are not for us', async () => {
    const token = await signIn(provider.issuer, choosing('a-supervisor'));
    expect(told(await ask(await gateway({ PEOPLE_ISSUER: '' }), token))).toEqual(refusal);
    expect(told(await ask(await gateway({ PEOPLE_AUDIENCE: 'urn:other' }), token))).toEqual(refusal);
  });

  it('wait while their provider is away, and then come in', async () => {
    const url = await gateway({ PEOPLE_ISSUER: nowhere, PEOPLE_JWKS_URL: '' });
    const { privateKey } = await generateKeyPair('ES256');
    const token = await new SignJWT({}).setProtectedHeader({ alg: 'ES256' }).setIssuer(nowhere).sign(privateKey);
    expect(told(await ask(url, token))).toEqual([503, 'SERVICE_UNAVAILABLE']);
  });

  describe('whose tokens are forged', () => {
    let keys: FastifyInstance;
    let url: string;
    let sign: (claims: JWTPayload, header?: Record<string, unknown>) => Promise<string>;

    beforeEach(async () => {
      const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
      keys = fastify();
      keys.get('/jwks', async () => ({ keys: [{ ...await exportJWK(publicKey), kid: 'k', alg: 'ES256' }] }));
      const origin = await listen(keys);
      url = await gateway({ PEOPLE_ISSUER: origin, PEOPLE_JWKS_URL: `${origin}/jwks` });
      const now = Math.floor(Date.now() / 1_000);
      sign = (claims, header = {}) => new SignJWT({ iss: origin, aud: accessTokenAudience, sub: 'p', role: 'supervisor', org: office, iat: now, exp: now + 600, ...claims })
        .setProtectedHeader({ alg: 'ES256', kid: 'k', ...header }).sign(privateKey);
    });
    afterEach(() => keys.close());

    it.each<[string, (now: number) => JWTPayload]>([
      ['expired', (now) => ({ exp: now - 60 })],
      ['good for longer than a day’s work', (now) => ({ exp: now + 13 * 3_600 })],
      ['from the future', (now) => ({ nbf: now + 120 })],
      ['without a role', () => ({ role: undefined })],
      ['of a role that nobody has', () => ({ role: 'toString' })],
      ['of a role of programs', () => ({ role: ['bank', 'department'] })],
      ['without an organisation', () => ({ org: null })],
      ['of nobody', () => ({ sub: undefined })],
      ['of a name with control characters', () => ({ sub: 'a\nb' })],
      ['for somebody else', () => ({ aud: ['urn:other'] })],
      ['bound to a key that is not shown', () => ({ cnf: { jkt: 'x' } })],
    ])('is told so when %s', async (_what, claims) => {
      expect((await ask(url, await sign({}))).status).toBe(200);
      expect(told(await ask(url, await sign(claims(Math.floor(Date.now() / 1_000)))))).toEqual(refusal);
    });
  });
});
