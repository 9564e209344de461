import { newId } from '@finharbor/contracts/ids';
import { type ServiceName, serviceNames } from '@finharbor/contracts/services';
import { accessTokenAudience } from '@finharbor/security/tokens/access-token';
import type { Caller } from '@finharbor/security/tokens/caller';
import { parseServiceKeys, verifyServiceToken } from '@finharbor/security/tokens/service-token';
import { testServiceKey } from '@finharbor/testing/callers';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { createGateway } from '../src/create-gateway.js';
import type { Documents } from '../src/documents.js';

export const publicUrl = 'http://127.0.0.1:3000';

/** Whom a request of the gateway to this service speaks for; undefined when it is not the gateway's, or meant for another. */
export const vouchedFor = (headers: Record<string, unknown>, service: ServiceName): Caller | undefined =>
  verifyServiceToken(parseServiceKeys(testServiceKey), String(headers['x-service-token'] ?? headers.authorization).replace(/^Bearer /, ''), service)?.caller;

/** A server on a free port; `url` is where. */
export async function listen(server: FastifyInstance): Promise<string> {
  return server.listen({ port: 0, host: '127.0.0.1' });
}

/** Signs access tokens as partners does and serves its keys; `more` is what else it does. */
export async function startIssuer(more: (server: FastifyInstance) => Promise<unknown> = async () => undefined) {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const foreign = await generateKeyPair('ES256');
  const server = fastify();
  const asked: FastifyRequest[] = [];
  let fetched = 0;
  server.get('/oauth/jwks', async (request, reply) => {
    fetched += 1;
    if (!vouchedFor(request.headers, 'partners')) return reply.status(401).send();
    return { keys: [{ ...await exportJWK(publicKey), kid: 'k1', alg: 'ES256', use: 'sig' }] };
  });
  const revoked = { clients: [] as string[], tokens: [] as string[] };
  server.get('/v1/revocations', async (request, reply) => {
    if (vouchedFor(request.headers, 'partners')?.role !== 'security-administrator') return reply.status(403).send();
    const etag = `"${JSON.stringify(revoked).length}"`;
    return request.headers['if-none-match'] === etag ? reply.status(304).send() : reply.header('etag', etag).send(revoked);
  });
  server.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
  server.post('/oauth/token', async (request) => {
    asked.push(request);
    return {};
  });
  await more(server);
  const url = await listen(server);
  const sign = (caller: Caller, { expires = '5m', issuer = publicUrl, key = privateKey, kid = 'k1', claims = {} as JWTPayload } = {}): Promise<string> =>
    new SignJWT({ jti: newId(), ...claims, client_id: caller.clientId, org: caller.organisationId, role: caller.role })
      .setProtectedHeader({ alg: 'ES256', kid }).setIssuer(issuer).setAudience(accessTokenAudience)
      .setIssuedAt().setExpirationTime(expires).sign(key);
  return {
    server, url, sign,
    foreignKey: foreign.privateKey,
    bearer: async (caller: Caller) => `Bearer ${await sign(caller)}`,
    timesFetched: () => fetched,
    /** What is told to be revoked; to be added to. */
    revoked,
    /** Requests for a token, which it does not give. */
    asked,
  };
}

export type Issuer = Awaited<ReturnType<typeof startIssuer>>;

/** Nothing listens there. */
export const nowhere = 'http://127.0.0.1:9';

/** Starts the gateway as it runs in production, on a free port, with short timeouts. */
export async function startGateway(
  urls: Partial<Record<string, string>>, documents?: Documents, environment: Record<string, string> = {},
): Promise<{ app: NestFastifyApplication; url: string }> {
  const services = serviceNames.map((name) => [`${name.replaceAll('-', '_').toUpperCase()}_URL`, urls[name] ?? nowhere]);
  Object.assign(process.env, Object.fromEntries(services), {
    PORT: '0', PUBLIC_URL: publicUrl, SERVICE_KEY: testServiceKey, LOG_LEVEL: process.env.LOG_LEVEL ?? 'silent',
    ANSWER_TIMEOUT_MS: '2000', GRAPHQL_TIMEOUT_MS: '2000', ...environment,
  });
  const app = await createGateway(documents);
  await app.listen(0, '127.0.0.1');
  return { app, url: await app.getUrl() };
}
