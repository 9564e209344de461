import { enterpriseIdOf } from '@finharbor/contracts/ids';
import { SizeClass } from '@finharbor/contracts/vocabulary';
import { creditCodeCheckCharacter } from '@finharbor/standards/credit-code';
import type { Caller } from '@finharbor/security/tokens/caller';
import { anonymous, callerOf, District, newId, type Submitted } from './district.js';

const name = '万州示例食品有限公司';

interface Shown {
  productName: string;
  verdict: string;
  rules: { rule: string; outcome: string; actual: string | null; source: string | null }[];
}

describe('an application beside the enterprise master', () => {
  let district: District;
  beforeAll(async () => { district = await District.open({ SANDBOX: 'false' }); });
  afterAll(() => district.app.close());

  let serial = 0;
  const newCode = (): string => {
    serial += 1;
    const first17 = `91500101MA${String(serial).padStart(7, '6')}`;
    return first17 + creditCodeCheckCharacter(first17);
  };
  const tell = async (creditCode: string, version: number, changed: object = {}): Promise<void> => {
    await district.app.deliver('enterprises.recorded', { enterprises: [{
      enterpriseId: enterpriseIdOf(creditCode), version, name, regionCode: null, industryCode: null, sizeClass: SizeClass.UNKNOWN,
      establishedOn: null, ...changed,
    }] });
    await district.app.handleDue();
    await district.app.settle();
  };
  const read = async (id: string, caller = district.supervisor): Promise<Record<string, unknown>> => (await district.app.get(caller, `/v1/applications/${id}`).expect(200)).body;
  const matches = async ({ id, applicant }: Submitted): Promise<Shown[]> => (await district.app.get(applicant, `/v1/demands/${id}/matches`).expect(200)).body;
  const choose = (submitted: Submitted, productId: string) => district.app.post(submitted.applicant, `/v1/demands/${submitted.id}/choice`, { productId }).expect(201);

  it.each(['DEREGISTERED', 'REVOKED', 'ANNULLED', 'IN_LIQUIDATION', 'MOVED_OUT', 'SUSPENDED', 'SOMETHING_NEW'])('is not verified where the enterprise is %s, and is when the master says that it is active', async (registrationStatus) => {
    const creditCode = newCode();
    await tell(creditCode, 1, { registrationStatus });
    const submitted = await district.submitUnknown({ creditCode });
    expect(submitted.body.application).toMatchObject({ state: 'UNVERIFIED' });
    expect(await read(submitted.id)).toMatchObject({ state: 'UNVERIFIED', verification: 'NOT_ACTIVE' });
    expect(await read(submitted.id, submitted.applicant)).not.toHaveProperty('verification');
    await tell(creditCode, 2, { registrationStatus: 'ACTIVE' });
    expect(await read(submitted.id)).toMatchObject({ state: 'SUBMITTED', verification: 'VERIFIED' });
  });

  it('is verified where the master tells no status, and follows what an older event leaves out', async () => {
    const creditCode = newCode();
    await tell(creditCode, 1);
    expect((await district.submitUnknown({ creditCode })).body.application.state).toBe('SUBMITTED');
    await tell(creditCode, 3, { registrationStatus: 'REVOKED' });
    await tell(creditCode, 2, { registrationStatus: 'ACTIVE' });
    const { id, body } = await district.submitUnknown({ creditCode });
    expect([body.application.state, (await read(id)).verification]).toEqual(['UNVERIFIED', 'NOT_ACTIVE']);
  });

  it('is not verified where a replica of the version before kept only that it is outside for that', async () => {
    const creditCode = newCode();
    await tell(creditCode, 1, { outsideReason: 'NOT_ACTIVE' });
    expect((await read((await district.submitUnknown({ creditCode })).id)).verification).toBe('NOT_ACTIVE');
  });

  it('is answered the same, byte for byte, for an enterprise that is not active and for one that nobody knows', async () => {
    const { code } = await district.code();
    const [gone, unknown] = [newCode(), newCode()];
    await tell(gone, 1, { registrationStatus: 'DEREGISTERED', regionCode: '500102', industryCode: 'A', sizeClass: SizeClass.LARGE, establishedOn: '2001-01-01' });
    await district.product(district.bankA, '有条件贷', { regionCodes: ['500101'], sizeClasses: [SizeClass.SMALL], yearsInBusinessMin: 5 });
    const answers = [];
    for (const creditCode of [gone, unknown]) {
      const { body } = await district.submitUnknown({ creditCode, regionCode: undefined }, code);
      const text = JSON.stringify({ ...body, matches: [...body.matches].sort((a, b) => (a.productId < b.productId ? -1 : 1)) });
      answers.push(text.replaceAll(/"[\da-f]{8}-[\da-f-]{27}"|"demand_[\w-]+"|"20\d\d-[\dT:.-]+Z"|"9[\dA-Z]{17}"|"\d+\/\d+"|"position":\d+/g, '…'));
    }
    expect(answers[0]).toContain('"state":"UNVERIFIED"');
    expect(answers[1]).toBe(answers[0]);
  });

  it('is matched anew with what the master holds when it is verified, and its demand says the same', async () => {
    const [creditCode, { app, bankA, supervisor }] = [newCode(), district];
    const productId = await district.product(bankA, '万州贷', { regionCodes: ['500101'], sizeClasses: [SizeClass.MICRO] });
    const submitted = await district.submitUnknown({ creditCode, regionCode: undefined, revenue: undefined, purposeKind: 'GREEN' });
    const shown = async (): Promise<Shown> => (await matches(submitted)).find(({ productName }) => productName === '万州贷')!;
    expect((await shown()).verdict).toBe('UNKNOWN');
    await choose(submitted, productId);
    await tell(creditCode, 1, { regionCode: '500101', industryCode: 'H6110', sizeClass: SizeClass.MICRO, establishedOn: '2001-02-03', tags: ['HIGH_TECH'], registrationStatus: 'ACTIVE' });
    expect(await shown()).toMatchObject({ verdict: 'PASS', rules: [
      { rule: 'REGION', outcome: 'PASS', actual: '500101', source: 'ENTERPRISE_MASTER' }, { rule: 'SIZE_CLASS', outcome: 'PASS', actual: 'MICRO', source: 'ENTERPRISE_MASTER' }] });
    expect((await matches(submitted)).length).toBe(submitted.body.matches.length);
    expect((await app.get(bankA, `/v1/demands/${submitted.id}`).expect(200)).body).toMatchObject({
      state: 'ROUTED', productId, regionCode: '500101', industryCode: 'H6110', sizeClass: 'MICRO', establishedOn: null });
    const steps = await district.steps(supervisor, submitted.id);
    expect(steps.slice(0, 6)).toEqual(['SUBMITTED', 'MATCHED', 'CHOICE_KEPT', 'VERIFIED', 'MATCHED', 'CHOSEN']);
    const again = (await app.get(supervisor, `/v1/applications/${submitted.id}/match-reproduction`).expect(200)).body;
    expect(again).toMatchObject({ isSame: true, withheld: [] });
    const [{ facts }] = await app.database.query<{ facts: { facts: { further: object; establishedOn: object } } }>('select facts from loan_matching.applications where id = $1', [submitted.id]);
    expect(facts.facts).toMatchObject({ establishedOn: { value: '2001-02-03', source: 'ENTERPRISE_MASTER' }, further: { purpose: 'GREEN', tags: ['HIGH_TECH'], employees: '32' } });
  });

  it('does not go to what it chose where that fails by the master, and is matched with its groups still', async () => {
    const [creditCode, { bankA, bankB, supervisor, app }] = [newCode(), district];
    await district.app.deliver('product.published', { productId: newId(), bankId: bankA.organisationId!, name: '退役军人贷', eligibility: {}, expression: { v: 1, rules: [{ fact: 'groups', has: ['VETERAN'] }] } });
    const [near, any] = [await district.product(bankA, '本地贷', { regionCodes: ['500101'] }), await district.product(bankB, '通用贷')];
    const submitted = await district.submitUnknown({ creditCode, specialGroups: ['VETERAN'] });
    await app.post(submitted.applicant, `/v1/applications/${submitted.id}/routing`, { mode: 'MATCH_FIRST', productIds: [near, any] }).expect(201);
    await tell(creditCode, 1, { regionCode: '500102' });
    expect(await read(submitted.id, submitted.applicant)).toMatchObject({ state: 'ROUTED', demands: [{ bankId: bankB.organisationId }] });
    await app.get(bankA, `/v1/demands/${submitted.id}`).expect(404);
    const [{ text }] = await app.database.query<{ text: string }>('select facts::text as text from loan_matching.applications where id = $1', [submitted.id]);
    expect(text).not.toContain('VETERAN');
    expect((await app.get(supervisor, `/v1/applications/${submitted.id}/match-reproduction`).expect(200)).body).toMatchObject({ isSame: true, withheld: [] });
    expect((await matches(submitted)).find(({ productName }) => productName === '退役军人贷')).toMatchObject({ verdict: 'PASS', rules: [{ actual: null }] });
  });

  it('chooses no more banks than may have it at once, and what was kept before goes to so many', async () => {
    const [creditCode, { bankA, bankB, app, supervisor }] = [newCode(), district];
    const banks = [bankA, bankB, ...Array.from({ length: 2 }, () => callerOf('bank'))];
    const productIds = [];
    for (const [index, bank] of banks.entries()) productIds.push(await district.product(bank, `多家贷 ${index}`));
    const { id, applicant } = await district.submitUnknown({ creditCode });
    const route = (chosen: string[], status: number) => app.post(applicant, `/v1/applications/${id}/routing`, { mode: 'MATCH_FIRST', productIds: chosen }).expect(status);
    expect((await route(productIds, 400)).body.errors).toMatchObject([{ field: 'productIds', rule: 'limit' }]);
    await route(productIds.slice(0, 3), 201);
    await app.database.query('update loan_matching.applications set chosen_product_ids = $2 where id = $1', [id, productIds]);
    await tell(creditCode, 1);
    const { state, demands } = await read(id, applicant) as { state: string; demands: { productId: string }[] };
    expect([state, demands.map(({ productId }) => productId).sort()]).toEqual(['ROUTED', productIds.slice(0, 3).sort()]);
    expect(await district.steps(supervisor, id)).toContain('VERIFIED');
  });

  it('leaves each step of its applicant in its trail, in its own name, and no bank sees those of the intake', async () => {
    const [creditCode, { app, bankA, bankB, supervisor }] = [newCode(), district];
    const [one, other] = [await district.product(bankA, '一号贷'), await district.product(bankB, '二号贷')];
    const submitted = await district.submitUnknown({ creditCode });
    const { id, applicant } = submitted;
    const trail = async (caller = applicant): Promise<[string, string, string | null][]> =>
      (await app.get(caller, `/v1/demands/${id}/trail`).expect(200)).body.map(({ step, by, productId }: Record<string, string>) => [step, by, productId])
        .filter(([step]: [string]) => step !== 'CLOCK_NOT_COVERED');
    await choose(submitted, one);
    await app.post(applicant, `/v1/applications/${id}/routing`, { mode: 'DESIGNATED', bankId: bankB.organisationId }).expect(201);
    await app.post(applicant, `/v1/applications/${id}/documents`, { documents: ['RESIDENT_ID'] }).expect(201);
    const kept = [['CHOICE_KEPT', 'applicant', one], ['CHOICE_KEPT', 'applicant', expect.any(String)], ['DOCUMENTS_STATED', 'applicant', null]];
    expect((await trail()).slice(2)).toEqual(kept);
    expect(await app.database.query(`select action, role from loan_matching.audit where resource_id = $1 and action in ('application.choose', 'application.documents') order by id`, [id]))
      .toEqual([{ action: 'application.choose', role: 'applicant' }, { action: 'application.choose', role: 'applicant' }, { action: 'application.documents', role: 'applicant' }]);
    await choose(submitted, other);
    await tell(creditCode, 1);
    for (const caller of [applicant, supervisor]) {
      expect((await trail(caller)).slice(2)).toEqual([
        ...kept, ['CHOICE_KEPT', 'applicant', other], ['VERIFIED', 'service', null], ['MATCHED', 'service', null], ['CHOSEN', 'applicant', other], ['ROUTED', 'applicant', other]]);
    }
    expect(await trail(bankB)).toEqual([['ROUTED', 'applicant', other]]);
    await app.post(applicant, `/v1/applications/${id}/documents`, { documents: [] }).expect(201);
    expect([(await trail()).at(-1)?.[0], await trail(bankB)]).toEqual(['DOCUMENTS_STATED', [['ROUTED', 'applicant', other]]]);
  });

  it('is chosen for by whoever chose, whoever verifies it', async () => {
    const { app, bankA, supervisor } = district;
    const productId = await district.product(bankA, '三号贷');
    const chosenBy = async (chooser: Caller, onward?: boolean): Promise<string> => {
      const { id, applicant } = await district.submitUnknown({ creditCode: newCode() });
      if (onward) await app.database.query('update loan_matching.applications set onward_consent_at = now() where id = $1', [id]);
      await app.post(chooser === anonymous ? applicant : chooser, `/v1/applications/${id}/routing`, { mode: 'MATCH_FIRST', productIds: [productId] }).expect(201);
      await app.post(supervisor, `/v1/applications/${id}/verification`, { outcome: 'VERIFIED', reasonText: '已核对营业执照' }).expect(201);
      const { body } = await app.get(supervisor, `/v1/demands/${id}/trail`).expect(200);
      return body.find(({ step }: { step: string }) => step === 'CHOSEN').by;
    };
    expect([await chosenBy(anonymous), await chosenBy(supervisor, true)]).toEqual(['applicant', 'supervisor']);
  });

  it('is matched anew too where a supervisor verifies it, and as it was where the master holds nothing', async () => {
    const [creditCode, { app, supervisor }] = [newCode(), district];
    await tell(creditCode, 1, { name: '万州示例食品厂', regionCode: '500101', registrationStatus: 'REVOKED' });
    const verify = async (submitted: Submitted): Promise<string[]> => {
      await app.post(supervisor, `/v1/applications/${submitted.id}/verification`, { outcome: 'VERIFIED', reasonText: '已核对营业执照' }).expect(201);
      return district.steps(supervisor, submitted.id);
    };
    const held = await district.submitUnknown({ creditCode, regionCode: undefined });
    const absent = await district.submitUnknown({ creditCode: newCode() });
    expect((await read(held.id)).verification).toBe('NAME_MISMATCH');
    expect([await verify(held), await verify(absent)]).toEqual([['SUBMITTED', 'MATCHED', 'VERIFIED', 'MATCHED'], ['SUBMITTED', 'MATCHED', 'VERIFIED']]);
    expect((await app.get(supervisor, `/v1/demands/${held.id}`).expect(200)).body).toMatchObject({ regionCode: '500101', enterpriseName: name });
    expect(await read(held.id)).toMatchObject({ state: 'SUBMITTED', verification: 'BY_SUPERVISOR' });
  });
});
