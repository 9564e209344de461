import { LprTerm, OfferPartKind, PricingKind, ProductLine } from '../vocabulary.js';
import { type Pricing, ratesOn } from './pricing.js';
import type { PriceTier, ProductTerms } from './terms.js';
import { keptTerms, termsProblems } from './terms-rules.js';

const { LOAN, INSURANCE, GUARANTEE, COMBINED } = ProductLine;
const fixed = (rateMin: string | null, rateMax: string | null): Pricing => ({ kind: PricingKind.FIXED, rateMin, rateMax, lprTerm: null,
  basisPointsMin: null, basisPointsMax: null });
const lpr = (basisPointsMin: number | null, basisPointsMax: number | null, lprTerm: LprTerm | null = LprTerm.ONE_YEAR): Pricing =>
  ({ kind: PricingKind.LPR, rateMin: null, rateMax: null, lprTerm, basisPointsMin, basisPointsMax });
const tier = (amountFrom: string, amountTo: string | null): PriceTier => ({ amountFrom, amountTo, pricing: fixed('3', '4') });
const problems = (line: ProductLine, terms: Partial<ProductTerms>): string[] => termsProblems(line, terms).map(({ field, rule }) => `${field} ${rule}`);
const insurance = { classes: [], premiumBasis: '保险金额', premiumPercent: null, sumInsuredMax: null, simplifiedClaim: true };
const part = { kind: OfferPartKind.SUBSIDY, productId: null, description: '财政贴息' };

describe('terms', () => {
  it.each<[ProductLine, Partial<ProductTerms>, string[]]>([
    [LOAN, {}, []],
    [LOAN, { insurance }, ['terms.insurance line']],
    [INSURANCE, { insurance }, []],
    [INSURANCE, {}, ['terms.insurance required']],
    [COMBINED, { parts: [part] }, ['terms.parts parts']],
    [COMBINED, { parts: [part, part] }, []],
    [LOAN, { pricing: lpr(-20, 50) }, []],
    [LOAN, { pricing: lpr(50, -20) }, ['terms.pricing.basisPointsMax range']],
    [LOAN, { pricing: lpr(null, 0, null) }, ['terms.pricing.lprTerm required', 'terms.pricing.basisPointsMin required']],
    [LOAN, { pricing: { ...lpr(0, 0), rateMin: '3' } }, ['terms.pricing.rateMin kind']],
    [LOAN, { pricing: fixed('4', '3.99') }, ['terms.pricing.rateMax range']],
    [LOAN, { tiers: [tier('0', '100'), tier('100', null)] }, []],
    [LOAN, { tiers: [tier('0', '100.01'), tier('100', null)] }, ['terms.tiers.1.amountFrom overlap']],
    [LOAN, { tiers: [tier('0', null), tier('5', '5')] }, ['terms.tiers.1.amountTo range', 'terms.tiers.1.amountFrom overlap']],
    [LOAN, { fees: [{ name: '手续费', amount: null, percent: null, note: null }] }, ['terms.fees.0 fee']],
    [GUARANTEE, { guarantee: { feePercent: '1', shares: [{ institution: '银行', percent: '20' }, { institution: '担保', percent: '80' }] } }, []],
    [GUARANTEE, { guarantee: { feePercent: '1', shares: [{ institution: '银行', percent: '20' }, { institution: '担保', percent: '79.99' }] } }, ['terms.guarantee.shares sum']],
  ])('%s %j', (line, terms, expected) => expect(problems(line, terms)).toEqual(expected));

  it('are kept with every property', () => expect(Object.entries(keptTerms({ documents: ['营业执照'] })).filter(([, value]) => value !== null)).toEqual([['documents', ['营业执照']]]));
});

describe('rates', () => {
  it.each<[Pricing, string, unknown]>([
    [fixed('3.5', '4'), '2026-11-22', { min: '3.5000', max: '4.0000', quotedOn: null }],
    [lpr(-20, 55), '2026-11-22', { min: '2.8000', max: '3.5500', quotedOn: '2026-04-20' }],
    [lpr(0, 100, LprTerm.FIVE_YEARS), '2024-10-20', { min: '3.8500', max: '4.8500', quotedOn: '2024-09-20' }],
    [lpr(-1000, 0), '2026-11-22', { min: '0.0000', max: '3.0000', quotedOn: '2026-04-20' }],
    [lpr(0, 0), '2019-08-19', undefined],
  ])('%j on %s', (pricing, date, expected) => expect(ratesOn(pricing, date, [])).toEqual(expected));

  it('are those of a quote that was imported', () => {
    expect(ratesOn(lpr(10, 10), '2026-11-22', [{ date: '2026-11-20', oneYear: '2.90', fiveYear: '3.40' }])).toEqual({ min: '3.0000', max: '3.0000', quotedOn: '2026-11-20' });
  });
});
