import { randomBytes } from 'node:crypto';
import { newId } from '@finharbor/contracts/ids';
import { LOGGER } from '@finharbor/platform/logs/token';
import type { Caller } from '@finharbor/security/tokens/caller';
import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { callerOf } from '@finharbor/testing/callers';
import { createTestDatabase, type TestDatabase } from '@finharbor/testing/database';
import { until } from '@finharbor/testing/until';
import { type Logger, symbols } from 'pino';
import { AppModule } from '../src/app.module.js';
import { MessageRetention } from '../src/messages/message-retention.js';
import { MessageSender } from '../src/messages/message-sender.js';
import { bodyOf, MailServer } from './mail-server.js';
import { TestGateway } from './sms-gateway.js';

type Row = Record<'id' | 'recipientId' | 'kind' | 'channel' | 'state' | 'reason' | 'text', string> & { attempts: number; count: number; parts: number };

const minutes = 60_000;
/** Tomorrow at an hour in Asia/Shanghai: later than everything that the database's clock wrote, and never quiet or noisy by chance. */
const at = (hour: number, days = 1): Date => {
  const day = new Date(Date.now() + 8 * 3_600_000 + days * 86_400_000).toISOString().slice(0, 10);
  return new Date(Date.parse(`${day}T00:00:00+08:00`) + hour * 3_600_000);
};
const noon = at(12);

describe('messages to people', () => {
  let database: TestDatabase;
  let apps: TestApp[];
  let app: TestApp;
  let mail: MailServer;
  let gateway: TestGateway;
  let bank: Caller;
  let next = 10_000;
  const lines: string[] = [];

  beforeAll(async () => {
    [database, mail, gateway] = await Promise.all([createTestDatabase(), MailServer.start(), TestGateway.start()]);
    const environment = {
      MAIL_URL: mail.url(), MAIL_FROM: '金融服务港湾 <no-reply@harbor.example>', SMS_URL: gateway.url, SMS_KNOWS_IDS: 'true', LOG_LEVEL: 'trace',
      FIELD_KEYS: `k1:${randomBytes(32).toString('base64url')}`,
    };
    apps = [await startTestApp(AppModule, 'partners', environment, database), await startTestApp(AppModule, 'partners', environment, database)];
    [app] = apps;
    for (const one of apps) {
      const logger = one.app.get<Logger & Record<symbol, unknown>>(LOGGER);
      logger[symbols.streamSym] = { write: (line: string) => { lines.push(line); } };
    }
  });
  beforeEach(async () => {
    [mail.mails.length, gateway.requests.length, mail.moods, gateway.answers] = [0, 0, [], []];
    gateway.sent.clear();
    await database.query(`update partners.message_recipients set subscriptions = '[]'`); // of the tests before
    bank = callerOf('bank', await register('BANK'));
  });
  afterAll(async () => {
    for (const one of apps ?? []) await one.close();
    await Promise.all([mail?.stop(), gateway?.stop(), database?.drop()]);
  });

  const register = async (kind: string): Promise<string> =>
    (await app.post(callerOf('system-administrator'), '/v1/organisations', { kind, name: `单位${next += 1}` }).expect(201)).body.id;
  /** Somebody with an address of each kind, who is told something by both. */
  const enter = async (caller: Caller, kinds: string[], channels = ['MAIL', 'SMS']): Promise<{ id: string; mail: string; mobile: string }> => {
    next += 1;
    const person = { name: '欧阳明月', mail: `ming.yue${next}@bank.example`, mobile: `139${String(next).padStart(8, '0')}` };
    const subscriptions = kinds.flatMap((kind) => channels.map((channel) => ({ kind, channel })));
    const { id } = (await app.post(caller, '/v1/message-recipients', { ...person, subscriptions }).expect(201)).body;
    return { id, mail: person.mail, mobile: person.mobile };
  };
  const registered = (organisationId = bank.organisationId!): Promise<void> => app.deliver('issue.registered', { issueId: newId(), harborId: newId() }, { organisationId });
  const run = (when?: Date, by = app): Promise<void> => by.app.get(MessageSender).run(when);
  const log = async (caller = bank, query = ''): Promise<Row[]> => (await app.get(caller, `/v1/messages${query}`).expect(200)).body.items;
  const states = async (): Promise<string[]> => (await log()).map(({ channel, state, reason }) => [channel, state, reason].filter(Boolean).join(' ')).sort();
  const leaseEnds = (): Promise<unknown> => database.query(`update partners.messages set claimed_until = now() - interval '1 second' where state = 'SENDING'`);

  it('tell whoever wants to know, alike things in one, and nobody else', async () => {
    const branch = callerOf('supervisor', await register('CENTRAL_BANK_BRANCH'));
    const stranger = callerOf('bank', await register('BANK'));
    const reader = await enter(bank, ['ISSUE_REGISTERED']);
    await enter(bank, ['DEMAND_CHOSEN']);
    await enter(stranger, ['ISSUE_REGISTERED']);
    const official = await enter(branch, ['ISSUE_REGISTERED'], ['SMS']);
    for (const _ of [1, 2, 3]) await registered();
    await run(noon);
    expect(gateway.requests.map(({ body }) => [body.mobile, body.text]).sort()).toEqual(
      [reader, official].map(({ mobile }) => [mobile, '【金融服务港湾】新登记融资问题3件，请在时限内签收。']).sort());
    expect(mail.mails.map(({ to }) => to)).toEqual([[reader.mail]]);
    expect(bodyOf(mail.mails[0])).toMatch(/^欧阳明月您好：\s+新登记融资问题3件/);
    expect(await log()).toEqual(expect.arrayContaining([expect.objectContaining({
      recipientId: reader.id, recipientName: '欧***', recipientAddress: `${reader.mobile.slice(0, 3)}****${reader.mobile.slice(-4)}`, channel: 'SMS', kind: 'ISSUE_REGISTERED',
      count: 3, parts: 1, text: '新登记融资问题3件，请在时限内签收。', state: 'SENT', reason: null, attempts: 1, endedAt: expect.any(String),
    })]));
    expect([(await log()).length, (await log(branch)).length, await log(stranger)]).toEqual([2, 1, []]);
    expect((await log(bank, `?recipientId=${reader.id}&state=SENT`)).length).toBe(2);
    expect(await log(bank, '?state=FAILED')).toEqual([]);
  });

  it('say which outcome it was, and keep different ones apart', async () => {
    const department = callerOf('department', await register('DEPARTMENT'));
    await enter(department, ['LIST_REVIEWED'], ['SMS']);
    for (const outcome of ['APPROVED', 'RETURNED', 'APPROVED'] as const) {
      await app.deliver('push-list.reviewed', { pushListId: newId(), departmentId: department.organisationId!, outcome }, { organisationId: department.organisationId! });
    }
    await run(noon);
    expect((await log(department)).map(({ text }) => text).sort()).toEqual(['贵单位报送的名单有1份被退回，请查看。', '贵单位报送的名单有2份已审核通过，请查看。']);
  });

  it('wait for others like them, for so long and no longer', async () => {
    await enter(bank, ['ISSUE_REGISTERED'], ['SMS']);
    await registered();
    await registered();
    await database.query('update partners.message_notices set at = $1', [noon]);
    await database.query('update partners.message_notices set at = $1 where id = (select id from partners.message_notices where org_id = $2 limit 1)',
      [new Date(noon.getTime() - 5 * minutes), bank.organisationId]);
    await run(new Date(noon.getTime() - 1));
    expect(await log()).toEqual([]);
    await run(noon);
    expect((await log()).map(({ count }) => count)).toEqual([2]);
  });

  it('keep quiet at night but for what is urgent, and tell what gathered as one in the morning', async () => {
    const { id } = await enter(bank, ['ISSUE_REGISTERED', 'CLIENT_LOCKED'], ['SMS']);
    await registered();
    await run(at(21));
    await registered();
    await app.deliver('api-client.locked', { clientId: newId(), organisationId: bank.organisationId! }, { organisationId: bank.organisationId! });
    await run(at(31.99));
    await until('the urgent one', async () => (await states()).join() === 'SMS SENT');
    expect((await log()).map(({ kind }) => kind)).toEqual(['CLIENT_LOCKED']);
    gateway.answers = [[503]];
    await run(at(32));
    expect((await log(bank, '?state=WAITING')).map(({ kind, count }) => [kind, count])).toEqual([['ISSUE_REGISTERED', 2]]);
    await run(at(46)); // another attempt is due since the morning, and it is night again
    expect((await log(bank, '?state=WAITING')).length).toBe(1);
    await run(at(56));
    expect(gateway.requests.filter(({ body }) => body.text.includes('2件')).length).toBe(2);
    expect((await log(bank, `?recipientId=${id}`)).map(({ state }) => state)).toEqual(['SENT', 'SENT']);
  });

  it('are tried again by the schedule while they certainly were not sent, and given up', async () => {
    await enter(bank, ['ISSUE_REGISTERED'], ['SMS']);
    await registered();
    gateway.answers = [[429, { 'retry-after': '600' }], [503], [503], [503], [503], [503]];
    let when = noon.getTime();
    for (const [index, pause] of [0, 10, 5, 30, 120, 360].entries()) {
      if (pause > 0) await run(new Date(when + pause * minutes - 1));
      expect(gateway.requests.length).toBe(index);
      await run(new Date(when += pause * minutes));
      expect(gateway.requests.length).toBe(index + 1);
    }
    expect(await states()).toEqual(['SMS FAILED HTTP_503']);
    expect(new Set(gateway.requests.map(({ body }) => body.id)).size).toBe(1);
  });

  it('that were refused, and that nobody can be sure of, are not tried again', async () => {
    await enter(bank, ['ISSUE_REGISTERED']);
    mail.moods = ['lost after the end'];
    gateway.answers = [[400]];
    await registered();
    await run(noon);
    expect(await states()).toEqual(['MAIL UNCERTAIN ECONNECTION', 'SMS FAILED HTTP_400']);
    await run(at(20));
    expect([mail.mails.length, gateway.requests.length]).toEqual([1, 1]);
  });

  it('each go out once by any number of processes at once', async () => {
    const people = 12;
    for (let entered = 0; entered < people; entered += 1) await enter(bank, ['ISSUE_REGISTERED', 'DEMAND_CHOSEN']);
    await registered();
    const chosen = { demandId: newId(), bankId: bank.organisationId!, productId: newId(), harborId: newId(), acceptBy: null };
    await app.deliver('demand.chosen', chosen, { organisationId: bank.organisationId! });
    await Promise.all([...apps, ...apps].map((one) => run(noon, one)));
    await until('all are sent', async () => (await log(bank, '?state=SENT')).length === 4 * people);
    expect([gateway.requests.length, gateway.sent.size, mail.mails.length]).toEqual([24, 24, 24]);
    expect(new Set(mail.mails.map(({ raw }) => /^Message-ID: (.*)$/im.exec(raw)![1])).size).toBe(24);
  });

  it('whose process is taken for dead go on by another one: with the same id, or not at all', async () => {
    await enter(bank, ['ISSUE_REGISTERED']);
    mail.moods = ['silent after the end'];
    gateway.answers = ['hang'];
    await registered();
    const frozen = run(noon, apps[0]);
    await until('both hang', () => mail.silent === 1 && gateway.holding === 1);
    await leaseEnds();
    await run(noon, apps[1]);
    expect(await states()).toEqual(['MAIL UNCERTAIN INTERRUPTED', 'SMS SENT']);
    expect([mail.mails.length, gateway.requests.length, gateway.sent.size]).toEqual([1, 2, 1]);
    mail.speak();
    gateway.release();
    await frozen;
    expect(await states()).toEqual(['MAIL SENT', 'SMS SENT']);
    expect((await log()).map(({ channel, attempts }) => `${channel} ${attempts}`).sort()).toEqual(['MAIL 1', 'SMS 2']);
  });

  it('do not go to whoever left, was taken out or erased before they went', async () => {
    const harborId = newId();
    await app.deliver('harbor.registered', { harborId, number: `WZ-${next}`, name: '港湾', hostBankId: bank.organisationId!, areaCode: '500101001' });
    const harborPersonId = (await app.post(bank, '/v1/harbor-people', { harborId, post: 'HEAD', name: '谭丽', phone: '13811110000', validFrom: '2024-01-01' }).expect(201)).body.id;
    const subscriptions = [{ kind: 'ISSUE_REGISTERED', channel: 'SMS' }];
    await app.post(bank, '/v1/message-recipients', { harborPersonId, subscriptions }).expect(201);
    const [removed, erased, kept] = [await enter(bank, ['ISSUE_REGISTERED'], ['SMS']), await enter(bank, ['ISSUE_REGISTERED'], ['SMS']), await enter(bank, ['ISSUE_REGISTERED'], ['SMS'])];
    await registered();
    gateway.answers = [[503], [503], [503], [503]];
    await run(noon);
    await app.post(bank, `/v1/message-recipients/${removed.id}/removal`).expect(200);
    await app.post(bank, `/v1/harbor-people/${harborPersonId}/departure`, { validTo: '2025-01-01' }).expect(200);
    await app.post(callerOf('security-administrator'), '/v1/operations/partners/person-erasures', { identifier: erased.mobile, reason: '本人要求' }).expect(201);
    await run(new Date(noon.getTime() + minutes));
    expect(await states()).toEqual(['SMS CANCELLED LEFT', 'SMS CANCELLED NO_ADDRESS', 'SMS CANCELLED REMOVED', 'SMS SENT']);
    expect([...gateway.sent.values()].map(({ mobile }) => mobile)).toEqual([kept.mobile]);
    await registered();
    await run(at(12, 2));
    expect((await log(bank, '?state=SENT')).map(({ recipientId }) => recipientId)).toEqual([kept.id, kept.id]);
  });

  it('that cannot be made hold up no other, and are tried again', async () => {
    const [broken, whole] = [await enter(bank, ['ISSUE_REGISTERED'], ['SMS']), await enter(bank, ['ISSUE_REGISTERED'], ['SMS'])];
    await database.query('update partners.message_recipients set mobile_encrypted = (select mobile_encrypted from partners.message_recipients where id = $2) where id = $1', [broken.id, whole.id]);
    await registered();
    await run(noon);
    const rows = await database.query('select recipient_id, state, reason from partners.messages where org_id = $1 order by state', [bank.organisationId]);
    expect(rows).toEqual([{ recipient_id: whole.id, state: 'SENT', reason: null }, { recipient_id: broken.id, state: 'WAITING', reason: 'NOT_MADE' }]);
    expect(gateway.requests.map(({ body }) => body.mobile)).toEqual([whole.mobile]);
    await database.query('update partners.message_recipients set mobile_encrypted = null where id = $1', [broken.id]);
    await run(new Date(noon.getTime() + minutes));
    expect(await states()).toEqual(['SMS CANCELLED NO_ADDRESS', 'SMS SENT']);
  });

  it('are forgotten after 90 days, given up after three, and counted for the operator', async () => {
    await enter(bank, ['ISSUE_REGISTERED']);
    gateway.answers = [[503]];
    await registered();
    await run(noon);
    const figures = (await app.get(undefined, '/metrics').expect(200)).text.split('\n').filter((line) => line.startsWith('finharbor_messages_'));
    expect(figures.map((line) => line.replace(/[\d.]+$/, ''))).toEqual(expect.arrayContaining([
      'finharbor_messages_open{channel="SMS",state="WAITING",service="partners"} ', 'finharbor_messages_ended{channel="MAIL",state="SENT",service="partners"} ',
      'finharbor_messages_overdue_seconds{service="partners"} ']));
    await database.query(`update partners.messages set send_after = now() - interval '73 hours' where state = 'WAITING'`);
    await run(noon);
    expect(await states()).toEqual(['MAIL SENT', 'SMS FAILED EXPIRED']);
    await database.query(`update partners.messages set ended_at = now() - make_interval(days => case channel when 'MAIL' then 89 else 91 end)`);
    await app.app.get(MessageRetention).run();
    expect(await states()).toEqual(['MAIL SENT']);
  });

  // Last: of all that went wrong above.
  it('are in no log, table or error by their names, addresses or texts', async () => {
    expect(lines.filter((line) => line.includes('message not sent')).length).toBeGreaterThan(5);
    const tables = ['messages', 'message_recipients', 'message_notices', 'audit', 'outbox', 'dead_letters'];
    const rows = await database.query<{ row: string }>(tables.map((table) => `select t::text as row from partners.${table} t`).join(' union all '));
    const all = [...lines, ...rows.map(({ row }) => row)].join('\n');
    expect(all.match(/ming\.yue|明月|13900010\d{3}|13900001234|13811110000|谭丽|签收/g)).toBeNull();
  });
});
