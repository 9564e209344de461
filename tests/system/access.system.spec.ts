import { generateKeyPairSync, type JsonWebKey, randomUUID } from 'node:crypto';
import { FinHarborClient } from '@finharbor/client/client';
import { startTestFleet, type TestFleet } from '@finharbor/testing/fleet';
import { until } from '@finharbor/testing/until';
import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';

const insecure = { [oauth.allowInsecureRequests]: true }; // the fleet speaks HTTP, on loopback

interface Made { clientId: string; key: oauth.PrivateKey; jwk: JsonWebKey }

/** A bank's program that gets in with its own keys, by the libraries that banks use, as they are. */
describe('a bank gets in with its keys', () => {
  let fleet: TestFleet;
  let organisationId: string;
  const path = (): URL => new URL(`/v1/organisations/${organisationId}`, fleet.url);

  beforeAll(async () => {
    fleet = await startTestFleet({ demonstration: false });
    organisationId = ((await fleet.administrator().post('/v1/organisations', { kind: 'BANK', name: '三峡示范银行' })) as { id: string }).id;
  }, 120_000);
  afterAll(() => fleet?.stop(), 60_000);

  async function register(alg: string): Promise<Made> {
    const pair = await oauth.generateKeyPair(alg, { extractable: true, ...(alg === 'PS256' && { modulusLength: 2048 }) } as never);
    const kid = `${alg}-${randomUUID()}`;
    const keys = [{ ...await crypto.subtle.exportKey('jwk', pair.publicKey), kid, key_ops: undefined, ext: undefined }];
    const body = { organisationId, role: 'bank', name: `核心系统 ${alg}`, jwks: { keys } };
    const { clientId } = (await fleet.administrator().post('/v1/api-clients', body)) as { clientId: string };
    return { clientId, key: { key: pair.privateKey, kid }, jwk: await crypto.subtle.exportKey('jwk', pair.privateKey) as JsonWebKey };
  }

  it.each(['ES256', 'PS256', 'Ed25519'])('with oauth4webapi and %s', async (alg) => {
    const { clientId, key } = await register(alg);
    const issuer = new URL(fleet.url);
    const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure }));
    const client = { client_id: clientId };
    const DPoP = oauth.DPoP({}, await oauth.generateKeyPair('ES256'));
    /** What a client does whom the server tells a nonce. */
    let told = 0;
    const withNonce = async <T>(work: () => Promise<T>): Promise<T> => work().catch((error: unknown) => {
      if (!oauth.isDPoPNonceError(error)) throw error;
      told += 1;
      return work();
    });
    const grant = (): Promise<Response> =>
      oauth.clientCredentialsGrantRequest(server, client, oauth.PrivateKeyJwt(key), new URLSearchParams(), { DPoP, ...insecure });
    const { access_token: token, token_type: type, expires_in: seconds } =
      await withNonce(async () => oauth.processClientCredentialsResponse(server, client, await grant()));
    expect([type, seconds]).toEqual(['dpop', 300]);

    const read = (): Promise<Response> => withNonce(() => oauth.protectedResourceRequest(token, 'GET', path(), undefined, undefined, { DPoP, ...insecure }));
    expect(await (await read()).json()).toMatchObject({ id: organisationId });
    expect(told).toBe(1); // the nonce of the token endpoint is good at the gateway
    const plain = await fetch(path(), { headers: { authorization: `Bearer ${token}` } });
    expect(plain.status).toBe(401);

    const asked = await oauth.introspectionRequest(server, client, oauth.PrivateKeyJwt(key), token, insecure);
    expect(await oauth.processIntrospectionResponse(server, client, asked)).toMatchObject({ active: true, client_id: clientId });
    await oauth.processRevocationResponse(await oauth.revocationRequest(server, client, oauth.PrivateKeyJwt(key), token, insecure));
    const begun = Date.now();
    await until('the token is refused', () => read().then(({ status }) => status === 401, (error: unknown) => error instanceof oauth.WWWAuthenticateChallengeError));
    expect(Date.now() - begun).toBeLessThan(3_000);
  });

  it.each(['ES256', 'PS256', 'Ed25519'])('with openid-client and %s', async (alg) => {
    const { clientId, key } = await register(alg);
    const execute = [openid.allowInsecureRequests];
    const config = await openid.discovery(new URL(fleet.url), clientId, undefined, openid.PrivateKeyJwt(key), { execute });
    const DPoP = openid.getDPoPHandle(config, await openid.randomDPoPKeyPair('ES256'));
    const { access_token: token, token_type: type } = await openid.clientCredentialsGrant(config, {}, { DPoP });
    expect(type).toBe('dpop');
    const answer = await openid.fetchProtectedResource(config, token, path(), 'GET', null, undefined, { DPoP });
    expect(await answer.json()).toMatchObject({ id: organisationId });
    expect(await openid.tokenIntrospection(config, token)).toMatchObject({ active: true, client_id: clientId });
    await openid.tokenRevocation(config, token);
    expect(await openid.tokenIntrospection(config, token)).toEqual({ active: false });
  });

  it('with the client of the suite, which also writes and asks the graph', async () => {
    const { clientId, key, jwk } = await register('ES256');
    const client = new FinHarborClient({ baseUrl: fleet.url, clientId, privateKey: { ...jwk, kid: key.kid } });
    const all = await Promise.all(Array.from({ length: 10 }, () => client.get(path().pathname)));
    expect(all).toHaveLength(10);
    expect(await client.post('/v1/products', { name: '惠企贷', eligibility: {} })).toMatchObject({ name: '惠企贷' });
    const { data } = await client.graphql<{ organisation: { id: string } }>('query ($id: ID!) { organisation(id: $id) { id } }', { id: organisationId });
    expect(data.organisation.id).toBe(organisationId);
    // It renews its own key, without a pause.
    const next = generateKeyPairSync('ed25519');
    await client.post(`/v1/api-clients/${clientId}/keys`, { jwks: { keys: [{ ...next.publicKey.export({ format: 'jwk' }), kid: 'next' }] } });
    const renewed = new FinHarborClient({ baseUrl: fleet.url, clientId, privateKey: { ...next.privateKey.export({ format: 'jwk' }), kid: 'next' } });
    expect(await renewed.post(`/v1/api-clients/${clientId}/key-removals`, { kids: [key.kid] })).toMatchObject({ items: [{ kid: 'next' }] });
    expect(await renewed.get(path().pathname)).toMatchObject({ id: organisationId });
    await expect(new FinHarborClient({ baseUrl: fleet.url, clientId, privateKey: { ...jwk, kid: key.kid }, attempts: 1 }).get(path().pathname)).rejects.toThrow('invalid_client');
  });

  it('and is out within a second when it is locked', async () => {
    const { clientId, key, jwk } = await register('ES256');
    const client = new FinHarborClient({ baseUrl: fleet.url, clientId, privateKey: { ...jwk, kid: key.kid }, attempts: 1 });
    await client.get(path().pathname);
    await fleet.administrator('security-').post(`/v1/api-clients/${clientId}/lock`);
    const begun = Date.now();
    await until('it is refused', () => client.get(path().pathname).then(() => false, () => true));
    expect(Date.now() - begun).toBeLessThan(3_000);
  });
});
