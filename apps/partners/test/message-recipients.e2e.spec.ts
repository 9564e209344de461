import { newId } from '@finharbor/contracts/ids';
import type { Caller } from '@finharbor/security/tokens/caller';
import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { callerOf } from '@finharbor/testing/callers';
import { AppModule } from '../src/app.module.js';
import { MessageRetention } from '../src/messages/message-retention.js';

const path = '/v1/message-recipients';

describe('recipients of messages', () => {
  let app: TestApp;
  let bank: Caller;
  let otherBank: Caller;
  let branch: Caller;
  let department: Caller;
  let next = 10_000_000;
  const system = callerOf('system-administrator');
  const subscriptions = [{ kind: 'DEMAND_CHOSEN', channel: 'SMS' }, { kind: 'ISSUE_REGISTERED', channel: 'MAIL' }];
  const person = (change: object = {}): Record<string, unknown> =>
    ({ name: '欧阳明月', mail: `ming.yue${next += 1}@bank.example`, mobile: `139${next}`, subscriptions: [], ...change });
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  const enter = async (caller: Caller, more: object = {}): Promise<any> => (await app.post(caller, path, person(more)).expect(201)).body;

  beforeAll(async () => {
    app = await startTestApp(AppModule, 'partners');
    const register = async (kind: string): Promise<string> => (await app.post(system, '/v1/organisations', { kind, name: `单位 ${kind}` }).expect(201)).body.id;
    bank = callerOf('bank', await register('BANK'));
    otherBank = callerOf('bank', await register('BANK'));
    branch = callerOf('supervisor', await register('CENTRAL_BANK_BRANCH'));
    department = callerOf('department', await register('DEPARTMENT'));
  });
  afterAll(() => app.close());

  it('are their organisation’s alone, masked wherever they are read, and encrypted at rest', async () => {
    const entered = await enter(bank, { mail: 'ming.yue@bank.example', mobile: '13912345678', subscriptions });
    expect(entered).toEqual({
      id: expect.any(String), harborPersonId: null, name: '欧***', mail: 'm*******@bank.example', mobile: '139****5678', subscriptions,
      mailOptedOut: null, smsOptedOut: null, createdAt: expect.any(String),
    });
    expect((await app.get(bank, `${path}/${entered.id}`).expect(200)).body).toEqual(entered);
    for (const caller of [otherBank, branch, department]) {
      await app.get(caller, `${path}/${entered.id}`).expect(404);
      expect((await app.get(caller, path).expect(200)).body.items).toEqual([]);
      for (const [what, body] of [['subscriptions', { subscriptions: [] }], ['opt-outs', { channel: 'SMS' }], ['opt-ins', { channel: 'SMS' }], ['removal', undefined]] as const) {
        await app.post(caller, `${path}/${entered.id}/${what}`, body).expect(404);
      }
    }
    for (const role of ['harbor-staff', 'dashboard', 'area', 'system-administrator', 'security-administrator', 'audit-administrator'] as const) {
      await app.get(callerOf(role, bank.organisationId!), path).expect(403);
    }
    const rows = await app.database.query<{ row: string }>('select t::text as row from partners.message_recipients t union all select t::text from partners.audit t');
    expect(rows.map(({ row }) => row).join()).not.toMatch(/欧阳|明月|13912345678|ming\.yue/);
    expect(rows.map(({ row }) => row).join()).toContain('message-recipient.enter');
  });

  it('have what they need to be told: a name, an address, a kind that is their organisation’s', async () => {
    const field = async (caller: Caller, change: object): Promise<string> =>
      (await app.post(caller, path, person(change)).expect(400)).body.errors.map((error: { field: string; rule: string }) => `${error.field} ${error.rule}`).join();
    expect(await field(bank, { name: undefined })).toBe('name required');
    expect(await field(bank, { mail: undefined, mobile: undefined })).toBe('mail required');
    expect(await field(bank, { mail: 'a@b\r\nBcc: x@y.example' })).toBe('mail isEmail');
    expect(await field(bank, { mobile: '12345678901' })).toBe('mobile matches');
    expect(await field(bank, { mobile: undefined, subscriptions })).toBe('subscriptions.0.channel address');
    expect(await field(bank, { subscriptions: [{ kind: 'LIST_SUBMITTED', channel: 'SMS' }] })).toBe('subscriptions.0.kind told');
    expect(await field(branch, { subscriptions: [{ kind: 'DEMAND_CHOSEN', channel: 'SMS' }] })).toBe('subscriptions.0.kind told');
    expect(await field(department, { subscriptions: [...subscriptions, subscriptions[0]] })).toContain('arrayUnique');
    expect(await field(bank, { subscriptions: [{ kind: 'GOSSIP', channel: 'PIGEON' }] })).toContain('subscriptions.0.kind isEnum');
    await enter(department, { subscriptions: [{ kind: 'LIST_REVIEWED', channel: 'MAIL' }] });
    await enter(branch, { subscriptions: [{ kind: 'LIST_SUBMITTED', channel: 'MAIL' }, { kind: 'CLIENT_LOCKED', channel: 'SMS' }] });
  });

  it('are told what the last word says', async () => {
    const { id } = await enter(bank, { subscriptions });
    const changed = [{ kind: 'CLIENT_LOCKED', channel: 'MAIL' }];
    expect((await app.post(bank, `${path}/${id}/subscriptions`, { subscriptions: changed }).expect(200)).body.subscriptions).toEqual(changed);
    await app.post(bank, `${path}/${id}/subscriptions`, { subscriptions: [{ kind: 'LIST_REVIEWED', channel: 'MAIL' }] }).expect(400);
  });

  it('who work at a harbor have name and mobile there, for their own employer alone', async () => {
    const harborId = newId();
    await app.deliver('harbor.registered', { harborId, number: 'WZ-HB-0001', name: '港湾', hostBankId: bank.organisationId!, areaCode: '500101001' });
    const colleague = { harborId, post: 'CREDIT_OFFICER', name: '谭丽', phone: '13800001111', validFrom: '2024-01-01' };
    const harborPersonId = (await app.post(bank, '/v1/harbor-people', colleague).expect(201)).body.id;
    const landline = (await app.post(bank, '/v1/harbor-people', { ...colleague, phone: '023-58580000' }).expect(201)).body.id;
    const at = (id: string, more: object = {}) => ({ harborPersonId: id, name: undefined, mobile: undefined, mail: undefined, ...more });
    for (const caller of [otherBank, branch]) await app.post(caller, path, person(at(harborPersonId))).expect(404);
    expect((await app.post(bank, path, person(at(harborPersonId, { name: '谭丽' }))).expect(400)).body.errors[0].field).toBe('name');
    expect((await app.post(bank, path, person(at(landline, { subscriptions }))).expect(400)).body.errors[0].rule).toBe('address');
    const entered = await enter(bank, at(harborPersonId, { subscriptions: [subscriptions[0]] }));
    expect(entered).toMatchObject({ harborPersonId, name: '谭*', mobile: '138****1111', mail: null });
    await app.post(bank, `/v1/harbor-people/${harborPersonId}/departure`, { validTo: '2025-01-01' }).expect(200);
    await app.post(bank, path, person(at(harborPersonId))).expect(404);
  });

  it('are entered once, and an opt-out of theirs outlives the entry', async () => {
    const { id } = await enter(bank, { mail: 'once@bank.example', mobile: '13955550000' });
    await app.post(bank, path, person({ mail: 'ONCE@bank.example' })).expect(409);
    await app.post(bank, path, person({ mobile: '13955550000' })).expect(409);
    await enter(otherBank, { mail: 'once@bank.example', mobile: '13955550000' });
    await app.database.query(`update partners.message_recipients set mail_opted_out = 'RECIPIENT' where id = $1`, [id]);
    expect((await app.post(bank, `${path}/${id}/opt-ins`, { channel: 'MAIL' }).expect(409)).body.code).toBe('ILLEGAL_STATE');
    for (const _ of [1, 2]) await app.post(bank, `${path}/${id}/removal`).expect(200);
    await app.get(bank, `${path}/${id}`).expect(404);
    expect(JSON.stringify((await app.get(bank, path).expect(200)).body)).not.toContain(id);
    for (const round of ['kept', 'erased']) {
      if (round === 'erased') await app.app.get(MessageRetention).run();
      const again = await enter(bank, { mail: 'once@bank.example', mobile: '13955550000' });
      expect([round, again.mailOptedOut, again.smsOptedOut]).toEqual([round, 'RECIPIENT', null]);
      await app.post(bank, `${path}/${again.id}/removal`).expect(200);
    }
  });

  it('can be left alone by their organisation, and told again', async () => {
    const { id } = await enter(bank);
    const after = async (what: string): Promise<unknown> => (await app.post(bank, `${path}/${id}/${what}`, { channel: 'SMS' }).expect(200)).body.smsOptedOut;
    expect([await after('opt-outs'), await after('opt-outs'), await after('opt-ins'), await after('opt-ins')]).toEqual(['ORGANISATION', 'ORGANISATION', null, null]);
  });

  it('who were taken out are forgotten: at once who they were, later the entry', async () => {
    const { id } = await enter(bank);
    const [{ keys }] = await app.database.query<{ keys: number }>('select count(*)::int as keys from partners.data_keys');
    expect((await app.post(bank, `${path}/${id}/removal`).expect(200)).body).toMatchObject({ name: null, mail: null, mobile: null });
    const run = (): Promise<void> => app.app.get(MessageRetention).run();
    await run();
    const rows = (): Promise<object[]> => app.database.query('select name_encrypted as a, mail_encrypted as b, mobile_encrypted as c from partners.message_recipients where id = $1', [id]);
    expect(await rows()).toEqual([{ a: null, b: null, c: null }]);
    expect((await app.database.query<{ keys: number }>('select count(*)::int as keys from partners.data_keys'))[0].keys).toBeLessThan(keys);
    await app.database.query(`update partners.message_recipients set removed_at = now() - interval '89 days' where id = $1`, [id]);
    await run();
    expect(await rows()).toHaveLength(1);
    await app.database.query(`update partners.message_recipients set removed_at = now() - interval '91 days' where id = $1`, [id]);
    await run();
    expect(await rows()).toEqual([]);
  });

  it('the kinds say what an SMS would read, and how long it is', async () => {
    const { items } = (await app.get(branch, '/v1/message-kinds').expect(200)).body;
    expect(items.map(({ kind }: { kind: string }) => kind).sort()).toEqual([
      'APPLICATION_EXHAUSTED', 'APPLICATION_UNVERIFIED', 'CLIENT_LOCKED', 'CLOCK_BREACHED', 'CLOCK_CLEARED', 'CLOCK_REMINDED', 'CREDIT_ALERT', 'DUTY_OVERDUE', 'ISSUE_REGISTERED', 'LIST_SUBMITTED',
    ]);
    expect(items.find(({ kind }: { kind: string }) => kind === 'LIST_SUBMITTED')).toEqual({
      kind: 'LIST_SUBMITTED', urgent: false, subject: '名单待审核', sms: '【金融服务港湾】有部门报来名单1份，请审核。', smsCharacters: 22, smsParts: 1,
    });
  });
});
