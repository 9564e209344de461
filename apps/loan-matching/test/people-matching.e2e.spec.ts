import { residentIdCheckCharacter } from '@finharbor/standards/resident-id';
import { callerOf, District } from './district.js';
import { type Bank, banksOf, Routed } from './routing.js';

const veterans = { fact: 'groups', has: ['VETERAN'] };
const first17 = `50010119${String(new Date().getFullYear() - 65).slice(2)}1231001`;
/** A natural person of 64 years, or of 65 on the last day of the year. */
const person = (changed: object = {}): object => ({
  enterpriseName: undefined, creditCode: undefined, industryCode: undefined, employees: undefined, revenue: undefined,
  establishedOn: undefined,
  applicantKind: 'NATURAL_PERSON', residentId: first17 + residentIdCheckCharacter(first17), specialGroups: ['VETERAN', 'REGISTERED_UNEMPLOYED'],
  amount: '200000', purposeKind: 'START_UP', ...changed,
});

interface Page { items: { productId: string; verdict: string; rules: object[] }[]; isSame: boolean; withheld: string[] }

describe('a natural person', () => {
  let district: District;
  let first: Bank;
  let others: Bank[];
  beforeEach(async () => {
    district = await District.open();
    [first, ...others] = await banksOf(district, 3);
    // What an applicant passes stands before what is open: were a fact missing, these would be gone to.
    await asks(others[0], { fact: 'applicantAge', max: '60', unit: 'YEAR' });
    await asks(others[1], { not: veterans });
  });
  afterEach(() => district.app.close());

  const asks = (bank: Bank, ...rules: object[]): Promise<void> => district.app.deliver('product.published', {
    productId: bank.productId, bankId: bank.organisationId!, name: '有条件的贷款', eligibility: {}, expression: { v: 1, rules } as never,
  }, { version: 2 });
  const read = async (id: string, what: 'matches' | 'match-reproduction'): Promise<Page> =>
    (await district.app.get(district.supervisor, `/v1/applications/${id}/${what}`).expect(200)).body;
  const verdicts = (items: Page['items']): Record<string, string> => Object.fromEntries(items.map(({ productId, verdict }) => [productId, verdict]));
  const erase = (identifier: string): Promise<unknown> => district.app.post(
    callerOf('security-administrator'), '/v1/operations/loan-matching/person-erasures', { identifier, reason: '本人申请' }).expect(201);
  /** Refused by the first bank, with consent to go on. */
  const refused = async (): Promise<Routed> => {
    const routed = new Routed(district, await district.submitUnknown(person()));
    await routed.route({ mode: 'MATCH_FIRST', productIds: [first.productId], onward: true });
    await routed.accept(first);
    await routed.reject(first);
    return routed;
  };

  it('goes on to no bank whose product it failed by age or group, but to the pool', async () => {
    const routed = await refused();
    expect(await routed.state()).toEqual(['POOLED', 2]);
    expect((await routed.demands()).map(({ bankId }) => bankId)).toEqual([first.organisationId]);
  });

  it('goes on to what it passes by its group', async () => {
    const [veteran] = await banksOf(district, 1);
    await asks(veteran, veterans, { fact: 'applicantAge', min: '18', unit: 'YEAR' });
    const routed = await refused();
    expect(await routed.state()).toEqual(['ROUTED', 2]);
    expect((await routed.demands()).map(({ bankId }) => bankId)).toEqual(expect.arrayContaining([veteran.organisationId]));
  });

  it('is designated to no bank whose product it failed', async () => {
    const routed = new Routed(district, await district.submitUnknown(person()));
    for (const { organisationId: bankId } of others) {
      expect((await routed.route({ mode: 'DESIGNATED', bankId }, 400)).errors).toMatchObject([{ field: 'bankId', rule: 'fitting' }]);
    }
  });

  it('has the same page now, and made again years later', async () => {
    for (let more = 0; more < 7; more++) await district.product(district.bankB, `同类贷 ${more}`);
    const { id, body } = await district.submitUnknown(person());
    expect(await read(id, 'matches')).toMatchObject({ items: body.matches });
    expect(verdicts(body.matches)).toMatchObject({ [first.productId]: 'PASS', [others[0].productId]: 'FAIL', [others[1].productId]: 'FAIL' });
    for (const { productId } of others) await district.app.deliver('product.suspended', { productId }, { version: 3 });
    expect(await read(id, 'match-reproduction')).toMatchObject({ items: body.matches, isSame: true, withheld: [] });
  });

  it('has what was open without it withheld when it is erased, by name, and all else as it was', async () => {
    for (let more = 0; more < 7; more++) await district.product(district.bankB, `同类贷 ${more}`);
    const { id, body } = await district.submitUnknown(person());
    await erase('13987654321');
    const again = await read(id, 'match-reproduction');
    expect(again).toMatchObject({ isSame: false, withheld: ['groups', 'applicantAge'] });
    const asking = new Set(others.map(({ productId }) => productId));
    expect(again.items.filter(({ productId }) => asking.has(productId)).map(({ verdict }) => verdict)).toEqual(['UNKNOWN', 'UNKNOWN']);
    const rest = ({ items }: { items: Page['items'] }): string[] => items.map(({ productId }) => productId).filter((productId) => !asking.has(productId));
    expect(rest(again)).toEqual(rest({ items: body.matches }));
    expect(verdicts((await read(id, 'matches')).items)).toMatchObject({ [others[0].productId]: 'UNKNOWN', [others[1].productId]: 'UNKNOWN' });
  });

  it('has the same page when it is erased and no product asks', async () => {
    for (const { productId } of others) await district.app.deliver('product.suspended', { productId }, { version: 3 });
    for (let more = 0; more < 7; more++) await district.product(district.bankB, `同类贷 ${more}`);
    const { id } = await district.submitUnknown(person());
    await erase('13987654321');
    expect(await read(id, 'match-reproduction')).toMatchObject({ isSame: true, withheld: ['groups', 'applicantAge'] });
  });

  it('of before these facts were kept is matched without them', async () => {
    const { id } = await district.submitUnknown(person());
    await district.app.database.query('update loan_matching.applications set personal_facts_encrypted = null where id = $1', [id]);
    expect(await read(id, 'match-reproduction')).toMatchObject({ isSame: false, withheld: ['groups', 'applicantAge'] });
  });

  it('has its groups and age sealed under the key of its contact and in the clear nowhere, and is told them when it asks', async () => {
    const { app } = district;
    const { id, body } = await district.submitUnknown(person());
    expect(body.matches).toEqual(expect.arrayContaining([expect.objectContaining({ rules: [expect.objectContaining({ rule: 'APPLICANT_AGE', outcome: 'FAIL', actual: null })] })]));
    await app.settle();
    const [keys] = await app.database.query<{ sealed: string; contact: string }>(
      `select substr(personal_facts_encrypted, 4, 36) as sealed, substr(contact_name_encrypted, 4, 36) as contact
       from loan_matching.applications a join loan_matching.demands d on d.id = a.id where a.id = $1`, [id]);
    expect(keys.sealed).toBe(keys.contact);
    const tables = await app.database.query<{ name: string }>(`select tablename as name from pg_tables where schemaname = 'loan_matching' and tablename <> 'special_group_counts'`);
    for (const { name } of tables) {
      expect([name, await app.database.query(`select 1 from loan_matching.${name} t where t::text ~ 'REGISTERED_UNEMPLOYED|"applicantAge": ?"'`)]).toEqual([name, []]);
    }
    expect(JSON.stringify([body, await read(id, 'matches'), await read(id, 'match-reproduction')])).not.toMatch(/REGISTERED_UNEMPLOYED|"6[45]"/);
    const { body: report } = await app.post(callerOf('security-administrator'), '/v1/operations/loan-matching/person-reports', { identifier: '13987654321', reason: '本人申请' }).expect(201);
    const record = report.records.find(({ table }: { table: string }) => table === 'applications');
    expect(record.texts).toEqual([
      { column: 'resident_id', text: (person() as { residentId: string }).residentId },
      { column: 'personal_facts', text: expect.stringMatching(/^\{"groups":\["VETERAN","REGISTERED_UNEMPLOYED"\],"applicantAge":"6[45]"\}$/) },
    ]);
  });
});
