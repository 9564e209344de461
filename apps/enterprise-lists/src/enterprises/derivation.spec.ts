import { EnterpriseKind, EnterpriseTag, RegistrationStatus } from '../statement-vocabulary.js';
import { derive, type DerivationInputs, OutsideReason } from './derivation.js';

const nothing: DerivationInputs = {
  creditCode: '91500101MA5U00011L', name: '万州某商贸有限公司', statedKind: null, entityType: null, registeredCapital: null, capitalCurrency: null,
  industryCode: null, employees: null, revenue: null, assets: null, statedPrivate: null, statedTags: null,
  registrationStatus: null,
};
const of = (facts: Partial<DerivationInputs>) => derive({ ...nothing, ...facts });

it('knows nothing of what nobody stated', () =>
  expect(of({})).toEqual({ kind: 'ENTERPRISE', isPrivate: null, sizeClass: 'UNKNOWN', outsideReason: null, tags: [] }));

it.each<[string, Partial<DerivationInputs>, EnterpriseKind, boolean | null]>([
  ['a household', { creditCode: '92500101MA5UW0016R' }, EnterpriseKind.SELF_EMPLOYED, true],
  ['a cooperative', { creditCode: '93500101MA5UH0014B' }, EnterpriseKind.COOPERATIVE, true],
  ['a family farm, which no code tells', { statedKind: EnterpriseKind.FAMILY_FARM }, EnterpriseKind.FAMILY_FARM, true],
  ['a public body', { creditCode: '12500101762660013E' }, EnterpriseKind.PUBLIC_BODY, false],
  ['a firm of a natural person', { entityType: '有限责任公司(自然人独资)' }, EnterpriseKind.ENTERPRISE, true],
  ['a firm of the state', { entityType: '有限责任公司(国有独资)' }, EnterpriseKind.ENTERPRISE, false],
  ['a firm from abroad', { entityType: '有限责任公司 港、澳、台' }, EnterpriseKind.ENTERPRISE, false],
  ['a firm whose type tells nothing', { entityType: '有限责任公司' }, EnterpriseKind.ENTERPRISE, null],
  ['what a list states, whatever the type says', { entityType: '国有企业', statedPrivate: true }, EnterpriseKind.ENTERPRISE, true],
])('%s', (_what, facts, kind, isPrivate) => expect(of(facts)).toMatchObject({ kind, isPrivate }));

// Names as the real samples have them.
it.each<[string, OutsideReason | null]>([
  ['中国农业银行股份有限公司重庆万州红光支行', OutsideReason.BANK_BRANCH], ['重庆农村商业银行股份有限公司万州新乡支行', OutsideReason.BANK_BRANCH],
  ['中国工商银行股份有限公司重庆市分行营业部', OutsideReason.BANK_BRANCH], ['重庆三峡银行股份有限公司', OutsideReason.FINANCIAL_INSTITUTION],
  ['中国太平洋财产保险股份有限公司万州中心支公司', OutsideReason.FINANCIAL_INSTITUTION], ['利宝保险有限公司', OutsideReason.FINANCIAL_INSTITUTION],
  ['重庆市万州区光彩小额贷款有限责任公司', OutsideReason.FINANCIAL_INSTITUTION], ['重庆三峡融资担保集团股份有限公司万州分公司', OutsideReason.FINANCIAL_INSTITUTION],
  ['重庆实德典当有限公司', OutsideReason.FINANCIAL_INSTITUTION], ['重庆胜越保险代理有限公司', null], ['巫山县供销社鑫合资产管理有限公司', null],
  ['万州银行家酒店有限公司', null], ['东莞百味食品有限公司重庆万州分公司', null], ['万州信用评价服务有限公司', null],
])('%s is outside for %s', (name, reason) => expect(of({ name }).outsideReason).toBe(reason));

it.each<[string, Partial<DerivationInputs>, OutsideReason | null]>([
  ['a large firm', { industryCode: 'C1310', employees: 1000, revenue: '400000000' }, OutsideReason.LARGE],
  ['a medium one', { industryCode: 'C1310', employees: 999, revenue: '400000000' }, null],
  ['the capital of a large one, and nothing else', { registeredCapital: '1000000000', capitalCurrency: 'CNY' }, OutsideReason.LARGE_PRESUMED],
  ['dollars are no yuan', { registeredCapital: '1000000000', capitalCurrency: 'USD' }, null],
  ['that capital, and indicators that say otherwise', { registeredCapital: '1000000000', capitalCurrency: 'CNY', industryCode: 'C1310', employees: 5, revenue: '5' }, null],
  ['the industry of banks', { industryCode: 'J6621' }, OutsideReason.FINANCIAL_INSTITUTION], ['brokers of insurance', { industryCode: 'J6851' }, null],
  ['a public body', { creditCode: '12500101762660013E' }, OutsideReason.PUBLIC_BODY],
  ['a firm that is there', { registrationStatus: RegistrationStatus.ACTIVE }, null],
  ['a large one that is there no more', { registrationStatus: RegistrationStatus.REVOKED, industryCode: 'C1310', employees: 1000, revenue: '400000000' }, OutsideReason.NOT_ACTIVE],
])('%s', (_what, facts, reason) => expect(of(facts).outsideReason).toBe(reason));

it.each<[string, EnterpriseTag[]]>([
  ['H6110', [EnterpriseTag.LODGING]], ['H6210', [EnterpriseTag.CATERING]], ['F5211', [EnterpriseTag.RETAIL]], ['F5111', []], ['P8321', [EnterpriseTag.EDUCATION]],
  ['R8810', [EnterpriseTag.CULTURE]], ['L7291', [EnterpriseTag.TOURISM]], ['L7211', []], ['N7861', [EnterpriseTag.TOURISM]], ['N7850', []], ['R8911', [EnterpriseTag.SPORTS]],
  ['G5431', [EnterpriseTag.TRANSPORT]], ['G5910', []], ['G6010', []],
])('%s is of %j', (industryCode, tags) => expect(of({ industryCode }).tags).toEqual(tags));

it('adds the sector to what is stated', () =>
  expect(of({ industryCode: 'H6110', statedTags: [EnterpriseTag.TOURISM, EnterpriseTag.FOREIGN_TRADE, EnterpriseTag.LODGING] }).tags).toEqual(['FOREIGN_TRADE', 'LODGING', 'TOURISM']));

it('is for those alone whose registration is active', () => {
  const inside = Object.values(RegistrationStatus).filter((registrationStatus) => of({ registrationStatus }).outsideReason === null);
  expect(inside).toEqual([RegistrationStatus.ACTIVE]);
});
