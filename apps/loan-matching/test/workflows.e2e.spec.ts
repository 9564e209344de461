import type { Caller } from '@finharbor/security/tokens/caller';
import { anonymous, callerOf, District, newId, type Submitted } from './district.js';

type Body = Record<string, unknown>;

describe('the workflow of a demand', () => {
  let district: District;
  beforeAll(async () => {
    district = await District.open();
  });
  afterAll(() => district.app.close());

  const post = async (caller: Caller, path: string, body: object = {}, status = 201): Promise<Body> =>
    (await district.app.post(caller, path, body).expect(status)).body as Body;
  const get = async (caller: Caller, path: string, status = 200): Promise<Body> =>
    (await district.app.get(caller, path).expect(status)).body as Body;
  const stateOf = async (caller: Caller, id: string): Promise<unknown> => (await get(caller, `/v1/demands/${id}`)).state;
  const applicationState = async (id: string): Promise<string> => {
    await district.app.settle();
    return (await district.app.database.query<{ state: string }>('select state from loan_matching.applications where id = $1', [id]))[0].state;
  };
  const ask = (bank: Caller, { id }: Submitted, more: object = {}, status = 201): Promise<Body> =>
    post(bank, `/v1/demands/${id}/questions`, { question: '请补充近三个月的银行流水', documents: ['银行流水', '购销合同'], ...more }, status);

  it('has the steps between acceptance and decision, each told by the bank, and the application follows', async () => {
    const { bankA } = district;
    const { id, applicant } = await district.accepted(bankA);
    expect(await applicationState(id)).toBe('ACCEPTED');
    expect((await post(bankA, `/v1/demands/${id}/progress`, { stage: 'DOCKED' })).state).toBe('CONTACTED');
    expect(await post(bankA, `/v1/demands/${id}/progress`, { stage: 'DOCKED' }, 409)).toMatchObject({ code: 'ILLEGAL_STATE' });
    expect((await post(bankA, `/v1/demands/${id}/due-diligence`)).state).toBe('DUE_DILIGENCE');
    const again = await post(bankA, `/v1/demands/${id}/due-diligence`, {}, 409);
    expect(again).toMatchObject({ code: 'ILLEGAL_STATE', detail: expect.stringContaining('possible now: ask, counter-offer, approve, reject') });
    const decision = { outcome: 'APPROVED', reasonCode: 'MEETS_CRITERIA', approvedAmount: '200000' };
    expect(await post(bankA, `/v1/demands/${id}/decision`, decision)).toMatchObject({ state: 'APPROVED', progress: [{ stage: 'DOCKED' }, { stage: 'CREDITED' }] });
    expect(await applicationState(id)).toBe('APPROVED');
    await post(bankA, `/v1/demands/${id}/due-diligence`, {}, 409);
    expect(await district.steps(applicant, id)).toEqual(expect.arrayContaining(['ACCEPTED', 'DOCKED', 'EXAMINED', 'APPROVED']));
  });

  it('needs no step: whoever examines has spoken with the enterprise', async () => {
    const { bankA } = district;
    const { id } = await district.accepted(bankA);
    expect(await post(bankA, `/v1/demands/${id}/due-diligence`)).toMatchObject({ state: 'DUE_DILIGENCE', progress: [{ stage: 'DOCKED' }] });
  });

  it('waits for the enterprise, which answers once, and goes on where it was', async () => {
    const { bankA, bankB, supervisor } = district;
    const submitted = await district.accepted(bankA);
    const { id, applicant } = submitted;
    await post(bankA, `/v1/demands/${id}/progress`, { stage: 'DOCKED' });
    const asked = await ask(bankA, submitted);
    expect(asked).toMatchObject({ demandId: id, question: '请补充近三个月的银行流水', documents: ['银行流水', '购销合同'], answer: null, answeredAt: null });
    expect([await stateOf(applicant, id), await applicationState(id)]).toEqual(['ACTION_REQUIRED', 'ACTION_REQUIRED']);
    await ask(bankA, submitted, {}, 409);
    await post(bankA, `/v1/demands/${id}/decision`, { outcome: 'APPROVED', reasonCode: 'MEETS_CRITERIA', approvedAmount: '1' }, 409);

    const path = `/v1/applications/${id}/questions`;
    expect(await get(applicant, path)).toEqual([asked]);
    await get({ ...applicant, accessSecret: 'demand_wrong' }, path, 404);
    await get(bankB, `/v1/demands/${id}/questions`, 404);
    await post({ ...applicant, accessSecret: 'demand_wrong' }, `${path}/${asked.id as string}/answer`, { answer: '张三经办' }, 404);
    await post(applicant, `${path}/${newId()}/answer`, { answer: '已寄出' }, 404);
    await post(applicant, `${path}/${asked.id as string}/answer`, { answer: ' ' }, 400);
    await post(bankA, `${path}/${asked.id as string}/answer`, { answer: '银行代答' }, 403);

    expect(await post(applicant, `${path}/${asked.id as string}/answer`, { answer: '张三经办，流水已发' })).toMatchObject({ answer: '张三经办，流水已发' });
    await post(applicant, `${path}/${asked.id as string}/answer`, { answer: '再答' }, 409);
    expect(await stateOf(bankA, id)).toBe('CONTACTED');
    expect(await applicationState(id)).toBe('ACCEPTED');
    for (const caller of [bankA, supervisor]) expect(await get(caller, `/v1/demands/${id}/questions`)).toMatchObject([{ answer: '张三经办，流水已发' }]);
    const [row] = await district.app.database.query<Record<string, string>>('select question_encrypted, answer_encrypted from loan_matching.demand_questions where demand_id = $1', [id]);
    expect(Object.values(row).join()).not.toMatch(/[\u4e00-\u9fff]/);
    expect((await district.steps(bankA, id)).slice(-2)).toEqual(['ASKED', 'ANSWERED']);
  });

  it('goes on without an answer when the bank takes its question back, and may end while it waits', async () => {
    const { bankA } = district;
    const submitted = await district.accepted(bankA);
    const { id, applicant } = submitted;
    const first = await ask(bankA, submitted);
    expect(await post(bankA, `/v1/demands/${id}/questions/${first.id as string}/retraction`)).toMatchObject({ retractedAt: expect.any(String) });
    await post(bankA, `/v1/demands/${id}/questions/${first.id as string}/retraction`, {}, 409);
    await post(applicant, `/v1/applications/${id}/questions/${first.id as string}/answer`, { answer: '迟了' }, 409);
    expect(await stateOf(bankA, id)).toBe('ACCEPTED');
    const second = await ask(bankA, submitted, { documents: undefined });
    await post(bankA, `/v1/demands/${id}/decision`, { outcome: 'REJECTED', reasonCode: 'MATERIALS_INCOMPLETE', reasonText: '材料一直未补齐' });
    await post(applicant, `/v1/applications/${id}/questions/${second.id as string}/answer`, { answer: '迟了' }, 409);
    expect(await get(applicant, `/v1/demands/${id}`)).toMatchObject({ state: 'REJECTED', endReasonCode: 'MATERIALS_INCOMPLETE', endReasonText: '材料一直未补齐' });
  });

  it('asks also for the contract: the approval holds and waits, and nothing is decided or told a second time', async () => {
    const { bankA, dashboard } = district;
    const submitted = await district.accepted(bankA, { specialGroups: ['VETERAN'] });
    const { id, applicant } = submitted;
    const approval = { outcome: 'APPROVED', reasonCode: 'MEETS_CRITERIA', approvedAmount: '200000' };
    await post(bankA, `/v1/demands/${id}/decision`, approval);
    const asked = await ask(bankA, submitted, { question: '签订合同前请补充营业执照副本' });
    expect([await stateOf(applicant, id), await applicationState(id)]).toEqual(['APPROVED_ACTION_REQUIRED', 'ACTION_REQUIRED']);
    expect(await get(bankA, `/v1/demands/${id}`)).toMatchObject({ enterpriseName: '万州示例食品有限公司', decisions: [{ outcome: 'APPROVED' }] });
    const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
    expect(await get(dashboard, `/v1/green-channel/statistics?from=${today}&to=${today}`)).toMatchObject({ applications: 1, accepted: 1, approved: 1 });
    const { data } = await district.app.graphql(bankA, '{ demands(state: APPROVED_ACTION_REQUIRED) { edges { node { id } } } }');
    expect(data.demands.edges).toEqual([{ node: { id } }]);

    const rejection = { outcome: 'REJECTED', reasonCode: 'NO_QUOTA', reasonText: '额度已满' };
    for (const [path, body] of [
      ['decision', approval], ['decision', rejection], ['progress', { stage: 'LENT', amount: '200000' }],
      ['progress', { stage: 'ENDED', reasonCode: 'CUSTOMER_NO_NEED', reasonText: '企业不再需要' }], ['due-diligence', {}],
      ['questions', { question: '再问' }],
    ] as const) {
      const refused = await post(bankA, `/v1/demands/${id}/${path}`, body, 409);
      expect(refused).toMatchObject({ code: 'ILLEGAL_STATE', detail: expect.stringContaining('APPROVED_ACTION_REQUIRED') });
      expect(refused.detail).toContain('possible now: retract');
    }
    await post(applicant, `/v1/applications/${id}/questions/${asked.id as string}/answer`, { answer: '已送到网点' });
    expect([await stateOf(bankA, id), await applicationState(id)]).toEqual(['APPROVED', 'APPROVED']);
    const second = await ask(bankA, submitted, { question: '请补充开户许可证' });
    expect(await post(bankA, `/v1/demands/${id}/questions/${second.id as string}/retraction`)).toMatchObject({ retractedAt: expect.any(String) });
    await post(bankA, `/v1/demands/${id}/progress`, { stage: 'LENT', amount: '200000' });
    expect(await ask(bankA, submitted, {}, 409)).toMatchObject({ code: 'ILLEGAL_STATE', detail: 'The demand is LENT already.' });
    expect([await stateOf(bankA, id), await applicationState(id)]).toEqual(['APPROVED', 'FUNDED']);
  });

  it('lets the enterprise decline or withdraw while an approval waits, and the bank reads why', async () => {
    const { bankA } = district;
    const waiting = async (): Promise<Submitted> => {
      const submitted = await district.accepted(bankA);
      await post(bankA, `/v1/demands/${submitted.id}/decision`, { outcome: 'APPROVED', reasonCode: 'MEETS_CRITERIA', approvedAmount: '200000' });
      await ask(bankA, submitted);
      return submitted;
    };
    const [declined, withdrawn] = [await waiting(), await waiting()];
    const reason = { reasonCode: 'CUSTOMER_TOO_EXPENSIVE', reasonText: '利率太高' };
    expect(await post(declined.applicant, `/v1/demands/${declined.id}/withdrawal`, reason)).toMatchObject({ state: 'CUSTOMER_DECLINED', endReasonText: '利率太高' });
    await post(withdrawn.applicant, `/v1/applications/${withdrawn.id}/withdrawal`, reason);
    expect(await stateOf(bankA, withdrawn.id)).toBe('WITHDRAWN');
  });

  it('keeps answers from a bank whose consent was taken back, and asks nothing more', async () => {
    const { bankA } = district;
    const submitted = await district.accepted(bankA);
    const { id, applicant } = submitted;
    const asked = await ask(bankA, submitted);
    await post(applicant, `/v1/applications/${id}/questions/${asked.id as string}/answer`, { answer: '联系李四' });
    await post(applicant, `/v1/demands/${id}/consent-withdrawal`);
    expect(await get(bankA, `/v1/demands/${id}/questions`)).toMatchObject([{ answer: null }]);
    expect(await get(applicant, `/v1/applications/${id}/questions`)).toMatchObject([{ answer: '联系李四' }]);
    await ask(bankA, submitted, {}, 409);
  });

  it('is refused by name before its time and by whoever may not', async () => {
    const { bankA, bankB } = district;
    const submitted = await district.routed(bankA);
    const { id } = submitted;
    await post(bankA, `/v1/demands/${id}/due-diligence`, {}, 409);
    await ask(bankA, submitted, {}, 409);
    await ask(bankB, submitted, {}, 404);
    await ask(callerOf('department'), submitted, {}, 403);
    await ask(bankA, submitted, { question: '' }, 400);
    await ask(bankA, submitted, { documents: ['一份', '一份'] }, 400);
    await post(bankA, `/v1/demands/${id}/acceptance`);
    const rejection = { outcome: 'REJECTED', reasonCode: 'TOO_SLOW', reasonText: '太慢' };
    expect(await post(bankA, `/v1/demands/${id}/decision`, rejection, 400)).toMatchObject({ errors: [{ field: 'reasonCode', rule: 'giver' }] });
    expect(await stateOf(bankA, id)).toBe('ACCEPTED');
  });

  it('is published as data and as a diagram, with the reasons, to everybody', async () => {
    const list = await get(anonymous, '/v1/workflows/loan-matching') as unknown as { name: string }[];
    expect(list.map(({ name }) => name)).toEqual(expect.arrayContaining(['application', 'demand', 'cultivation-entry']));
    const demand = await get(anonymous, '/v1/workflows/loan-matching/demand');
    expect(demand).toMatchObject({ version: 2, initial: ['SUBMITTED', 'ROUTED', 'ACCEPTED'], digest: expect.stringMatching(/^[\da-f]{64}$/) });
    const diagram = await district.app.get(anonymous, '/v1/workflows/loan-matching/demand/diagram').expect(200).expect('content-type', /^text\/vnd\.mermaid/);
    expect(diagram.text).toContain('ACTION_REQUIRED --> CONTACTED : answer (applicant)');
    await get(anonymous, '/v1/workflows/loan-matching/none', 404);
    await get(anonymous, '/v1/workflows/feedback/issue', 404);
    const codes = await get(anonymous, '/v1/reason-codes?by=applicant') as unknown as { code: string; text: string }[];
    expect(codes).toContainEqual({ code: 'TOO_SLOW', side: 'CUSTOMER', by: ['applicant', 'supervisor', 'service'], text: '办理太慢' });
    expect(codes.map(({ code }) => code)).not.toContain('CREDIT_RECORD');
    await get(anonymous, '/v1/reason-codes?by=nobody', 400);
  });
});
