import { newId } from '@finharbor/contracts/ids';
import { ReasonCode } from '@finharbor/contracts/vocabulary';
import type { Role } from '@finharbor/security/tokens/caller';
import { creditCodeCheckCharacter } from '@finharbor/standards/credit-code';
import { addDays } from '@finharbor/standards/dates';
import { addWorkingDays, localDate, OFFICIAL_CALENDAR, withOverrides } from '@finharbor/standards/working-days';
import { startTestFleet, type TestFleet } from '@finharbor/testing/fleet';
import { until } from '@finharbor/testing/until';
import { corrected, gb18030, rowOf, workbookOf } from './support/list-files.js';
import { OutsidePlatform } from './support/outside-platform.js';
import { done, Party } from './support/party.js';

// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Record_ = any;

/** Next year is announced: in December clocks end there. */
const nextYear = Number(localDate(new Date()).slice(0, 4)) + 1;
const newYear = `${nextYear}-01-01`;
const calendar = withOverrides(OFFICIAL_CALENDAR, { years: [nextYear], holidays: [newYear] });

/** No list of the demonstration is for it. */
const period = '2026-11';

let serial = 0;
function creditCode(): string {
  const first17 = `91500101MA6${String(serial += 1).padStart(6, '0')}`;
  return first17 + creditCodeCheckCharacter(first17);
}

const header = [
  '企业名称', '统一社会信用代码', '注册日期', '行业代码', '从业人员', '营业收入', '联系人', '联系电话', '发展前景好', '信贷需求强', '信用记录好', '佐证',
  '需求金额', '需求期限', '资金用途', '担保方式', '绿色板块', '授权书编号', '注册地址',
];
/** A row that states the three criteria of the source; the five of the country are the supervisor's to assert. */
const rowFor = (name: string, code: string, more: Partial<Record<string, string>> = {}): string[] => {
  const cells: Record<string, string> = {
    企业名称: name, 统一社会信用代码: code, 注册日期: '2015-03-01', 行业代码: 'C1371', 从业人员: '30', 营业收入: '500', 联系人: '欧阳名单', 联系电话: '13812340001',
    发展前景好: '是', 信贷需求强: '是', 信用记录好: '是', 佐证: '年度走访记录', 需求金额: '200', 需求期限: '12', 资金用途: '购买设备', 担保方式: '信用', 授权书编号: '授权〔2026〕1号',
    注册地址: '重庆市万州区高笋塘街道示例路1号', ...more,
  };
  return header.map((title) => cells[title] ?? '');
};

describe('a push list, from the department to the loan and back', () => {
  const platform = new OutsidePlatform();
  let fleet: TestFleet;
  let reform: Party;
  let trade: Party;
  let supervisor: Party;
  let banks: Party[];
  const [claimed, green, refused, recalled] = [creditCode(), creditCode(), creditCode(), creditCode()];
  let listId: string;
  let importId: string;
  const entries = new Map<string, Record_>();

  const party = async (name: string, role: Role, index = 0): Promise<Party> => {
    const { clientId, clientSecret } = fleet.credentials(role, index);
    const answer = await fetch(new URL('/oauth/token', fleet.url), {
      method: 'POST', body: new URLSearchParams({ grant_type: 'client_credentials' }), headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
    });
    return new Party(name, role, fleet.url, undefined, `Bearer ${((await answer.json()) as { access_token: string }).access_token}`);
  };
  const get = async (as: Party, path: string): Promise<Record_> => done(await as.ask(path));
  const graph = async (as: Party, query: string, variables: object = {}): Promise<Record_> => done(await as.graph(query, variables)).data;

  /** Announces a file and sends it; waits until nothing of it is under way. */
  async function upload(as: Party, file: Buffer, type: string, more: object = {}): Promise<Record_> {
    const announced = done(await as.post('/v1/imports', { title: '重点企业名单', period, ...more }));
    done(await as.ask(`/v1/imports/${announced.id}/file`, { method: 'PUT', body: file, type }));
    return settled(as, announced.id);
  }
  const settled = (as: Party, id: string): Promise<Record_> => until(`import ${id} is over`, async () => {
    const found = await get(as, `/v1/imports/${id}`);
    return !found.busy && !['CREATED', 'UPLOADED', 'VALIDATING'].includes(found.state) && found;
  });
  const xlsx = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
  const referralsOf = async (bank: Party): Promise<Record_[]> => (await get(bank, '/v1/referrals?limit=200')).items.filter(({ pushListId }: Record_) => pushListId === listId);
  /** Who a referral is about, the supervisor sees. */
  const referralOf = async (bank: number, code: string): Promise<Record_> => {
    const { organisationId } = fleet.credentials('bank', bank);
    const { items } = await get(supervisor, '/v1/referrals?limit=200');
    return items.find((one: Record_) => one.bankId === organisationId && one.creditCode === code && one.pushListId === listId);
  };
  const entryOf = async (code: string, as = supervisor): Promise<Record_> =>
    (await get(as, `/v1/push-lists/${listId}/entries?limit=200`)).items.find((one: Record_) => one.creditCode === code);
  const answer = async (bank: number, code: string, more: object): Promise<void> => {
    const { id: referralId } = await referralOf(bank, code);
    done(await banks[bank].post('/v1/referral-answers', { answers: [{ referralId, ...more }] }));
  };

  beforeAll(async () => {
    fleet = await startTestFleet({ env: platform.environment });
    await fleet.administrator().post(`/v1/reference-data/calendar?years=${nextYear}`, { rows: [{ date: newYear, kind: 'HOLIDAY', name: '元旦' }] });
    await fleet.settle();
    [reform, trade, supervisor] = [await party('reform', 'department', 0), await party('trade', 'department', 3), await party('supervisor', 'supervisor')];
    banks = [await party('bank A', 'bank', 0), await party('bank B', 'bank', 1)];
  }, 120_000);
  afterAll(async () => {
    await fleet?.stop();
    await platform.end();
  }, 60_000);

  it('is checked as a workbook, comes back marked, is corrected and taken in', async () => {
    const rows = [
      header, rowFor('万州认领食品有限公司', claimed), rowFor('万州绿色循环有限公司', green, { 绿色板块: '循环产业' }),
      rowFor('万州待培育机械厂', refused), rowFor('万州撤回商贸有限公司', recalled, { 联系电话: '不是号码' }),
    ];
    const checked = await upload(reform, await workbookOf(rows), xlsx, { dryRun: true });
    expect(checked).toMatchObject({ state: 'VALIDATED', format: 'XLSX', rowCount: 4, acceptedCount: 3, rejectedCount: 1, pushListId: null });
    const told = await reform.ask(`/v1/imports/${checked.id}/results/rejected?format=ndjson`);
    const [finding] = told.text.trim().split('\n').map((line) => JSON.parse(line) as Record_);
    expect(finding).toMatchObject({ row: 5 });
    expect(told.text).not.toContain('不是号码');
    const marked = Buffer.from(await (await fetch(`${fleet.url}/v1/imports/${checked.id}/results/rejected?format=xlsx`, { headers: { authorization: reform.authorization! } })).arrayBuffer());
    expect((await rowOf(marked, 5)).join()).toMatch(/撤回商贸.*电话/);
    const phone = header.indexOf('联系电话') + 1;
    const taken = await upload(reform, await corrected(marked, 5, phone, '13812340004'), xlsx);
    expect(taken).toMatchObject({ state: 'APPLIED', rowCount: 4, acceptedCount: 4, rejectedCount: 0, addedCount: 4 });
    [listId, importId] = [taken.pushListId, taken.id];
    const again = await upload(reform, await corrected(marked, 5, phone, '13812340004'), xlsx);
    expect(again).toMatchObject({ pushListId: listId });
  }, 60_000);

  it('is joined by what a second department states otherwise, in GB18030, until a supervisor says who is right', async () => {
    const lines = [header, rowFor('万州认领食品有限公司', claimed, { 从业人员: '45', 联系人: '', 联系电话: '' }), rowFor('万州商务外贸有限公司', creditCode())];
    const taken = await upload(trade, gb18030(lines.map((cells) => cells.join(',')).join('\r\n')), 'text/csv', { title: '商务名单' });
    expect(taken).toMatchObject({ state: 'APPLIED', format: 'CSV', encoding: 'GB18030', acceptedCount: 2, addedCount: 1 });
    const { items } = await get(supervisor, '/v1/contradictions?limit=200');
    const { id, enterpriseId } = items.find((one: Record_) => one.field === 'employees');
    expect(await get(reform, `/v1/enterprises/${enterpriseId}`)).toMatchObject({ enterprise: { employees: 45 } });
    const { organisationId: source } = fleet.credentials('department');
    done(await supervisor.post(`/v1/contradictions/${id}/resolution`, { source, reason: '以走访记录为准' }));
    expect(await get(trade, `/v1/enterprises/${enterpriseId}`)).toMatchObject({ enterprise: { employees: 30 } });
    expect((await banks[0].ask(`/v1/enterprises/${enterpriseId}`)).status).toBe(403);
  }, 60_000);

  it('is undone whole as long as nothing of it was dispatched', async () => {
    const code = creditCode();
    const taken = await upload(trade, Buffer.from([header, rowFor('万州误报有限公司', code)].map((cells) => cells.join(',')).join('\n')), 'text/csv', { title: '误报名单' });
    done(await trade.post(`/v1/imports/${taken.id}/undo`));
    const undone = await settled(trade, taken.id);
    expect(undone.undoneAt).not.toBeNull();
    expect(await get(trade, `/v1/push-lists/${taken.pushListId}`)).toMatchObject({ state: 'UNDONE' });
  }, 60_000);

  it('recommends no row before all eight criteria are vouched for', async () => {
    const recommend = 'mutation ($id: ID!) { recommendListEntries(id: $id) { recommendedCount gapCount } }';
    expect((await graph(supervisor, recommend, { id: listId })).recommendListEntries).toEqual({ recommendedCount: 0, gapCount: 4 });
    const criteria = ['LAWFUL_OPERATION', 'FIXED_PREMISES', 'REAL_DEMAND', 'GOOD_CREDIT_STANDING', 'LAWFUL_PURPOSE'];
    await graph(supervisor, 'mutation ($id: ID!, $a: [AssertionInput!]!) { assertCriteria(id: $id, assertions: $a) { entryCount } }',
      { id: listId, a: [{ criteria, met: true, evidence: '部门联审纪要〔2026〕3号' }] });
    expect((await graph(supervisor, recommend, { id: listId })).recommendListEntries).toEqual({ recommendedCount: 4, gapCount: 0 });
    expect((await graph(supervisor, 'mutation ($id: ID!) { approvePushList(id: $id) { state } }', { id: listId })).approvePushList).toEqual({ state: 'APPROVED' });
  });

  it('goes to two banks, each row by its channel: a row that an outside platform must take is there when its receipt is', async () => {
    const bankIds = [0, 1].map((index) => fleet.credentials('bank', index).organisationId);
    await graph(supervisor, 'mutation ($id: ID!, $b: [ID!]) { dispatchPushList(id: $id, bankIds: $b) { state } }', { id: listId, b: bankIds });
    await fleet.settle();
    for (const bank of banks) expect((await referralsOf(bank)).map(({ channel, state }) => [channel, state])).toEqual([['GREEN', 'DELIVERED']]);
    await platform.start();
    await until('receipts came', async () => (await Promise.all(banks.map(referralsOf))).every((rows) => rows.length === 4));
    const ids = (await Promise.all(banks.map(referralsOf))).flat().filter(({ channel }) => channel === 'INCLUSIVE').map(({ id }) => id as string);
    const files = platform.received.filter((text) => ids.some((id) => text.includes(id)));
    expect(files).toHaveLength(2);
    expect(ids.filter((id) => files.join().includes(id))).toHaveLength(6);
    expect(files.join()).not.toMatch(/万州|91500101|欧阳|1381234/);
    for (const code of [claimed, green, refused, recalled]) entries.set(code, await entryOf(code));
    expect([...entries.values()].map(({ state }) => state)).toEqual(['DISPATCHED', 'DISPATCHED', 'DISPATCHED', 'DISPATCHED']);
    const undo = await reform.post(`/v1/imports/${importId}/undo`);
    expect([undo.status, JSON.parse(undo.text).code]).toEqual([409, 'ILLEGAL_STATE']);
  }, 60_000);

  it('names nobody to a bank, and no contact, before it claims', async () => {
    const rows = await referralsOf(banks[0]);
    const nobody = { enterpriseId: null, creditCode: null, enterpriseName: null, demandPurpose: null };
    expect(rows).toMatchObject([nobody, nobody, nobody, nobody]);
    const { id } = await referralOf(0, claimed);
    expect((await banks[0].post(`/v1/referrals/${id}/contact-views`, { reason: '约定上门' })).status).toBe(409);
    for (const [index, bank] of banks.entries()) {
      expect(done(await bank.post('/v1/referral-acknowledgements', { referralIds: (await referralsOf(bank)).map((one) => one.id) }))).toMatchObject({ count: 4 });
      await answer(index, refused, { outcome: 'REJECTED', reasonCode: ReasonCode.CREDIT_RECORD, reasonText: '存在未结清逾期' });
    }
    for (const code of [claimed, recalled]) await answer(0, code, { outcome: 'CLAIMED' });
    await answer(1, claimed, { outcome: 'NO_NEED', reasonCode: ReasonCode.CUSTOMER_NO_NEED, reasonText: '企业已获他行授信' });
    await answer(0, green, { outcome: 'UNREACHABLE', reasonCode: ReasonCode.CUSTOMER_UNREACHABLE, reasonText: '多次联系未果' });
    expect(await get(banks[0], `/v1/referrals/${id}`)).toMatchObject({ creditCode: claimed, enterpriseName: '万州认领食品有限公司', demandPurpose: '购买设备' });
    expect(done(await banks[0].post(`/v1/referrals/${id}/contact-views`, { reason: '约定上门' }, { confidential: true }))).toEqual({ name: '欧阳名单', phone: '13812340001' });
    expect(JSON.stringify(await referralsOf(banks[1]))).not.toContain(claimed);
  });

  it('becomes a demand where it was claimed, whose story comes back to the row', async () => {
    await fleet.settle();
    const { items } = await get(banks[0], '/v1/demands?source=REFERRAL');
    expect(items.map(({ enterpriseName }: Record_) => enterpriseName).sort()).toEqual(['万州撤回商贸有限公司', '万州认领食品有限公司']);
    const demand = items.find(({ enterpriseName }: Record_) => enterpriseName.includes('认领'));
    expect(demand).toMatchObject({ amount: '2000000.00', termMonths: 12, state: 'ACCEPTED', guaranteeTypes: ['CREDIT'] });
    expect((await get(banks[1], '/v1/demands?source=REFERRAL')).items).toEqual([]);
    const { id } = demand;
    done(await banks[0].post(`/v1/demands/${id}/progress`, { stage: 'DOCKED' }));
    done(await banks[0].post(`/v1/demands/${id}/decision`, { outcome: 'APPROVED', reasonCode: 'MEETS_CRITERIA', approvedAmount: '1500000.55', annualRate: '3.65' }));
    done(await banks[0].post(`/v1/demands/${id}/progress`, { stage: 'LENT', amount: '1500000.55' }));
    await fleet.settle();
    const seen = { claimedCount: 1, noNeedCount: 1, dockedCount: 1, approvedCount: 1, lentCount: 1, declinedCount: 0, creditedAmount: '1500000.55', lentAmount: '1500000.55' };
    expect(await entryOf(claimed)).toMatchObject(seen);
    const story = await graph(banks[0], 'query ($id: ID!) { demand(id: $id) { progress { stage amount } trail { step } enterprise { creditCode } } }', { id });
    expect(story.demand.progress.map(({ stage }: Record_) => stage)).toEqual(['DOCKED', 'CREDITED', 'LENT']);
    expect(story.demand.trail.map(({ step }: Record_) => step)).toEqual(['CLAIMED', 'DOCKED', 'APPROVED', 'LENT']);
    expect(story.demand.enterprise).toEqual({ creditCode: claimed });
  });

  it('tells its department what became of its rows, and nothing that names a bank', async () => {
    const row = await entryOf(claimed, reform);
    expect(row).toMatchObject({ state: 'DISPATCHED', claimedCount: null, lentAmount: null, declinedCount: 0 });
    for (const { organisationId } of [0, 1].map((index) => fleet.credentials('bank', index))) expect(JSON.stringify(await get(reform, `/v1/push-lists/${listId}/entries`))).not.toContain(organisationId);
    const { items } = await get(reform, `/v1/quality-reports?period=${period}`);
    expect(items).toMatchObject([{ acceptedCount: 4, recommendedCount: 4 }]);
    expect((await trade.ask(`/v1/push-lists/${listId}`)).status).toBe(404);
  });

  it('mends what was refused, and recommends it again', async () => {
    expect(await entryOf(refused)).toMatchObject({ state: 'CULTIVATING', rejectedCount: 2 });
    const { items } = await get(reform, '/v1/cultivation-entries?state=OPEN&category=CREDIT_RECORD');
    expect(items).toMatchObject([{ enterpriseName: '万州待培育机械厂', reasonCode: 'CREDIT_RECORD', departmentId: fleet.credentials('department').organisationId, entryId: entries.get(refused).id }]);
    expect((await get(supervisor, `/v1/cultivation-entries/${items[0].id}`)).causes).toHaveLength(2);
    const change = async (body: object): Promise<void> => {
      const { headers } = await reform.ask(`/v1/cultivation-entries/${items[0].id}`);
      done(await reform.ask(`/v1/cultivation-entries/${items[0].id}`, { method: 'PATCH', body, headers: { 'if-match': headers.etag } }));
    };
    await change({ measure: '约谈企业结清欠款' });
    await change({ state: 'REPAIRED', result: '欠款已结清，已申请信用修复' });
    done(await reform.post(`/v1/cultivation-entries/${items[0].id}/re-recommendation`));
    await fleet.settle();
    expect(await entryOf(refused)).toMatchObject({ state: 'RE_RECOMMENDED' });
    await graph(supervisor, 'mutation ($id: ID!, $e: [ID!], $b: [ID!]) { dispatchPushList(id: $id, channel: GREEN, entryIds: $e, bankIds: $b) { state } }',
      { id: listId, e: [entries.get(refused).id], b: [fleet.credentials('bank', 1).organisationId] });
    await fleet.settle();
    expect((await referralsOf(banks[1])).filter(({ state }) => state === 'DELIVERED')).toHaveLength(1);
  });

  it('is withdrawn everywhere it went, and each bank proves that it did', async () => {
    done(await reform.post(`/v1/push-lists/${listId}/withdrawal`, { reason: '企业已注销', entryIds: [entries.get(recalled).id] }));
    await fleet.settle();
    expect(await entryOf(recalled)).toMatchObject({ state: 'WITHDRAWN' });
    expect((await get(banks[0], '/v1/demands?state=WITHDRAWN')).items).toMatchObject([{ source: 'REFERRAL', enterpriseName: null, enterpriseId: null }]);
    for (const bank of banks) {
      const { items: [recall] } = await get(bank, '/v1/referral-recalls');
      expect(recall).toMatchObject({ reason: '企业已注销', referralCount: 1, acknowledgedAt: null });
      const confirmed = await bank.post(`/v1/referral-recalls/${recall.id}/acknowledgement`, { referralCount: 1 });
      expect(done(confirmed).acknowledgedAt).not.toBeNull();
      expect(confirmed.headers.link).toContain('rel="receipt"');
    }
    await until('the platform confirmed too', async () => {
      const [recall] = await get(supervisor, `/v1/push-lists/${listId}/recalls`);
      return recall.acknowledgedCount === 2 && recall.receiptCount === 2;
    });
  }, 60_000);

  it('reminds a bank that has not answered, and reports it to the supervisor when time is over', async () => {
    const { organisationId } = fleet.credentials('bank', 1);
    /** As if its rows had come to the bank so many days sooner. */
    const age = async (days: number): Promise<void> => {
      await fleet.database.query(
        `update enterprise_lists.clocks set started_at = started_at - make_interval(days => $1), started_on = started_on - $1::int, due_at = due_at - make_interval(days => $1),
           trail = (select jsonb_agg(jsonb_set(event, '{at}', to_jsonb(((event ->> 'at')::timestamptz - make_interval(days => $1))::text))) from jsonb_array_elements(trail) event) where org_id = $2`, [days, organisationId]);
      const times = ['delivered_at', 'acknowledged_at', 'claimed_at', 'answered_at'].map((name) => `${name} = ${name} - make_interval(days => $1)`);
      await fleet.database.query(`update enterprise_lists.referrals set ${times.join(', ')} where org_id = $2`, [days, organisationId]);
      // Every clock is read anew, as after a corrected calendar.
      await fleet.database.query(
        `insert into enterprise_lists.due (kind, aggregate_id, org_id, due_at) values ('clock.correction', '00000000-0000-0000-0000-000000000000', $1, now())
         on conflict (kind, aggregate_id) do update set due_at = now()`, [newId()]);
      await until('every clock is read', async () => (await fleet.database.query(`select from enterprise_lists.due where kind = 'clock.correction' and due_at <= now()`)).length === 0);
      await fleet.settle();
    };
    const hears = (as: Party, type: RegExp): Promise<unknown> => until(`${as.name} hears ${type.source}`, async () =>
      (await get(as, '/v1/events?limit=200')).items.some((event: Record_) => type.test(event.type)));
    const clockOf = async (state: string): Promise<Record_> => (await get(banks[1], `/v1/clocks?kind=REFERRAL_CONTACT&state=${state}`)).items;
    // Three working days to get in touch, and a reminder at the beginning of the second last: today is between the two.
    const today = localDate(new Date());
    const isBetween = (start: string): boolean =>
      addWorkingDays(start, 2, calendar) <= today && today <= addWorkingDays(start, 3, calendar);
    const days = Array.from({ length: 20 }, (_, index) => index).find((ago) => isBetween(addDays(today, -ago)))!;
    await age(days);
    await hears(banks[1], /list-clock\.reminded/);
    expect(await clockOf('BREACHED')).toEqual([]);
    await age(30);
    await hears(supervisor, /list-clock\.breached/);
    await hears(banks[1], /list-clock\.breached/);
    // What it left open is taken from it, and offered to the next bank.
    await until('the row is another bank’s', async () => (await referralOf(1, green)).state === 'EXPIRED' && (await clockOf('LATE')).length > 0);
  }, 60_000);

  it('leaves nothing parked and an audit that holds', async () => {
    await fleet.settle();
    expect([await fleet.deadLetters(), await fleet.auditProblems()]).toEqual([[], []]);
  }, 60_000);
});
