/* global document, location, self, sessionStorage, window */
// The token stays in this tab and goes along with what GraphiQL sends to /graphql, nowhere else.
const field = (id) => document.getElementById(id);
const token = field('token');
const said = field('said');
token.value = sessionStorage.getItem('token') ?? '';
token.addEventListener('change', () => keep(token.value.trim()));

function keep(value) {
  sessionStorage.setItem('token', value);
  say(value ? '令牌已保存在本页 Kept for this tab' : '');
  // Another caller may see the schema, or may not.
  document.querySelector('[aria-label="Re-fetch GraphQL schema"]')?.click();
}

function say(text, bad = false) {
  said.textContent = text;
  said.classList.toggle('bad', bad);
}

const basic = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

field('sign-in').addEventListener('submit', async (event) => {
  event.preventDefault();
  const [id, secret] = [field('client-id'), field('client-secret')];
  if (!id.value.trim()) return keep(token.value.trim());
  try {
    const answer = await plainFetch('/oauth/token', {
      method: 'POST',
      headers: {
        authorization: `Basic ${basic(`${encodeURIComponent(id.value.trim())}:${encodeURIComponent(secret.value.trim())}`)}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'grant_type=client_credentials',
    });
    const body = await answer.json();
    if (!answer.ok) throw new Error(body.error_description ?? body.detail ?? body.title ?? body.error ?? `HTTP ${answer.status}`);
    token.value = body.access_token;
    secret.value = '';
    keep(token.value);
  } catch (error) {
    say(error.message, true);
  }
});

const plainFetch = window.fetch.bind(window);
window.fetch = (input, init = {}) => {
  const url = new URL(input instanceof Request ? input.url : input, location.href);
  const kept = sessionStorage.getItem('token');
  if (url.origin !== location.origin || url.pathname !== '/graphql' || !kept) return plainFetch(input, init);
  return plainFetch(input, { ...init, headers: { ...Object.fromEntries(new Headers(init.headers)), authorization: `Bearer ${kept}` } });
};

self.MonacoEnvironment = {
  globalAPI: false,
  getWorkerUrl: (_module, label) => `/graphiql/${{ graphql: 'graphql', json: 'json' }[label] ?? 'editor'}.worker.js`,
};

const hello = `# 先在上方填写访问令牌。First give an access token above.
{
  harbors(first: 10) {
    edges { node { number name areaName hostBank { id } } }
    pageInfo { hasNextPage endCursor }
  }
}
`;

const library = document.createElement('script');
library.src = '/graphiql/graphiql.js';
library.onload = () => window.YogaGraphiQL.renderYogaGraphiQL(field('root'), {
  endpoint: '/graphql', title: 'FinHarbor', defaultQuery: hello, shouldPersistHeaders: false,
});
document.body.append(library);
