import { ApplicantKind } from '@finharbor/contracts/eligibility/facts';
import { GuaranteeType, SizeClass } from '@finharbor/contracts/vocabulary';
import type { EnterpriseCopy } from '../copies/copies.js';
import { FactSource } from '../matching/matching.js';
import { applicantKindOf } from './applicant-kind.js';
import { DemandKind } from './demand-states.js';
import type { SubmitDemandInput } from './demand.inputs.js';
import { factsOf, inputProblems } from './facts.js';

const today = '2026-11-22';
const input: SubmitDemandInput = {
  enterpriseName: '万州示例食品厂', creditCode: '91500101MA5U00011L', kind: DemandKind.FIRST_LOAN, amount: '500000', termMonths: 12, purpose: '采购原材料',
  guaranteeTypes: [GuaranteeType.CREDIT], contactName: '示例王某', contactPhone: '13800000000', consent: true,
};
const known: EnterpriseCopy = { regionCode: '500101002', industryCode: 'C1310', sizeClass: SizeClass.MICRO, establishedOn: '2019-05-20' };
const nothing: EnterpriseCopy = { regionCode: null, industryCode: null, sizeClass: SizeClass.UNKNOWN, establishedOn: null };
const { APPLICANT, ENTERPRISE_MASTER } = FactSource;

describe('facts', () => {
  const stated: SubmitDemandInput = { ...input, regionCode: '500101001', industryCode: '5210', employees: 15, revenue: '600', establishedOn: '2020-01-01' };

  it('are the applicant’s where the master knows nothing', () => {
    for (const master of [undefined, nothing]) {
      expect(factsOf(stated, master)).toEqual({
        amount: '500000.00', termMonths: 12, guaranteeTypes: [GuaranteeType.CREDIT],
        regionCode: { value: '500101001', source: APPLICANT },
        industryCode: { value: 'F5210', source: APPLICANT },
        sizeClass: { value: SizeClass.SMALL, source: APPLICANT },
        establishedOn: { value: '2020-01-01', source: APPLICANT },
        missingForSize: [],
      });
    }
  });

  it('are the master’s where it knows, whatever the applicant wrote', () => {
    for (const one of [stated, input]) {
      expect(factsOf(one, known)).toMatchObject({
        regionCode: { value: '500101002', source: ENTERPRISE_MASTER },
        industryCode: { value: 'C1310', source: ENTERPRISE_MASTER },
        sizeClass: { value: SizeClass.MICRO, source: ENTERPRISE_MASTER },
        establishedOn: { value: '2019-05-20', source: ENTERPRISE_MASTER },
      });
    }
  });

  it('are mixed where the master knows a part', () => {
    expect(factsOf({ ...input, employees: 999, revenue: '40000' }, { ...nothing, industryCode: 'C1310' })).toMatchObject({
      regionCode: null, establishedOn: null,
      industryCode: { source: ENTERPRISE_MASTER }, sizeClass: { value: SizeClass.MEDIUM, source: APPLICANT },
    });
  });

  it.each([
    ['no industry', {}, ['industryCode']],
    ['an industry too coarse to tell', { industryCode: 'K70', employees: 5 }, ['industryCode']],
    ['no indicator', { industryCode: 'C1310' }, ['employees', 'revenue']],
    ['one of two indicators', { industryCode: 'C1310', employees: 5 }, ['revenue']],
    ['an indicator that the group does not ask', { industryCode: 'A01', assets: '5' }, ['revenue']],
  ])('name what is missing for the size class: %s', (_, changed, missingForSize) => {
    expect(factsOf({ ...input, ...changed }, undefined)).toMatchObject({ sizeClass: { value: SizeClass.UNKNOWN }, missingForSize });
  });
});

describe('input problems', () => {
  const problems = (changed: Partial<SubmitDemandInput>, master?: EnterpriseCopy): string[] =>
    inputProblems({ ...input, ...changed }, master, today).map(({ field, rule }) => `${field} ${rule}`);

  it('are none in good input', () => {
    expect(problems({ regionCode: '500101001', industryCode: 'c1310', establishedOn: today })).toEqual([]);
    expect(problems({ creditCode: ' ９１５００１０１ma5u00011l ' })).toEqual([]);
  });

  it.each([
    [{ creditCode: '' }, 'creditCode creditCodeEMPTY'],
    [{ creditCode: '9150' }, 'creditCode creditCodeLENGTH'],
    [{ creditCode: '91500101MA5U0001IL' }, 'creditCode creditCodeCHARACTER'],
    [{ creditCode: '91500101MA5U00011M' }, 'creditCode creditCodeCHECKSUM'],
    [{ regionCode: '999999' }, 'regionCode region'],
    [{ regionCode: '500112' }, 'regionCode region'],
    [{ industryCode: 'Z99' }, 'industryCode industry'],
    [{ industryCode: 'A1310' }, 'industryCode industry'],
    [{ establishedOn: '2026-11-23' }, 'establishedOn pastDate'],
    [{ establishedOn: '2023-02-29' }, 'establishedOn pastDate'],
    [{ establishedOn: '1899-12-31' }, 'establishedOn pastDate'],
    [{ applicantKind: ApplicantKind.SELF_EMPLOYED }, 'applicantKind creditCode'],
    [{ creditCode: '92500101MA5UW0016R', applicantKind: ApplicantKind.ENTERPRISE }, 'applicantKind creditCode'],
    [{ creditCode: '93500101MA5UH0014B', applicantKind: ApplicantKind.FAMILY_FARM }, 'applicantKind creditCode'],
    [{ purpose: '为万州示例食品厂采购' }, 'purpose identity'],
    [{ purpose: '采购，联系13800000000' }, 'purpose identity'],
  ])('name field and rule: %j', (changed, problem) => expect(problems(changed)).toEqual([problem]));

  it.each([
    ['92500101MA5UW0016R', ApplicantKind.FAMILY_FARM], ['92500101MA5UW0016R', ApplicantKind.SELF_EMPLOYED], ['91500101MA5U00011L', ApplicantKind.FAMILY_FARM],
    ['500101600000017', ApplicantKind.ENTERPRISE], ['91350203M0001QAY9B', ApplicantKind.SELF_EMPLOYED],
  ])('do not doubt what may be: %s is %s', (creditCode, applicantKind) => expect(problems({ creditCode, applicantKind }, nothing)).toEqual([]));

  it.each([
    ['91500101MA5U00011L', ApplicantKind.ENTERPRISE], ['92500101MA5UW0016R', ApplicantKind.SELF_EMPLOYED], ['93500101MA5UH0014B', ApplicantKind.COOPERATIVE],
    ['500101600000017', ApplicantKind.SELF_EMPLOYED], ['500101NA000001X', ApplicantKind.COOPERATIVE], ['N2500101MA5U00011L', ApplicantKind.ENTERPRISE],
    [null, ApplicantKind.ENTERPRISE],
  ])('take the bearer of %s for %s where nobody says what it is', (creditCode, kind) => expect(applicantKindOf(creditCode)).toBe(kind));

  it('do not doubt a code that fails the checksum but stands in the master', () => {
    expect(problems({ creditCode: '91350203M0001QAY9B' }, nothing)).toEqual([]);
    expect(problems({ creditCode: '91350203M0001QAY9B' })).toEqual(['creditCode creditCodeCHECKSUM']);
  });
});
