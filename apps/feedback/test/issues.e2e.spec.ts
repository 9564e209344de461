import { newId } from '@finharbor/contracts/ids';
import type { Caller } from '@finharbor/security/tokens/caller';
import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { callerOf } from '@finharbor/testing/callers';
import { AppModule } from '../src/app.module.js';

interface Registered {
  issue: { id: string; registeredAt: string; acknowledgeBy: string | null; answerBy: string | null };
  accessSecret: string;
}

const telling = {
  nature: 'BLOCK', channel: 'ONLINE', title: '陈丽的续贷手续太久', text: '续贷要等四十天，电话13912345678催了三次。',
  registrantName: '陈丽', registrantPhone: '13812345678',
};
const secrets = ['陈丽', '13812345678', '13912345678', '四十天', '派专人上门'];

describe('issues', () => {
  let app: TestApp;
  const [bank, otherBank, branch] = [callerOf('bank'), callerOf('bank'), callerOf('supervisor')];
  const [dashboard, anonymous] = [callerOf('dashboard'), callerOf('anonymous')];
  const registrantWith = (accessSecret: string): Caller => ({ ...anonymous, role: 'applicant', accessSecret });

  async function givenHarbor(hostBank = bank): Promise<string> {
    const harborId = newId();
    await app.deliver('harbor.registered', { harborId, number: 'WZ-HB-0001', name: '高笋塘金融服务港湾', hostBankId: hostBank.organisationId!, areaCode: '500101001' });
    return harborId;
  }

  const register = async (caller = anonymous, harborId?: string): Promise<Registered> =>
    (await app.post(caller, '/v1/issues', { ...telling, harborId: harborId ?? await givenHarbor() }).expect(201)).body;

  const step = (caller: Caller, id: string, name: string, body?: object, key?: string): ReturnType<TestApp['post']> =>
    app.post(caller, `/v1/issues/${id}/${name}`, body, key);

  async function givenReplied(): Promise<Registered> {
    const registered = await register();
    await step(bank, registered.issue.id, 'acknowledgement').expect(201);
    await step(bank, registered.issue.id, 'reply', { text: '已派专人上门' }).expect(201);
    return registered;
  }

  const eventsOf = (id: string): Promise<Record<string, unknown>[]> => app.database.query(
    `select name, org_id as "organisationId", aggregate_version as version, payload from feedback.outbox where aggregate_id = $1
     union all select e ->> 'n', (e ->> 'o')::uuid, (e ->> 'v')::int, e -> 'p' from feedback.delivery, jsonb_array_elements(body::jsonb) e where consumer = 'harbors' and e ->> 'a' = $1::text
     order by version`, [id]);

  beforeAll(async () => {
    app = await startTestApp(AppModule, 'feedback');
  });
  afterAll(() => app.close());

  it('runs from registration over two acknowledgements and two replies to the registrant’s confirmation', async () => {
    const harborId = await givenHarbor();
    const { issue: { id }, accessSecret } = await register(anonymous, harborId);
    const registrant = registrantWith(accessSecret);
    expect((await app.get(bank, `/v1/issues/${id}`).expect(200)).body).toMatchObject({
      id, harborId, bankId: bank.organisationId, state: 'REGISTERED', nature: 'BLOCK', channel: 'ONLINE', title: telling.title, text: telling.text,
      registrantName: '陈*', registrantPhone: '138****5678', registeredByBank: false, reply: null, bankAcknowledgedAt: null, branchAcknowledgedAt: null,
    });
    expect((await step(branch, id, 'acknowledgement').expect(201)).body).toMatchObject({ state: 'REGISTERED', branchAcknowledgedAt: expect.any(String), bankAcknowledgedAt: null });
    expect((await step(bank, id, 'acknowledgement').expect(201)).body).toMatchObject({ state: 'HANDLING', bankAcknowledgedAt: expect.any(String) });
    expect((await step(bank, id, 'reply', { text: '材料已齐，三日内办结' }).expect(201)).body).toMatchObject({ state: 'REPLIED', reply: '材料已齐，三日内办结' });
    const reopened = (await step(registrant, id, 'confirmation', { satisfied: false, comment: '仍未办结' }).expect(201)).body;
    expect(reopened).toMatchObject({ state: 'REOPENED', reply: '材料已齐，三日内办结', closedAt: null });
    expect(reopened).not.toHaveProperty('registrantPhone');
    await step(bank, id, 'reply', { text: '已派专人上门' }).expect(201);
    expect((await app.get(registrant, `/v1/issues/${id}`).expect(200)).body).toMatchObject({ state: 'REPLIED', reply: '已派专人上门' });
    expect((await step(registrant, id, 'confirmation', { satisfied: true }).expect(201)).body).toMatchObject({ state: 'CLOSED', closedAt: expect.any(String) });

    const trail = (await app.get(registrant, `/v1/issues/${id}/trail`).expect(200)).body as { action: string; actorId: string | null; note: string | null }[];
    expect(trail.map(({ action, actorId, note }) => [action, actorId, note])).toEqual([
      ['REGISTERED', null, null],
      ['BRANCH_ACKNOWLEDGED', branch.organisationId, null],
      ['BANK_ACKNOWLEDGED', bank.organisationId, null],
      ['REPLIED', bank.organisationId, '材料已齐，三日内办结'],
      ['REOPENED', null, '仍未办结'],
      ['REPLIED', bank.organisationId, '已派专人上门'],
      ['CLOSED', null, null],
    ]);
    expect(await eventsOf(id)).toEqual([
      { name: 'issue.registered', organisationId: bank.organisationId, version: 1, payload: { issueId: id, harborId } },
      { name: 'issue.closed', organisationId: bank.organisationId, version: 2, payload: { issueId: id, harborId } },
    ]);
  });

  it('lets the host bank’s staff register for a business, at its own harbors alone', async () => {
    const { issue, accessSecret } = await register(bank);
    expect(issue).toMatchObject({ registeredByBank: true, bankId: bank.organisationId });
    await app.get(registrantWith(accessSecret), `/v1/issues/${issue.id}`).expect(200);
    const foreign = await app.post(otherBank, '/v1/issues', { ...telling, harborId: await givenHarbor() }).expect(404);
    const unknown = await app.post(otherBank, '/v1/issues', { ...telling, harborId: newId() }).expect(404);
    expect(foreign.text).toBe(unknown.text);
    expect((await app.post(anonymous, '/v1/issues', { ...telling, harborId: newId() }).expect(404)).text).toBe(unknown.text);
  });

  it('answers whoever lacks the secret as if there were no such issue', async () => {
    const { issue: { id } } = await givenReplied();
    const stranger = registrantWith((await register()).accessSecret);
    const unknown = await app.get(stranger, `/v1/issues/${newId()}`).expect(404);
    expect((await app.get(stranger, `/v1/issues/${id}`).expect(404)).text).toBe(unknown.text);
    expect((await app.get(stranger, `/v1/issues/${id}/trail`).expect(404)).text).toBe(unknown.text);
    const unconfirmed = await step(stranger, newId(), 'confirmation', { satisfied: true }).expect(404);
    expect((await step(stranger, id, 'confirmation', { satisfied: true }).expect(404)).text).toBe(unconfirmed.text);
    await app.get(anonymous, `/v1/issues/${id}`).expect(401);
    await step(anonymous, id, 'confirmation', { satisfied: true }).expect(401);
    expect((await app.get(bank, `/v1/issues/${id}`)).body.state).toBe('REPLIED');
  });

  it('refuses every step that the state does not allow, and changes nothing', async () => {
    const { issue: { id }, accessSecret } = await register();
    const registrant = registrantWith(accessSecret);
    const refused = async (caller: Caller, name: string, body?: object): Promise<void> => {
      const before = (await app.get(bank, `/v1/issues/${id}`)).text;
      expect((await step(caller, id, name, body).expect(409)).body.code).toBe('ILLEGAL_STATE');
      expect((await app.get(bank, `/v1/issues/${id}`)).text).toBe(before);
    };
    const [reply, confirmation]: [Caller, string, object][] = [[bank, 'reply', { text: '已派专人上门' }], [registrant, 'confirmation', { satisfied: true }]];
    await refused(...reply);
    await refused(...confirmation);
    await step(bank, id, 'acknowledgement').expect(201);
    await refused(bank, 'acknowledgement');
    await refused(...confirmation);
    await step(bank, id, 'reply', { text: '已派专人上门' }).expect(201);
    await refused(...reply);
    await refused(bank, 'acknowledgement');
    await step(registrant, id, 'confirmation', { satisfied: true }).expect(201);
    for (const late of [reply, confirmation]) await refused(...late);
    await step(branch, id, 'acknowledgement').expect(201);
    await refused(branch, 'acknowledgement');
  });

  it('answers repeated requests with the stored answers: one issue, one secret, one step', async () => {
    const [key, body] = [newId(), { ...telling, harborId: await givenHarbor() }];
    const first = await app.post(anonymous, '/v1/issues', body, key).expect(201);
    const again = await app.post(anonymous, '/v1/issues', body, key).expect(201);
    expect(again.text).toBe(first.text);
    const { id } = first.body.issue;
    expect(await eventsOf(id)).toHaveLength(1);
    const acknowledged = await step(bank, id, 'acknowledgement', undefined, key).expect(201);
    expect((await step(bank, id, 'acknowledgement', undefined, key).expect(201)).text).toBe(acknowledged.text);
    // Two that nobody can tell apart may have thought of the same key: the other one is not stopped by the first.
    expect((await app.post(anonymous, '/v1/issues', { ...body, title: '另一件事' }, key).expect(201)).body.issue.id).not.toBe(id);
    const other = await app.post(bank, '/v1/issues', { ...body, title: '另一件事' }, key).expect(201);
    expect((await app.post(bank, '/v1/issues', body, key).expect(422)).body.code).toBe('IDEMPOTENCY_KEY_REUSED');
    expect(other.body.issue.id).not.toBe(id);
  });

  it('refuses bad input by name, without repeating what was written', async () => {
    const harborId = await givenHarbor();
    const refusedBy = async (input: object): Promise<string[]> => {
      const answer = await app.post(anonymous, '/v1/issues', { ...telling, harborId, ...input }).expect(400);
      expect(answer.text).not.toContain('13800');
      return answer.body.errors.map((error: { field: string; rule: string }) => `${error.field} ${error.rule}`);
    };
    expect(await refusedBy({ nature: 'PAINFUL', channel: 'FAX', title: 'x' })).toEqual(['nature isEnum', 'channel isEnum', 'title isLength']);
    expect(await refusedBy({ registrantPhone: '138001' })).toEqual(['registrantPhone matches']);
    expect(await refusedBy({ registrantPhone: 13800000000, harborId: 'no id' })).toEqual(['harborId isUuid', 'registrantPhone matches']);
    expect(await refusedBy({ bankId: newId() })).toEqual(['bankId whitelistValidation']);
    const { issue: { id }, accessSecret } = await givenReplied();
    const confirmed = await step(registrantWith(accessSecret), id, 'confirmation', { satisfied: 'yes' }).expect(400);
    expect(confirmed.body.errors[0].field).toBe('satisfied');
    expect((await step(bank, id, 'reply', {}).expect(400)).body.errors[0].field).toBe('text');
    expect((await app.get(bank, '/v1/issues?state=GONE').expect(400)).body.errors[0].field).toBe('state');
  });

  it('keeps what people wrote out of every table in the clear, and out of dashboards', async () => {
    const { issue: { id }, accessSecret } = await givenReplied();
    const comment = '陈丽：电话13812345678';
    await step(registrantWith(accessSecret), id, 'confirmation', { satisfied: false, comment }).expect(201);
    const tables = await app.database.query<{ name: string }>(`select tablename as name from pg_tables where schemaname = 'feedback'`);
    for (const { name } of tables) {
      const [{ text }] = await app.database.query<{ text: string }>(`select coalesce(string_agg(t::text, ' '), '') as text from feedback.${name} t`);
      for (const secret of [...secrets, accessSecret]) expect([name, text.includes(secret)]).toEqual([name, false]);
    }
    const seen = (await app.get(dashboard, `/v1/issues/${id}`).expect(200)).body;
    for (const field of ['text', 'reply', 'registrantName', 'registrantPhone']) expect(seen).not.toHaveProperty(field);
    expect((await app.get(dashboard, `/v1/issues/${id}/trail`).expect(200)).body[0]).not.toHaveProperty('note');
  });
});
