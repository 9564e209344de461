import { randomBytes, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ErrorCode, errorCodes, type ProblemDocument } from '@finharbor/contracts/errors';
import { FieldCipher } from '@finharbor/security/encryption/field-cipher';
import { accessTokenAudience } from '@finharbor/security/tokens/access-token';
import type { Role } from '@finharbor/security/tokens/caller';
import { startTestFleet, type TestFleet } from '@finharbor/testing/fleet';
import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import { generatedList } from '../../tools/demonstration/list.mjs';
import { memoryOf, sendLine } from './support/long-line.js';

const fieldKeys = `k1:${randomBytes(32).toString('base64url')}`;
/** Stands in every body that is sent, and must not stand in any log. */
const planted = `PLANTED${randomBytes(6).toString('hex')}`;
const megabyte = 1_048_576;

interface Sent {
  method?: string;
  as?: Role;
  token?: string;
  body?: string | Buffer | object;
  type?: string;
  headers?: Record<string, string>;
}
interface Answer {
  status: number;
  type: string;
  body: Partial<ProblemDocument> & Record<string, unknown>;
}

const lines = (...rows: string[]): string => rows.map((row) => `${row}\n`).join('');
const header = '企业名称,统一社会信用代码';
/** Rows that are good, of enterprises that the demonstration does not have. */
const good = generatedList(140).split('\n').slice(121, 141).map((line) => line.split(',').slice(0, 2).join(','));
const utf16 = Buffer.from(`\ufeff${header}\n`, 'utf16le');
const gbkName = Buffer.from([0xcd, 0xf2, 0xd6, 0xdd]);

describe('bad input', () => {
  let fleet: TestFleet;
  let code: string;
  let harborId: string;
  const tokens = new Map<Role, string>();
  const given: string[] = [];

  beforeAll(async () => {
    fleet = await startTestFleet({ env: { FIELD_KEYS: fieldKeys, LOG_LEVEL: 'debug' } });
    const [first] = (await fleet.client('supervisor').get<{ items: { code: string; harborId: string }[] }>('/v1/loan-codes')).items;
    ({ code, harborId } = first);
    await fleet.settle();
  }, 120_000);
  // Everybody signs in again: on a slow machine all of this takes longer than a token lasts.
  beforeEach(async () => {
    const roles = ['department', 'supervisor', 'bank', 'dashboard', 'system-administrator'] as const;
    await Promise.all(roles.map(async (role) => tokens.set(role, await tokenOf(role))));
    given.push(...tokens.values());
  });
  afterAll(() => fleet?.stop());

  async function tokenOf(role: Role): Promise<string> {
    const { clientId, clientSecret } = fleet.credentials(role);
    const answer = await oauth(clientId, clientSecret);
    return (await answer.json() as { access_token: string }).access_token;
  }
  const oauth = (id: string, secret: string): Promise<Response> => fetch(`${fleet.url}/oauth/token`, {
    method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials' }), headers: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` },
  });

  async function send(path: string, { method, as, token = as && `Bearer ${tokens.get(as)}`, body, type, headers }: Sent = {}): Promise<Answer> {
    const isRaw = typeof body === 'string' || Buffer.isBuffer(body);
    const answer = await fetch(new URL(path, fleet.url), {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      body: (isRaw || body === undefined ? body : JSON.stringify(body)) as never,
      headers: { ...(token && { authorization: token }), ...(body !== undefined && { 'content-type': type ?? 'application/json', 'idempotency-key': randomUUID() }), ...headers },
    });
    return { status: answer.status, type: answer.headers.get('content-type') ?? '', body: await answer.json() as Answer['body'] };
  }
  const push = (body: string | Buffer, sent: Sent & { query?: string } = {}): Promise<Answer> =>
    send(`/v1/push-lists?${sent.query ?? 'title=名单&period=2026-Q4'}`, { as: 'department', body, type: 'text/csv', ...sent });

  function expectProblem({ status, type, body }: Answer, problem: ErrorCode): void {
    const [expected, title] = errorCodes[problem];
    expect([status, type]).toEqual([expected, 'application/problem+json; charset=utf-8']);
    expect(body).toMatchObject({ type: `urn:finharbor:problem:${problem.toLowerCase().replaceAll('_', '-')}`, title, status, code: problem });
  }

  /** The request is refused with the code, and no table of any service has a row more or less. */
  async function expectRefused(work: () => Promise<Answer>, problem: ErrorCode): Promise<Answer['body']> {
    const before = await fleet.rowCounts();
    const answer = await work();
    expectProblem(answer, problem);
    expect(await fleet.rowCounts()).toEqual(before);
    return answer.body;
  }
  const rulesOf = ({ errors = [] }: Answer['body']): string[] => errors.map(({ field, rule }) => `${field} ${rule}`);

  describe('in a list', () => {
    const wrong: [what: string, body: string | Buffer, code: ErrorCode, detail: RegExp][] = [
      ['a quote that is never closed', lines(header, good[0], `"${planted},`, good[1]), 'LIST_MALFORMED', /line 3 opens a quote/],
      ['a quote inside a cell', lines(header, `万州"${planted}",${good[0].split(',')[1]}`), 'LIST_MALFORMED', /line 2/],
      ['UTF-16', utf16, 'LIST_ENCODING', /UTF-16/],
      ['UTF-8 with a line of GB18030', Buffer.concat([Buffer.from(lines(header, good[0])), gbkName, Buffer.from(`${planted},x\n`)]), 'LIST_ENCODING', /up to line 3/],
      ['bytes that fit no encoding', Buffer.concat([Buffer.from(`name,${planted}\n`), Buffer.from([0x81, 0x20, 0x0a])]), 'LIST_ENCODING', /Line 2/],
      ['a workbook', Buffer.from(`PK\x03\x04${planted}`, 'latin1'), 'UNSUPPORTED_MEDIA_TYPE', /workbook/],
      ['nothing but NUL', Buffer.alloc(4_096), 'LIST_HEADER', /creditCode/],
      ['an empty file', '', 'LIST_EMPTY', /empty/],
      ['a header and no rows', lines(header), 'LIST_EMPTY', /no rows/],
      ['blank rows alone', lines(header, ',', '  ,'), 'LIST_EMPTY', /no rows/],
    ];
    it.each(wrong)('%s', async (_what, body, problem, detail) => {
      expect((await expectRefused(() => push(body), problem)).detail).toMatch(detail);
    });

    it('missing and doubled headers, by name', async () => {
      const missing = await expectRefused(() => push(lines(`名称,${planted}`, good[0])), 'LIST_HEADER');
      expect(rulesOf(missing)).toEqual(['creditCode missingHeader']);
      const doubled = await expectRefused(() => push(lines(`${header},公司名称,信用代码`, good[0])), 'LIST_HEADER');
      expect(rulesOf(doubled).sort()).toEqual(['creditCode doubledHeader', 'name doubledHeader']);
      expect(doubled.detail).toContain('“企业名称” and “公司名称”');
    });

    it.each([
      ['no title', 'period=2026-Q4', 'title'], ['a period that is none', 'title=名单&period=2026-Q5', 'period'], ['a parameter unknown', `title=名单&period=2026&extra=${planted}`, 'extra'],
    ])('%s', async (_what, query, field) => {
      const { errors } = await expectRefused(() => push(lines(header, good[0]), { query }), 'VALIDATION_FAILED');
      expect(errors!.map((error) => error.field)).toContain(field);
    });

    it('another media type, and no Idempotency-Key', async () => {
      await expectRefused(() => push(JSON.stringify([planted]), { type: 'application/json' }), 'UNSUPPORTED_MEDIA_TYPE');
      await expectRefused(() => push(lines(header, good[0]), { headers: { 'idempotency-key': '' } }), 'IDEMPOTENCY_KEY_MISSING');
    });

    it('row by row: what is wrong is rejected by row, field and rule, the rest is taken', async () => {
      const [name, creditCode] = good[0].split(',');
      const { status, body } = await push(lines(
        `${header},神秘列`, `${good[0]},x`, `${good[1]},x`, `${name},${creditCode},x`, `坏\0${planted},${good[2].split(',')[1]},x`,
        `${planted},91500101MA5U00011X,x`, `,${good[3].split(',')[1]},x`, `${planted},${good[4].split(',')[1]}`, '',
      ));
      expect([status, body.rowCount, body.acceptedCount, body.rejectedCount]).toEqual([201, 7, 2, 5]);
      expect(body.warnings).toEqual([{ rule: 'unknownHeader', header: '神秘列', message: expect.stringContaining('神秘列') }]);
      const rejections = await send(`/v1/push-lists/${body.id as string}/rejections`, { as: 'department' });
      const items = rejections.body.items as { row: number; field: string; rule: string }[];
      expect(items.map(({ row, field, rule }) => [row, field, rule])).toEqual([
        [4, 'creditCode', 'duplicate'], [5, 'name', 'controlCharacter'], [6, 'creditCode', 'checksum'], [7, 'name', 'required'], [8, null, 'columnCount'],
      ]);
      expect(JSON.stringify(rejections.body)).toContain('row 2 has the same credit code');
      await fleet.settle();
    });

    it('a line of 300 MB: refused before it is read whole, in little memory', async () => {
      const pids = ['enterprise-lists', 'gateway'].map((name) => fleet.services[name].pid!);
      const resident = pids.map((pid) => memoryOf(pid, 'VmRSS'));
      for (const pid of pids) writeFileSync(`/proc/${pid}/clear_refs`, '5'); // begins to count the peak anew
      const path = `${fleet.url}/v1/push-lists?title=long&period=2026`;
      const headers = { authorization: `Bearer ${tokens.get('department')}`, 'content-type': 'text/csv', 'idempotency-key': randomUUID() };
      let sent = 0;
      await expectRefused(async () => {
        const { sentBeforeAnswer, ...answer } = await sendLine(path, headers, planted, 300 * megabyte);
        sent = sentBeforeAnswer;
        return { ...answer, body: JSON.parse(answer.body) as Answer['body'] };
      }, 'LIST_MALFORMED');
      expect(sent).toBeLessThan(200 * megabyte);
      for (const [index, pid] of pids.entries()) expect(memoryOf(pid, 'VmHWM') - resident[index]).toBeLessThan(100 * megabyte);
    }, 60_000);
  });

  const demand = (): Record<string, unknown> => ({
    enterpriseName: `万州${planted}公司`, creditCode: good[0].split(',')[1], contactName: `${planted}甲`, contactPhone: '13900000000',
    kind: 'FIRST_LOAN', consent: true, amount: '200000.00', termMonths: 12, purpose: `${planted}乙`, guaranteeTypes: ['CREDIT'],
  });
  const submit = (body: Sent['body'], sent: Sent = {}): Promise<Answer> => send(`/v1/scans/${code}/demands`, { body, ...sent });

  describe('in JSON', () => {
    it.each([
      ['broken off', `{"enterpriseName": "${planted}`], ['a word', planted], ['nothing', ''], ['a prototype', `{"__proto__": {"${planted}": 1}}`],
    ])('that is %s', async (_what, body) => { await expectRefused(() => submit(body), 'MALFORMED_REQUEST'); });

    it.each([
      ['an unknown field', 'surplus', planted],
      ['a number for an amount', 'amount', 200000],
      ['a text for a number', 'termMonths', '12'],
      ['an object for a text', 'enterpriseName', { $ne: planted }],
      ['a text for a list', 'guaranteeTypes', planted],
      ['a word that is none of ours', 'kind', planted],
      ['null for what is needed', 'consent', null],
      ['NUL in a text', 'purpose', `${planted}\0`],
      ['a credit code with a wrong check character', 'creditCode', '91500101MA5U00011X'],
    ])('%s, refused by name', async (_what, field, value) => {
      const body = await expectRefused(() => submit({ ...demand(), [field]: value }), 'VALIDATION_FAILED');
      expect([...new Set(body.errors!.map((error) => error.field.split('.')[0]))]).toEqual([field]);
      expect(JSON.stringify(body)).not.toContain(planted);
    });

    it('a list where an object belongs, too much of it, and another media type', async () => {
      await expectRefused(() => submit([demand()]), 'VALIDATION_FAILED');
      // Again and again: the service answers while the gateway still sends, and that answer must arrive.
      for (let times = 0; times < 8; times += 1) await expectRefused(() => submit({ ...demand(), purpose: planted.repeat(70_000) }), 'PAYLOAD_TOO_LARGE');
      await expectRefused(() => submit(JSON.stringify(demand()), { type: 'text/plain' }), 'UNSUPPORTED_MEDIA_TYPE');
      await expectRefused(() => submit(`name=${planted}`, { type: 'application/x-www-form-urlencoded' }), 'UNSUPPORTED_MEDIA_TYPE');
    });

    it('in other services', async () => {
      const issue = { harborId, nature: 'PAIN', channel: 'BOX', title: planted, text: planted, registrantName: planted, registrantPhone: 1380, more: 1 };
      const { errors } = await expectRefused(() => send('/v1/issues', { body: issue }), 'VALIDATION_FAILED');
      expect([...new Set(errors!.map(({ field }) => field))].sort()).toEqual(['more', 'registrantPhone']);
      const product = { name: planted, eligibility: { amountMin: '10', amountMax: '1', sizes: [] } };
      expect(rulesOf(await expectRefused(() => send('/v1/products', { as: 'bank', body: product }), 'VALIDATION_FAILED')).join()).toContain('eligibility.sizes');
      const organisation = { kind: planted, name: 7 };
      await expectRefused(() => send('/v1/organisations', { as: 'system-administrator', body: organisation }), 'VALIDATION_FAILED');
      await expectRefused(() => send('/v1/harbors', { as: 'supervisor', body: { name: planted, outletId: planted, areaCode: '500101001' } }), 'VALIDATION_FAILED');
    });

    it('in a query of the graph', async () => {
      const ask = async (query: string, variables?: object): Promise<string[]> =>
        ((await send('/graphql', { as: 'supervisor', body: { query, variables } })).body.errors as unknown as { extensions: { code: string } }[]).map(({ extensions }) => extensions.code);
      expect(await ask(`{ ${planted}`)).toEqual(['GRAPHQL_PARSE_FAILED']);
      expect(await ask(`{ harbors { ${planted} } }`)).toEqual(['GRAPHQL_VALIDATION_FAILED']);
      expect(await ask('query ($id: ID!) { harbor(id: $id) { id } }', { id: { a: planted } })).toEqual(['VALIDATION_FAILED']);
      expect(await ask('mutation ($id: ID!) { approvePushList(id: $id) { id } }', { id: planted })).toEqual(['VALIDATION_FAILED']);
      expect(await ask('mutation ($id: ID!) { approvePushList(id: $id) { id } }', { id: randomUUID() })).toEqual(['NOT_FOUND']);
      expect(await ask('{ harbors(first: 201) { edges { cursor } } }')).toEqual(['VALIDATION_FAILED']);
      await expectRefused(() => send('/graphql', { as: 'supervisor', body: planted, type: 'text/plain' }), 'UNSUPPORTED_MEDIA_TYPE');
    });
  });

  describe('as a token', () => {
    const asking = (token?: string, path = '/v1/harbors'): Promise<Answer> => send(path, { token: token && `Bearer ${token}` });

    it('none, none of ours, or one that is broken', async () => {
      const good = tokens.get('bank')!;
      const [head, payload, signature] = good.split('.');
      const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
      const raised = `${head}.${Buffer.from(JSON.stringify({ ...claims('system-administrator'), exp: 9_999_999_999 })).toString('base64url')}.${signature}`;
      for (const token of [undefined, planted, none, raised, good.slice(0, -4)]) await expectRefused(() => asking(token), 'UNAUTHENTICATED');
      for (const token of ['Basic eA==', `Bearer ${good} x`, good]) await expectRefused(() => send('/v1/harbors', { token }), 'UNAUTHENTICATED');
    });

    it('signed by another key, of another issuer or audience, or run out', async () => {
      const own = await signingKey();
      const foreign = await exportJWK((await generateKeyPair('ES256', { extractable: true })).privateKey);
      const now = Math.floor(Date.now() / 1000);
      expect((await asking(await sign(own, claims('supervisor')))).status).toBe(200); // or the rest would prove nothing
      const bad: [JWK, object][] = [
        [{ ...foreign, kid: own.kid }, {}], [foreign, {}], [own, { iat: now - 400, exp: now - 100 }], [own, { iss: 'https://elsewhere.example' }],
        [own, { aud: 'urn:another' }], [own, { role: planted }], [own, { org: undefined }],
      ];
      for (const [key, change] of bad) {
        const token = await sign(key, { ...claims('supervisor'), ...change });
        await expectRefused(() => asking(token), 'UNAUTHENTICATED');
        await expectRefused(() => send('/graphql', { token: `Bearer ${token}`, body: { query: '{ harbors { edges { cursor } } }' } }), 'UNAUTHENTICATED');
      }
    });

    it('of a role that may not, and none at the graph', async () => {
      await expectRefused(() => push(lines(header, good[0]), { as: 'bank' }), 'FORBIDDEN');
      await expectRefused(() => send('/v1/harbors', { as: 'dashboard', body: { name: planted } }), 'FORBIDDEN');
      const { body } = await send('/graphql', { body: { query: '{ harbors { edges { cursor } } }' } });
      expect(body).toEqual({ errors: [expect.objectContaining({ extensions: { code: 'UNAUTHENTICATED' } })] });
    });

    it('is not given for a wrong secret, and the answer does not tell whether the client exists', async () => {
      const { clientId } = fleet.credentials('bank');
      const answers = await Promise.all([clientId, randomUUID(), planted].map(async (id) => {
        const answer = await oauth(id, planted);
        return [answer.status, await answer.text()];
      }));
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
      expect(answers[0]).toEqual([401, expect.stringContaining('invalid_client')]);
    });

    const claims = (role: Role): Record<string, unknown> => {
      const { organisationId, clientId } = fleet.credentials(role);
      const now = Math.floor(Date.now() / 1000);
      const about = { sub: clientId, client_id: clientId, org: organisationId, role };
      return { ...about, iss: fleet.url, aud: accessTokenAudience, iat: now, exp: now + 300, jti: planted };
    };
    const sign = async (key: JWK, payload: object): Promise<string> =>
      new SignJWT({ ...payload }).setProtectedHeader({ alg: 'ES256', kid: key.kid, typ: 'at+jwt' }).sign(await importJWK(key, 'ES256'));

    /** The key with which partners signs. Nobody but partners can read it; this test gave it the key that it is encrypted with. */
    async function signingKey(): Promise<JWK> {
      const [{ kid, sealed }] = await fleet.database.query<{ kid: string; sealed: string }>('select kid, private_jwk_encrypted as sealed from partners.signing_keys');
      return JSON.parse(new FieldCipher(fieldKeys).decrypt(sealed, { column: 'partners.signing_keys.private_jwk_encrypted', rowId: kid, organisationId: '' })) as JWK;
    }
  });

  describe('as an id', () => {
    const records: [as: Role | undefined, path: string][] = [
      ['dashboard', '/v1/organisations/ID'], ['department', '/v1/push-lists/ID'], ['department', '/v1/push-lists/ID/entries'], ['bank', '/v1/referrals/ID'],
      ['bank', '/v1/products/ID'], [undefined, '/v1/published-products/ID'], [undefined, '/v1/scans/ID'], [undefined, '/v1/scans/ID/qr.svg'], ['bank', '/v1/demands/ID'],
      ['supervisor', '/v1/demands/ID/trail'], ['bank', '/v1/issues/ID'], ['system-administrator', '/v1/harbors/ID'],
    ];
    it.each(records)('unknown to %s: %s', async (as, path) => {
      await expectRefused(() => send(path.replace('ID', randomUUID()), { as }), 'NOT_FOUND');
      const { status, body } = await send(path.replace('ID', planted), { as });
      expect([[400, 'MALFORMED_REQUEST'], [404, 'NOT_FOUND']]).toContainEqual([status, body.code]);
    });

    it.each<[Role | undefined, string, object]>([
      ['bank', '/v1/demands/ID/acceptance', {}], ['bank', '/v1/products/ID/publication', {}], ['bank', '/v1/issues/ID/reply', { text: planted }],
      ['supervisor', '/v1/loan-codes', { harborId: 'ID', label: '海报' }], ['bank', '/v1/referral-acknowledgements', { referralIds: ['ID'] }],
      ['system-administrator', '/v1/organisations/ID/outlets', { name: planted, areaCode: '500101001' }],
    ])('unknown to %s: POST %s', async (as, path, body) => {
      const unknown = randomUUID();
      await expectRefused(() => send(path.replace('ID', unknown), { as, body: JSON.stringify(body).replace('ID', unknown) }), 'NOT_FOUND');
    });

    it('of nothing at all: a path, a method, a cursor, a demand of somebody else', async () => {
      await expectRefused(() => send(`/v1/${planted}`, { as: 'bank' }), 'NOT_FOUND');
      await expectRefused(() => send('/v1/harbors', { as: 'bank', method: 'DELETE' }), 'METHOD_NOT_ALLOWED');
      await expectRefused(() => send(`/v1/harbors?cursor=${planted}`, { as: 'bank' }), 'CURSOR_INVALID');
      const [{ id }] = await fleet.database.query<{ id: string }>('select id from loan_matching.demands limit 1');
      await expectRefused(() => send(`/v1/demands/${id}`, { headers: { 'access-secret': planted } }), 'NOT_FOUND');
    });
  });

  it('leaves nothing of itself in any log, and no error that nobody foresaw', () => {
    const folder = join(fleet.dir, 'logs');
    const logs = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]);
    expect(logs.map(([name]) => name).sort()).toEqual(['enterprise-lists', 'feedback', 'gateway', 'harbors', 'loan-matching', 'partners', 'product-catalog'].map((name) => `${name}.log`));
    expect(logs.find(([name]) => name === 'gateway.log')![1]).toMatch(/"route":"\/v1\/scans\/:code\/demands","status":400/);
    const secrets = [planted, ...given, ...fleet.clients.map(({ clientSecret }) => clientSecret), good[0].split(',')[0]];
    for (const [name, text] of logs) {
      expect([name, secrets.filter((secret) => text.includes(secret))]).toEqual([name, []]);
      expect([name, text.split('\n').filter((line) => /"level":(50|60)/.test(line))]).toEqual([name, []]);
    }
  });
});
