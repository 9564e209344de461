import { randomBytes, randomUUID } from 'node:crypto';
import { newId } from '@finharbor/contracts/ids';
import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { callerOf } from '@finharbor/testing/callers';
import { decodeJwt, exportJWK, exportSPKI, type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose';
import { AppModule } from '../src/app.module.js';
import { assertionType, issuer, KeyClient, newKey, type OauthAnswer, seconds, sendForm } from './key-client.js';

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const refused = { error: 'invalid_client', error_description: 'client authentication failed' };

describe('clients with keys', () => {
  let app: TestApp;
  let url: string;
  let client: KeyClient;
  const security = callerOf('security-administrator');

  beforeAll(async () => {
    app = await startTestApp(AppModule, 'partners', { PUBLIC_URL: issuer, SANDBOX: 'false' });
    await app.app.listen(0, '127.0.0.1');
    url = await app.app.getUrl();
    client = await KeyClient.make(app, url);
    await client.token();
  });
  afterAll(() => app.close());

  it.each(['ES256', 'PS256', 'EdDSA', 'Ed25519'])('get a token of five minutes that is bound to the key of their proof, with %s', async (alg) => {
    const one = await KeyClient.make(app, url, { alg });
    const answer = await one.ask();
    expect([answer.status, answer.body]).toEqual([200, { access_token: expect.any(String), token_type: 'DPoP', expires_in: 300 }]);
    const claims = decodeJwt(answer.body.access_token as string);
    expect(claims).toMatchObject({ iss: issuer, aud: 'urn:finharbor:api', client_id: one.id, org: one.caller.organisationId, role: 'bank', cnf: { jkt: expect.any(String) } });
    expect(claims.exp! - claims.iat!).toBe(300);
  });

  it('get none without a proof of possession, and none for a plain secret', async () => {
    const without = await client.ask(undefined, {});
    expect([without.status, without.body.error]).toEqual([400, 'invalid_grant']);
    const basic = await sendForm(url, '/oauth/token', { grant_type: 'client_credentials' }, { authorization: `Basic ${Buffer.from(`${client.id}:secret`).toString('base64')}` });
    expect([basic.status, basic.body]).toEqual([401, refused]);
  });

  it.each<[string, () => JWTPayload]>([
    ['8 s ahead', () => ({ nbf: seconds() + 8, iat: seconds() + 8 })], ['without iat and nbf', () => ({ nbf: undefined, iat: undefined })],
    ['nearly five minutes', () => ({ exp: seconds() + 295 })],
  ])('may have clocks that differ: %s', async (_what, change) => expect((await client.ask(await client.assertion(change()))).status).toBe(200));

  it.each<[string, () => JWTPayload]>([
    ['the token endpoint as audience', () => ({ aud: `${issuer}/oauth/token` })], ['a list that holds the issuer', () => ({ aud: [issuer] })], ['a list of two', () => ({ aud: [issuer, 'https://evil.example'] })],
    ['another audience', () => ({ aud: 'https://evil.example' })], ['the issuer with a slash', () => ({ aud: `${issuer}/` })], ['no audience', () => ({ aud: undefined })],
    ['another issuer', () => ({ iss: newId() })], ['no issuer', () => ({ iss: undefined })], ['an nbf 61 s ahead', () => ({ nbf: seconds() + 75 })], ['an iat 61 s ahead', () => ({ iat: seconds() + 75 })],
    ['an iat that is text', () => ({ iat: 'now' as never })], ['an expiry that is past', () => ({ exp: seconds() - 15 })], ['no expiry', () => ({ exp: undefined })],
    ['an expiry in six minutes', () => ({ exp: seconds() + 360 })], ['an expiry in a year', () => ({ exp: seconds() + 31_536_000 })], ['an expiry that is text', () => ({ exp: String(seconds() + 60) as never })],
    ['no name', () => ({ jti: undefined })], ['a name that is no text', () => ({ jti: 7 as never })],
  ])('are refused with %s', async (_what, change) => {
    const one = await KeyClient.make(app, url);
    const answer = await one.ask(await one.assertion(change()));
    expect([answer.status, answer.body]).toEqual([401, refused]);
  });

  it('are refused with what is not signed as it must be', async () => {
    const other = await newKey('2026-1');
    const rsa = await newKey('2026-1', 'PS256');
    const jwk = await exportJWK(other.pair.publicKey);
    const foreign = (one: KeyClient, more: Partial<JWTHeaderParameters>): Promise<string> => one.assertion({}, more, other);
    type Attack = (one: KeyClient, parts: string[]) => string | Promise<string>;
    const attacks: Record<string, Attack> = {
      none: (_one, [, body]) => `${encode({ alg: 'none' })}.${body}.`,
      nOnE: (_one, [, body, signature]) => `${encode({ alg: 'nOnE', kid: '2026-1' })}.${body}.${signature}`,
      'no signature': (_one, [header, body]) => `${header}.${body}.`,
      'r = s = 0': (_one, [header, body]) => `${header}.${body}.${Buffer.alloc(64).toString('base64url')}`,
      'r = s = 2²⁵⁶ - 1': (_one, [header, body]) => `${header}.${body}.${Buffer.alloc(64, 0xff).toString('base64url')}`,
      'the public key as a secret': async (one) => new SignJWT(one.claims()).setProtectedHeader({ alg: 'HS256', kid: '2026-1' })
        .sign(new TextEncoder().encode(await exportSPKI(one.key.pair.publicKey))),
      'another key': (one) => foreign(one, {}),
      'an embedded key': (one) => foreign(one, { jwk }),
      'a key elsewhere': (one) => foreign(one, { jku: 'https://evil.example/jwks' }),
      'a certificate elsewhere': (one) => foreign(one, { x5u: 'https://evil.example/x5u' }),
      'no kid': (one) => foreign(one, { kid: undefined }),
      'a path as kid': (one) => foreign(one, { kid: '../../../../dev/null' }),
      'SQL as kid': (one) => foreign(one, { kid: `x' or '1'='1` }),
      'a kid that is no text': (one) => foreign(one, { kid: { a: 1 } as never }),
      'another algorithm': (one) => one.assertion({}, {}, rsa),
      crit: (_one, [, body, signature]) => `${encode({ alg: 'ES256', kid: '2026-1', crit: ['exp'] })}.${body}.${signature}`,
      'a changed body': (one, [header, , signature]) => `${header}.${encode(one.claims({ exp: seconds() + 200 }))}.${signature}`,
    };
    for (const [name, attack] of Object.entries(attacks)) {
      const one = await KeyClient.make(app, url);
      const answer = await one.ask(await attack(one, (await one.assertion()).split('.')));
      expect([name, answer.status, answer.body]).toEqual([name, 401, refused]);
    }
    for (const garbage of ['', 'x', '.', '..', 'a.b.c', `${encode({ alg: 'none' })}.${encode([])}.`, `${encode({ alg: 'ES256' })}.${encode(null)}.x`]) {
      const { status, body: { error } } = await client.ask(garbage);
      expect([garbage, status >= 400 && status < 500, ['invalid_client', 'invalid_request'].includes(String(error))]).toEqual([garbage, true, true]);
    }
  });

  it('of twenty that use one assertion at once, one gets a token, and never another', async () => {
    const assertion = await client.assertion();
    await client.token(); // the nonce of this moment
    const answers = await Promise.all(Array.from({ length: 20 }, () => client.ask(assertion)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status, body }) => status === 401 && body.error === 'invalid_client')).toHaveLength(19);
    expect((await client.ask(assertion)).status).toBe(401);
  });

  it('name their assertions each for itself', async () => {
    const other = await KeyClient.make(app, url);
    const jti = randomUUID();
    for (const one of [client, other]) {
      await one.token();
      expect((await one.ask(await one.assertion({ jti }))).status).toBe(200);
      expect((await one.ask(await one.assertion({ jti }))).status).toBe(401);
    }
  });

  it('leave no trace of names that have served their time', async () => {
    await app.database.query(`insert into partners.used_jtis select gen_random_uuid(), 'old ' || g, now() - interval '1 s' from generate_series(1, 8) g`);
    for (let times = 0; times < 4; times++) await client.token();
    expect(await app.database.query(`select jti from partners.used_jtis where expires_at < now()`)).toEqual([]);
  });

  it.each<[string, JWTPayload, string]>([
    ['another method', { htm: 'GET' }, 'invalid_dpop_proof'], ['another URL', { htu: `${issuer}/oauth/revocation` }, 'invalid_dpop_proof'],
    ['another server', { htu: 'https://evil.example/oauth/token' }, 'invalid_dpop_proof'], ['no name', { jti: undefined }, 'invalid_dpop_proof'],
    ['no nonce', { nonce: undefined }, 'use_dpop_nonce'], ['a nonce of another', { nonce: randomBytes(32).toString('base64url') }, 'use_dpop_nonce'],
  ])('get no token for a proof with %s', async (_what, change, error) => {
    await client.token();
    const answer = await client.ask(await client.assertion(), { dpop: await client.proof(change) });
    expect([answer.status, answer.body.error]).toEqual([400, error]);
    if (error === 'use_dpop_nonce') expect(answer.headers.get('dpop-nonce')).toMatch(/^[\w-]{43}$/);
  });

  it('get no second token for a proof', async () => {
    await client.token();
    const dpop = await client.proof();
    const answers = await Promise.all(Array.from({ length: 10 }, async () => client.ask(await client.assertion(), { dpop })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(9);
  });

  it('are refused by the same words and after the same time, be they unknown, locked, without that key or in the wrong', async () => {
    const locked = await KeyClient.make(app, url);
    await app.post(security, `/v1/api-clients/${locked.id}/lock`).expect(200);
    const unknown = new KeyClient(url, newId(), client.key, client.caller);
    const other = await newKey('other');
    const ways: [string, () => Promise<OauthAnswer>][] = [
      ['unknown', () => unknown.ask()], ['locked', () => locked.ask()], ['no such key', async () => client.ask(await client.assertion({}, {}, other))],
      ['wrong signature', async () => client.ask(await client.assertion({}, { kid: '2026-1' }, other))],
      ['unknown with a secret', () => sendForm(url, '/oauth/token', { grant_type: 'client_credentials' }, { authorization: `Basic ${Buffer.from(`${newId()}:x`).toString('base64')}` })],
      ['no id at all', () => sendForm(url, '/oauth/token', { grant_type: 'client_credentials', client_assertion_type: assertionType, client_assertion: `${encode({ alg: 'ES256' })}.${encode({ sub: 'x', iss: 'x' })}.x` })],
    ];
    for (const [name, ask] of ways) {
      const begun = performance.now();
      const answer = await ask();
      // Whatever work was done took less than this: a refusal is told when 50 ms are over.
      expect([name, answer.status, answer.body, performance.now() - begun >= 45]).toEqual([name, 401, refused, true]);
    }
  });

  it('wait longer when they fail on and on, and are not kept from what is rightly theirs', async () => {
    const target = await KeyClient.make(app, url);
    const other = await newKey('other');
    await target.token();
    const guess = async (): Promise<number> => {
      const begun = performance.now();
      await target.ask(await target.assertion({}, {}, other));
      return performance.now() - begun;
    };
    const waits: number[] = [];
    for (let times = 0; times < 8; times++) waits.push(await guess());
    expect(waits[7]).toBeGreaterThan(350);
    const guesses = Promise.all([guess(), guess()]);
    expect((await target.ask()).status).toBe(200);
    await guesses;
  });
});
