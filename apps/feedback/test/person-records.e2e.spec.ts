import { newId } from '@finharbor/contracts/ids';
import { ConsentRecordKind } from '@finharbor/contracts/vocabulary';
import type { Caller } from '@finharbor/security/tokens/caller';
import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { callerOf } from '@finharbor/testing/callers';
import { AppModule } from '../src/app.module.js';

const telling = { nature: 'BLOCK', channel: 'ONLINE', title: '李茂的续贷', text: '李茂说续贷要等四十天', registrantName: '李茂', registrantPhone: '13812340001' };
const erased = '（已应当事人要求删除）';

describe('who registered an issue', () => {
  let app: TestApp;
  const [bank, otherBank, supervisor, security, anonymous] = (['bank', 'bank', 'supervisor', 'security-administrator', 'anonymous'] as const).map((role) => callerOf(role));
  const harborId = newId();

  beforeAll(async () => {
    app = await startTestApp(AppModule, 'feedback');
    await app.deliver('harbor.registered', { harborId, number: 'WZ-HB-0001', name: '港湾', hostBankId: bank.organisationId!, areaCode: '500101001' });
  });
  afterAll(() => app.close());

  const post = (caller: Caller, id: string, step: string, body?: object, key?: string): ReturnType<TestApp['post']> => app.post(caller, `/v1/issues/${id}/${step}`, body, key);
  type Registered = { issue: { id: string }; accessSecret: string };
  const register = async (registrantPhone = telling.registrantPhone, key?: string): Promise<Registered> =>
    (await app.post(anonymous, '/v1/issues', { ...telling, registrantPhone, harborId }, key).expect(201)).body;
  const ask = async (what: 'person-reports' | 'person-erasures', identifier: string): Promise<{ complete: boolean; records: { table: string; id: string; organisationId: string; texts: { text: string }[] }[] }> =>
    (await app.post(security, `/v1/operations/feedback/${what}`, { identifier, reason: '本人申请' }).expect(201)).body;
  const audits = async (action: string, id: string): Promise<Record<string, unknown>[]> => app.database.query(
    `select role, org_id as "organisationId", detail from feedback.audit where action = $1 and resource_id = $2`, [action, id]);

  it('is told to the bank that must answer, with a reason that is audited, and to nobody else', async () => {
    const { issue: { id } } = await register();
    expect((await post(bank, id, 'contact-views', { reason: '约定上门时间' }).expect(201)).body).toEqual({ name: '李茂', phone: '13812340001' });
    const view = { role: 'bank', organisationId: bank.organisationId, detail: { reason: '约定上门时间' } };
    expect(await audits('issue.contact-view', id)).toEqual([view]);
    const foreign = await post(otherBank, id, 'contact-views', { reason: '约定上门时间' }).expect(404);
    const unknown = await post(otherBank, newId(), 'contact-views', { reason: '约定上门时间' }).expect(404);
    expect(foreign.text).toBe(unknown.text);
    for (const caller of [supervisor, callerOf('harbor-staff', bank.organisationId!), security]) await post(caller, id, 'contact-views', { reason: '约定上门时间' }).expect(403);
    await post(anonymous, id, 'contact-views', { reason: '约定上门时间' }).expect(401);
    for (const body of [{}, { reason: '' }, { reason: '   ' }, { reason: 'x' }, { reason: '一\n二' }, { reason: 'x'.repeat(201) }, { reason: ['回访'] }]) {
      expect((await post(bank, id, 'contact-views', body).expect(400)).body.errors[0].field).toBe('reason');
    }
    expect(await audits('issue.contact-view', id)).toEqual([view]);
  });

  it('is looked up once by a request that is repeated, whose stored answer lies under the person’s own key', async () => {
    const { issue: { id } } = await register();
    const key = newId();
    const [first, again] = [await post(bank, id, 'contact-views', { reason: '回访' }, key).expect(201), await post(bank, id, 'contact-views', { reason: '回访' }, key).expect(201)];
    expect([again.text, again.headers['idempotent-replayed']]).toEqual([first.text, 'true']);
    expect(await audits('issue.contact-view', id)).toHaveLength(1);
    const [stored] = await app.database.query<{ own: boolean }>(
      `select substr(k.body, 4, 36) = substr(i.text_encrypted, 4, 36) as own from feedback.idempotency_keys k, feedback.issues i where k.key = $1 and i.id = $2`, [key, id]);
    expect(stored.own).toBe(true);
    expect((await post(bank, id, 'contact-views', { reason: '再次回访' }, key).expect(422)).body.code).toBe('IDEMPOTENCY_KEY_REUSED');
  });

  it('is told to nobody once the consent is withdrawn', async () => {
    const { issue: { id } } = await register();
    await app.deliver('consent.withdrawn', {
      consentId: newId(), recordKind: ConsentRecordKind.ISSUE, recordId: id, recipientId: bank.organisationId!, cause: 'WITHDRAWN', withdrawnAt: new Date().toISOString(),
    });
    expect((await post(bank, id, 'contact-views', { reason: '回访' }).expect(409)).body.code).toBe('CONSENT_WITHDRAWN');
    expect(await audits('issue.contact-view', id)).toEqual([]);
  });

  it('is reported with all that was written about the matter, and erased with it', async () => {
    const [registered, seen, replied] = [newId(), newId(), newId()];
    const [{ issue: { id }, accessSecret }, other] = [await register('13812340002', registered), await register('13812340003')];
    const registrant: Caller = { ...anonymous, role: 'applicant', accessSecret };
    await post(bank, id, 'acknowledgement').expect(201);
    await post(bank, id, 'reply', { text: '李茂的材料已收到' }, replied).expect(201);
    await post(registrant, id, 'confirmation', { satisfied: false, comment: '李茂不满意' }).expect(201);
    await post(bank, id, 'contact-views', { reason: '回访' }, seen).expect(201);

    const { complete, records } = await ask('person-reports', '+86 138 1234 0002');
    const told = records.map(({ table, organisationId, texts }) => [table, organisationId, ...texts.map(({ text }) => text)]);
    expect([complete, told]).toEqual([true, [
      ['issues', bank.organisationId, telling.title, telling.text, '李茂的材料已收到', '李茂', '13812340002'],
      ['issue_trail', bank.organisationId, '李茂的材料已收到'], ['issue_trail', bank.organisationId, '李茂不满意'],
    ]]);
    expect((await ask('person-erasures', '138-1234-0002')).records).toEqual(records.map((one) => ({ ...one, texts: [] })));
    expect((await ask('person-reports', '13812340002')).records).toEqual([]);

    expect((await app.get(bank, `/v1/issues/${id}`).expect(200)).body).toMatchObject({
      state: 'REOPENED', title: erased, text: erased, reply: erased, registrantName: null, registrantPhone: null,
    });
    const trail = (await app.get(registrant, `/v1/issues/${id}/trail`).expect(200)).body as { note: string | null }[];
    expect(trail.map(({ note }) => note)).toEqual([null, null, erased, erased]);
    await post(bank, id, 'contact-views', { reason: '回访' }).expect(404);
    // What was answered before is gone too.
    await post(bank, id, 'contact-views', { reason: '回访' }, seen).expect(404);
    await post(bank, id, 'reply', { text: '李茂的材料已收到' }, replied).expect(404);
    await app.post(anonymous, '/v1/issues', { ...telling, registrantPhone: '13812340002', harborId }, registered).expect(404);
    // And the matter goes on without the person.
    expect((await post(bank, id, 'reply', { text: '办理完毕' }).expect(201)).body).toMatchObject({ state: 'REPLIED', reply: '办理完毕', title: erased });
    expect((await post(bank, other.issue.id, 'contact-views', { reason: '回访' }).expect(201)).body.phone).toBe('13812340003');
    const [{ text }] = await app.database.query<{ text: string }>(`select string_agg(a::text, ' ') as text from feedback.audit a`);
    expect(text).toContain('person.erase');
    expect(text).not.toMatch(/李茂|1234.?000/);
  });
});
