import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCodes } from '@finharbor/contracts/errors';
import { schemaOf, type ServiceName, serviceNames } from '@finharbor/contracts/services';
import { routes } from '@finharbor/security/authorisation/routes';
import type { Role } from '@finharbor/security/tokens/caller';
import { startTestFleet, type TestFleet } from '@finharbor/testing/fleet';
import { root } from '../../tools/lib/workspace.mjs';
import { naughty } from './support/naughty.js';

interface Schema { $ref?: string; properties?: Record<string, unknown>; allOf?: Schema[] }
interface Operation { 'x-service'?: ServiceName; requestBody?: { content: Record<string, { schema: Schema }> } }
interface OpenApi {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}
interface Answer {
  status: number;
  text: string;
  body: { code?: string; text?: string; errors?: { field: string; rule: string }[]; [key: string]: unknown };
}

const openapi = JSON.parse(readFileSync(join(root, 'apps/gateway/generated/openapi.json'), 'utf8')) as OpenApi;

/** Reliability.md section 2: mass assignment (API3) and naughty strings, on everything there is. */
describe('attacks', () => {
  let fleet: TestFleet;
  const tokens = new Map<Role, string>();

  beforeAll(async () => {
    fleet = await startTestFleet({ env: { LOG_LEVEL: 'debug' } });
    for (const { role, clientId, clientSecret } of fleet.clients) {
      if (tokens.has(role)) continue;
      const answer = await fetch(`${fleet.url}/oauth/token`, {
        method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials' }),
        headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
      });
      tokens.set(role, (await answer.json() as { access_token: string }).access_token);
    }
    await fleet.settle();
  }, 120_000);
  afterAll(() => fleet?.stop());

  async function send(method: string, path: string, as: Role, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const token = tokens.get(as);
    const answer = await fetch(new URL(path, fleet.url), {
      method, ...(body !== undefined && { body: JSON.stringify(body) }),
      headers: { ...(token && { authorization: `Bearer ${token}` }), ...(body !== undefined && { 'content-type': 'application/json', 'idempotency-key': randomUUID() }), ...headers },
    });
    const text = await answer.text();
    return { status: answer.status, text, body: text.startsWith('{') ? JSON.parse(text) as Answer['body'] : {} };
  }

  /** Nothing that nobody foresaw, and nothing of how it is made. */
  function expectForeseen({ status, text, body }: Answer): void {
    expect(status).toBeLessThan(500);
    if (status >= 400) expect(Object.keys(errorCodes)).toContain(body.code);
    expect(text).not.toMatch(/QueryFailed|syntax error|node_modules|\.ts:\d|relation "|ECONN|stack/);
  }

  describe('by fields that nobody may set', () => {
    const bodies = Object.entries(openapi.paths).flatMap(([path, operations]) =>
      Object.entries(operations).flatMap(([method, operation]) => {
        const schema = operation.requestBody?.content['application/json']?.schema;
        // Rows that the service reads one by one, with a rule for each (reference-data.e2e.spec.ts).
        if (path === '/v1/reference-data/{kind}') return [];
        return schema ? [{ path, method: method.toUpperCase(), service: operation['x-service'], schema }] : [];
      }));
    const propertiesOf = ({ $ref, properties = {}, allOf = [] }: Schema): string[] =>
      [...($ref ? propertiesOf(openapi.components.schemas[$ref.split('/').at(-1)!]) : []), ...Object.keys(properties), ...allOf.flatMap(propertiesOf)];
    const camel = (column: string): string => column.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

    it.each(bodies.map((one) => [`${one.method} ${one.path}`, one] as const))('%s refuses every column that is not its input', async (route, one) => {
      const { method, path, service, schema } = one;
      const role = (routes[route]?.split(' ') ?? [])[0] as Role;
      const owner = service ?? serviceNames[0];
      const columns = await fleet.database.query<{ name: string }>(
        'select distinct column_name as name from information_schema.columns where table_schema = $1', [schemaOf(owner)]);
      const allowed = new Set(propertiesOf(schema));
      const planted = ['orgId', 'organisation', 'tenantId', 'role', 'isAdmin', 'score', ...columns.flatMap(({ name }) => [name, camel(name)])]
        .filter((name) => !allowed.has(name));
      const target = path.replace('{service}', owner).replaceAll(/{\w+}/g, randomUUID());
      const secret = { 'access-secret': 'applicants have one' };
      const body = Object.fromEntries(planted.map((name) => [name, 'planted']));
      const answer = await send(method, target, role, body, role === 'applicant' ? secret : {});
      expect([answer.status, answer.body.code]).toEqual([400, 'VALIDATION_FAILED']);
      const refused = new Set(answer.body.errors?.filter(({ rule }) => rule === 'whitelistValidation').map(({ field }) => field));
      expect(planted.filter((name) => !refused.has(name))).toEqual([]);
    });
  });

  describe('by texts that break programs', () => {
    it('are kept as they are, character for character, or refused by field and rule', async () => {
      const { items: [{ id: harborId }] } = (await send('GET', '/v1/harbors', 'supervisor')).body as { items: { id: string }[] };
      const kept: string[] = [];
      for (const text of naughty) {
        const title = `怪${text}`;
        const issue = { harborId, nature: 'PAIN', channel: 'ONLINE', title: title.slice(0, 100), text: title, registrantName: '示例', registrantPhone: '13800000000' };
        const answer = await send('POST', '/v1/issues', 'anonymous', issue);
        expectForeseen(answer);
        if (answer.status === 400) {
          expect([text, [...new Set(answer.body.errors?.map(({ field }) => field))].sort()]).toEqual([text, ['text', 'title']]);
          continue;
        }
        expect([text, answer.status]).toEqual([text, 201]);
        const { accessSecret, issue: { id } } = answer.body as unknown as { accessSecret: string; issue: { id: string } };
        const read = await send('GET', `/v1/issues/${id}`, 'anonymous', undefined, { 'access-secret': accessSecret });
        expect(read.body.text).toBe(title);
        kept.push(text);
      }
      expect(kept.length).toBeGreaterThan(50);
    });

    it.each([
      ['in a path', (text: string) => `/v1/harbors/${encodeURIComponent(text)}`],
      ['as a cursor', (text: string) => `/v1/harbors?after=${encodeURIComponent(text)}`],
      ['as a page size', (text: string) => `/v1/harbors?limit=${encodeURIComponent(text)}`],
      ['as the name of a filter', (text: string) => `/v1/harbors?${encodeURIComponent(text)}=1`],
      ['as a loan code', (text: string) => `/v1/scans/${encodeURIComponent(text)}`],
    ])('mean nothing %s', async (_where, path) => {
      for (const text of naughty.filter((one) => !/\p{Surrogate}/u.test(one))) expectForeseen(await send('GET', path(text), 'supervisor'));
    });

    it('mean nothing in a query of the graph', async () => {
      for (const text of naughty) {
        const answer = await send('POST', '/graphql', 'supervisor', { query: 'query ($id: ID!, $after: String) { harbor(id: $id) { id } harbors(first: 1, after: $after) { totalCount } }', variables: { id: text, after: text } });
        expect(answer.status).toBeLessThan(500);
        expect(answer.text).not.toMatch(/INTERNAL|QueryFailed|syntax error at|node_modules|ECONN/);
      }
    });

    it('mean nothing as an access secret, an Idempotency-Key or a request id', async () => {
      for (const text of naughty.filter((one) => /^[\x20-\x7E\xA0-\xFF]+$/.test(one))) {
        for (const name of ['access-secret', 'idempotency-key', 'x-request-id', 'if-none-match', 'traceparent']) {
          expectForeseen(await send('GET', `/v1/demands/${randomUUID()}`, 'anonymous', undefined, { [name]: text }));
        }
      }
    });
  });

  it('leave no error behind that nobody foresaw', () => {
    for (const name of [...serviceNames, 'gateway']) {
      const lines = readFileSync(join(fleet.logDir, `${name}.log`), 'utf8').split('\n').filter((line) => /"level":(50|60)/.test(line));
      expect([name, lines]).toEqual([name, []]);
    }
  });
});
