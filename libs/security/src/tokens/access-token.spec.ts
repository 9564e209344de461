import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { jest } from '@jest/globals';
import { exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { accessTokenAudience, AccessTokens } from './access-token.js';

const issuer = 'https://finharbor.example';
const seconds = (): number => Math.floor(Date.now() / 1000);

/** Does something with the calendar and the clock that nobody sets moved on; everything else that tells time goes on as it did. */
async function later(ms: number, work: () => Promise<void>): Promise<void> {
  jest.useFakeTimers({ now: Date.now() + ms, doNotFake: ['nextTick', 'setImmediate', 'clearImmediate', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance', 'queueMicrotask', 'hrtime'] });
  const now = performance.now.bind(performance);
  performance.now = () => now() + ms;
  await work().finally(() => {
    performance.now = now;
    jest.useRealTimers();
  });
}

describe('an access token', () => {
  let server: Server;
  let url: URL;
  let fetched = 0;
  let answer: { status: number; body: string };
  let tokens: AccessTokens;
  let one: CryptoKeyPair;
  let other: CryptoKeyPair;
  const seenHeaders: (string | undefined)[] = [];

  const jwks = async (...keys: [CryptoKeyPair, string][]): Promise<string> =>
    JSON.stringify({ keys: await Promise.all(keys.map(async ([pair, kid]) => ({ ...await exportJWK(pair.publicKey), kid, alg: 'ES256', use: 'sig' }))) });
  const claims = (change: JWTPayload = {}): JWTPayload =>
    ({ iss: issuer, aud: accessTokenAudience, exp: seconds() + 300, iat: seconds(), jti: 'token-1', client_id: 'client-1', org: '0197-bank', role: 'bank', ...change });
  const sign = (payload: JWTPayload, { pair = one, kid = 'one' }: { pair?: CryptoKeyPair; kid?: string } = {}): Promise<string> =>
    new SignJWT(payload).setProtectedHeader({ alg: 'ES256', kid }).sign(pair.privateKey);

  beforeAll(async () => {
    [one, other] = await Promise.all([generateKeyPair('ES256'), generateKeyPair('ES256')]) as CryptoKeyPair[];
    server = createServer((request, response) => {
      fetched++;
      seenHeaders.push(request.headers['x-service-token'] as string | undefined);
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
    });
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`);
  });
  beforeEach(async () => {
    fetched = 0;
    answer = { status: 200, body: await jwks([one, 'one']) };
    tokens = new AccessTokens({ issuer, jwksUrl: url, headers: () => ({ 'x-service-token': 'the gateway' }) });
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it('names the caller, and is verified once', async () => {
    const token = await sign(claims());
    const verified = {
      caller: { role: 'bank', organisationId: '0197-bank', clientId: 'client-1' }, id: 'token-1', hash: createHash('sha256').update(token).digest('base64url'),
    };
    expect(await tokens.verify(token)).toEqual(verified);
    answer = { status: 500, body: '' };
    expect(await tokens.verify(token)).toEqual(verified);
    expect([fetched, seenHeaders.at(-1)]).toEqual([1, 'the gateway']);
  });

  it('says what it is bound to', async () => {
    expect(await tokens.verify(await sign(claims({ cnf: { jkt: 'a key' } })))).toMatchObject({ jkt: 'a key' });
    expect(await tokens.verify(await sign(claims({ cnf: { 'x5t#S256': 'a certificate' } })))).toMatchObject({ certificate: 'a certificate' });
  });

  it('remembered is forgotten when it expires', async () => {
    const token = await sign(claims({ exp: seconds() + 300 }));
    await tokens.verify(token);
    await later(301_000, async () => expect(await tokens.verify(token)).toMatchObject({ caller: { role: 'bank' } })); // clocks may differ by ten seconds
    await later(311_000, async () => expect(await tokens.verify(token)).toBeUndefined());
  });

  it.each<[string, JWTPayload]>([
    ['another issuer', { iss: `${issuer}/` }], ['no issuer', { iss: undefined }],
    ['another audience', { aud: 'urn:others' }], ['no audience', { aud: undefined }],
    ['an expiry that is past', { exp: seconds() - 11 }], ['no expiry', { exp: undefined }], ['a beginning yet to come', { nbf: seconds() + 60 }],
    ['an expiry that is no number', { exp: '9999999999' as never }], ['two audiences', { aud: [accessTokenAudience, 'urn:others'] }],
    ['no name', { jti: undefined }], ['a name that is no text', { jti: 7 as never }],
    ['a binding that is not known', { cnf: { kid: 'key' } }], ['no binding where there should be one', { cnf: null }], ['two bindings', { cnf: { jkt: 'a', 'x5t#S256': 'b' } }],
    ['no time of issue', { iat: undefined }], ['no client', { client_id: undefined }], ['a client that is no text', { client_id: 7 }],
    ['no organisation', { org: undefined }], ['an organisation that is no text', { org: null }],
    ['no role', { role: undefined }], ['an unknown role', { role: 'root' }], ['a list of roles', { role: ['bank'] }],
    ['the role of an applicant', { role: 'applicant' }], ['the role of nobody', { role: 'anonymous' }],
  ])('is refused with %s', async (_what, change) => {
    expect(await tokens.verify(await sign(claims(change)))).toBeUndefined();
  });

  it('is refused when another key signed it, under the known name or an unknown one', async () => {
    expect(await tokens.verify(await sign(claims(), { pair: other }))).toBeUndefined();
    expect(await tokens.verify(await sign(claims(), { pair: other, kid: 'two' }))).toBeUndefined();
  });

  it('is refused when it is signed in another way: none, the public key as a secret, RSA, an embedded key', async () => {
    const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const [, body, signature] = (await sign(claims())).split('.');
    const secret = new TextEncoder().encode(await exportSPKI(one.publicKey));
    const rsa = await generateKeyPair('RS256');
    const attacks = [
      `${encode({ alg: 'none' })}.${body}.`, `${encode({ alg: 'nOnE' })}.${body}.${signature}`, `${encode({ alg: 'ES256', kid: 'one', b64: false, crit: ['b64'] })}.${body}.${signature}`,
      await new SignJWT(claims()).setProtectedHeader({ alg: 'ES256', kid: 'other', jku: String(url) }).sign(other.privateKey),
      await new SignJWT(claims()).setProtectedHeader({ alg: 'ES256', kid: 'one', x5u: String(url) }).sign(other.privateKey),
      await new SignJWT(claims()).setProtectedHeader({ alg: 'ES256', kid: '../../../../dev/null' }).sign(other.privateKey), `${encode({ alg: 'None', kid: 'one' })}.${body}.`, `${encode({ alg: 'ES256', kid: 'one' })}.${body}.`,
      await new SignJWT(claims()).setProtectedHeader({ alg: 'HS256', kid: 'one' }).sign(secret),
      await new SignJWT(claims()).setProtectedHeader({ alg: 'RS256', kid: 'one' }).sign(rsa.privateKey),
      await new SignJWT(claims()).setProtectedHeader({ alg: 'ES256', kid: 'one', jwk: await exportJWK(other.publicKey) }).sign(other.privateKey),
      await new SignJWT(claims()).setProtectedHeader({ alg: 'ES256', kid: "one' or '1'='1" }).sign(other.privateKey),
      `${encode({ alg: 'ES256', kid: 'one', crit: ['exp'] })}.${body}.${signature}`,
      `${encode({ alg: 'ES256', kid: 'one' })}.${body}.${Buffer.alloc(64).toString('base64url')}`,
      `${encode({ alg: 'ES256', kid: 'one' })}.${encode(claims({ role: 'system-administrator' }))}.${signature}`,
      '', '.', '..', 'x.y.z', 'not a token',
    ];
    for (const attack of attacks) expect([attack, await tokens.verify(attack)]).toEqual([attack, undefined]);
  });

  it('is refused when a key of the issuer’s signed it that is for something else', async () => {
    const rsa = await generateKeyPair('RS256');
    const { keys } = JSON.parse(await jwks([one, 'one'])) as { keys: object[] };
    answer.body = JSON.stringify({ keys: [...keys, { ...await exportJWK(rsa.publicKey), kid: 'rsa' }] });
    expect(await tokens.verify(await new SignJWT(claims()).setProtectedHeader({ alg: 'RS256', kid: 'rsa' }).sign(rsa.privateKey))).toBeUndefined();
    expect(await tokens.verify(await sign(claims()))).toMatchObject({ caller: { role: 'bank' } });
  });

  it('of a key that came later is accepted, when the keys are fetched again', async () => {
    await tokens.verify(await sign(claims()));
    answer.body = await jwks([one, 'one'], [other, 'two']);
    // Not asked for more often than every two seconds.
    await later(2_500, async () => expect(await tokens.verify(await sign(claims(), { pair: other, kid: 'two' }))).toMatchObject({ caller: { role: 'bank' } }));
    expect(fetched).toBe(2);
  });

  it('finds the keys fetched every now and then, before the next one signs', async () => {
    await tokens.verify(await sign(claims()));
    answer.body = await jwks([one, 'one'], [other, 'two']);
    await later(16_000, async () => {
      expect(await tokens.verify(await sign(claims()))).toMatchObject({ caller: { role: 'bank' } });
      while (fetched < 2) await new Promise(setImmediate);
      for (let times = 0; times < 5; times++) await tokens.verify(await sign(claims()));
      expect(fetched).toBe(2);
    });
    answer = { status: 500, body: '' };
    await later(17_500, async () => expect(await tokens.verify(await sign(claims(), { pair: other, kid: 'two' }))).toMatchObject({ caller: { role: 'bank' } }));
  });

  it('is verified by the keys that are known for as long as new ones cannot be had', async () => {
    const verified = await sign(claims({ exp: seconds() + 86_400 }));
    expect(await tokens.verify(verified)).toMatchObject({ caller: { role: 'bank' } });
    answer = { status: 500, body: '' };
    for (const minutes of [1, 11, 60, 600]) {
      await later(minutes * 60_000, async () => {
        for (const token of [verified, await sign(claims())]) expect(await tokens.verify(token)).toMatchObject({ caller: { role: 'bank' } });
        await expect(tokens.verify(await sign(claims(), { pair: other, kid: 'two' }))).rejects.toThrow();
      });
    }
  });

  it('is no reason to ask for the keys again and again', async () => {
    await tokens.verify(await sign(claims()));
    for (let tries = 0; tries < 5; tries++) await tokens.verify(await sign(claims(), { pair: other, kid: `made-up-${tries}` }));
    expect(fetched).toBe(1);
  });

  it.each([[500, '{}'], [404, '{}'], [200, '{'], [200, '{"keys": 7}'], [200, '']])('is not called invalid when the keys cannot be had: %d %s', async (status, body) => {
    answer = { status, body };
    await expect(tokens.verify(await sign(claims()))).rejects.toThrow();
  });

  it('is not called invalid when nobody answers', async () => {
    const nowhere = new AccessTokens({ issuer, jwksUrl: new URL('http://127.0.0.1:1/jwks') });
    await expect(nowhere.verify(await sign(claims()))).rejects.toThrow();
  });
});
