// @ts-check
/**
 * An OpenID Connect provider with demonstration people, such as a district has for its own: authorization code with PKCE, access
 * tokens as JWT for the audience of the suite. Whoever comes chooses who to be, without a password: for the quick start and tests alone.
 */
import { createServer } from 'node:http';
import { generateKeyPair, exportJWK } from 'jose';

/**
 * @typedef {object} Person
 * @property {string} sub
 * @property {string} name
 * @property {string} role
 * @property {string} org id of the organisation
 */
/**
 * @typedef {object} ProviderOptions
 * @property {number} port
 * @property {string} audience
 * @property {() => Person[]} people asked anew each time
 * @property {number} [tokenSeconds]
 * @property {Record<string, unknown>} [extra] claims of every token
 */

/** The public client of everybody's program on this machine. */
export const clientId = 'finharbor-demonstration';

const escape = (/** @type {string} */ text) => text.replace(/[&<>"']/g, (found) => `&#${found.charCodeAt(0)};`);

/** @param {string} title @param {string} body */
const page = (title, body) => `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title><style>body{font:16px/1.6 system-ui;max-width:30rem;margin:4rem auto;padding:0 1rem}
button{display:block;width:100%;margin:.5rem 0;padding:.7rem;font:inherit;text-align:left}</style>
<h1>${title}</h1>${body}`;

/** Starts the provider. @param {ProviderOptions} options @returns {Promise<{ issuer: string, close: () => Promise<void> }>} */
export async function startPeopleProvider({ port, audience, people, tokenSeconds = 3_600, extra = {} }) {
  URL.parse ??= (url, base) => (URL.canParse(url, base) ? new URL(url, base) : null); // missing in the first releases of Node 20
  const { warn } = console;
  console.warn = () => {}; // that it prefers Node 22, and keeps its sessions in memory
  const { Provider } = await import('oidc-provider');
  const server = createServer();
  await new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve(undefined)));
  const issuer = `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`;
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const find = (/** @type {unknown} */ sub) => people().find((one) => one.sub === sub);
  const provider = new Provider(issuer, {
    jwks: { keys: [{ .../** @type {any} */ (await exportJWK(privateKey)), alg: 'ES256', use: 'sig', kid: 'people-1' }] },
    clients: [{
      client_id: clientId, application_type: 'native', token_endpoint_auth_method: 'none', grant_types: ['authorization_code'], response_types: ['code'],
      redirect_uris: ['http://127.0.0.1/signed-in'], id_token_signed_response_alg: 'ES256',
    }],
    cookies: { keys: [issuer] },
    pkce: { required: () => true },
    claims: { openid: ['sub'], profile: ['name'] },
    ttl: { AccessToken: tokenSeconds, Session: tokenSeconds, Grant: tokenSeconds, Interaction: 600, IdToken: tokenSeconds },
    features: {
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true, defaultResource: () => audience, useGrantedResource: () => true,
        getResourceServerInfo: () => ({ scope: '', audience, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } } }),
      },
    },
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_ctx, sub) => {
      const person = find(sub);
      return person && { accountId: sub, claims: () => ({ sub, name: person.name }) };
    },
    extraTokenClaims: (_ctx, token) => {
      const person = find(/** @type {any} */ (token).accountId);
      return person && { role: person.role, org: person.org, ...extra };
    },
    // Whoever signs in here agrees: there is nobody else to ask.
    loadExistingGrant: async (ctx) => {
      const { oidc } = /** @type {any} */ (ctx);
      const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
      grant.addOIDCScope('openid profile');
      grant.addResourceScope(audience, '');
      await grant.save();
      return grant;
    },
  });
  console.warn = warn;
  provider.use(async (ctx, next) => {
    if (!ctx.path.startsWith('/interaction/')) return next();
    await provider.interactionDetails(ctx.req, ctx.res);
    if (ctx.method === 'POST') {
      const person = find(ctx.query.as);
      const result = person && { login: { accountId: person.sub }, consent: {} };
      if (result) return provider.interactionFinished(ctx.req, ctx.res, result, { mergeWithLastSubmission: false });
    }
    const buttons = people().map(({ sub, name, role }) =>
      `<form method="post" action="?as=${encodeURIComponent(sub)}"><button>${escape(name)} · ${escape(role)}</button></form>`);
    ctx.type = 'html';
    ctx.body = page('登录金融服务港湾（演示）', buttons.join(''));
  });
  server.on('request', provider.callback());
  return {
    issuer,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
