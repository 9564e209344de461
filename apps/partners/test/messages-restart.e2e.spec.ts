import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { newId } from '@finharbor/contracts/ids';
import { startTestApp } from '@finharbor/testing/app';
import { callerOf } from '@finharbor/testing/callers';
import { createTestDatabase, type TestDatabase } from '@finharbor/testing/database';
import { until } from '@finharbor/testing/until';
import { AppModule } from '../src/app.module.js';
import { MessageSender } from '../src/messages/message-sender.js';
import { MailServer } from './mail-server.js';
import { TestGateway } from './sms-gateway.js';

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));

describe('a process that ends while it sends messages', () => {
  let database: TestDatabase;
  let mail: MailServer;
  let gateway: TestGateway;
  let child: ChildProcess | undefined;

  beforeAll(async () => {
    [database, mail, gateway] = await Promise.all([createTestDatabase(), MailServer.start(), TestGateway.start()]);
  });
  afterAll(async () => {
    child?.kill('SIGKILL');
    await Promise.all([mail?.stop(), gateway?.stop(), database?.drop()]);
  });

  const states = (): Promise<object[]> => database.query('select channel, state, reason from partners.messages order by channel, state');
  const tell = (id: string): Promise<object[]> =>
    database.query(`insert into partners.message_notices (id, org_id, kind, variables, count) values ($1, $2, 'ISSUE_REGISTERED', '{}', 1)`, [newId(), id]);

  it('killed or told to stop, leaves none unsent and none sent twice: what may have gone out goes again by its id, or not at all', async () => {
    const environment = {
      MAIL_URL: mail.url(), SMS_URL: gateway.url, SMS_KNOWS_IDS: 'true', MESSAGE_GATHER_SECONDS: '0', QUIET_HOURS: '',
      FIELD_KEYS: `k1:${randomBytes(32).toString('base64url')}`,
    };
    const before = await startTestApp(AppModule, 'partners', environment, database);
    const { id } = (await before.post(callerOf('system-administrator'), '/v1/organisations', { kind: 'BANK', name: '万州示范银行' }).expect(201)).body;
    const subscriptions = ['MAIL', 'SMS'].map((channel) => ({ kind: 'ISSUE_REGISTERED', channel }));
    for (const n of [1, 2]) {
      await before.post(callerOf('bank', id), '/v1/message-recipients', { name: '欧阳明月', mail: `m${n}@bank.example`, mobile: `1390000000${n}`, subscriptions }).expect(201);
    }
    await before.close();

    [mail.moods, gateway.answers] = [['silent after the end'], ['hang']];
    await tell(id);
    child = spawn(process.execPath, [program], { env: { ...process.env, NODE_OPTIONS: '' }, stdio: 'ignore' });
    await until('one of each hangs and one of each is sent', async () => mail.silent === 1 && gateway.holding === 1
      && (await database.query(`select 1 from partners.messages where state = 'SENT'`)).length === 2);
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;

    const after = await startTestApp(AppModule, 'partners', environment, database);
    await after.app.get(MessageSender).run();
    expect((await states()).filter((row) => 'state' in row && row.state === 'SENDING')).toHaveLength(2); // their time is not over yet
    await database.query(`update partners.messages set claimed_until = now() - interval '1 second' where state = 'SENDING'`);
    await after.app.get(MessageSender).run();
    await until('all have ended', async () => (await database.query('select 1 from partners.messages where ended_at is null')).length === 0);
    expect(await states()).toEqual([
      { channel: 'MAIL', state: 'SENT', reason: null }, { channel: 'MAIL', state: 'UNCERTAIN', reason: 'INTERRUPTED' },
      { channel: 'SMS', state: 'SENT', reason: null }, { channel: 'SMS', state: 'SENT', reason: null },
    ]);
    expect([gateway.requests.length, gateway.sent.size, mail.mails.length]).toEqual([3, 2, 2]);
    expect(new Set(mail.mails.map(({ to }) => to.join())).size).toBe(2);

    // One that is told to stop cuts off what hangs: a mail that the server had nothing of yet waits for the next process.
    await database.query('delete from partners.messages');
    mail.moods = ['silent at the address', 'silent after the end'];
    gateway.answers = ['hang', 'hang'];
    await tell(id);
    await until('it has begun by itself, and all hang', () => mail.silent === 3 && gateway.holding === 3);
    await after.app.get(MessageSender).onModuleDestroy();
    await until('what became of them is written', async () => (await database.query(`select 1 from partners.messages where state = 'SENDING'`)).length === 0);
    await after.close();
    expect(await states()).toEqual([
      { channel: 'MAIL', state: 'UNCERTAIN', reason: 'LEAVING' }, { channel: 'MAIL', state: 'WAITING', reason: 'LEAVING' },
      { channel: 'SMS', state: 'WAITING', reason: 'LEAVING' }, { channel: 'SMS', state: 'WAITING', reason: 'LEAVING' },
    ]);
  }, 120_000);
});
