import { fitted } from './cdr-cleaning.js';
import { cdrDetails } from './cdr-shape.js';
import { inFormOf, versionOf } from './cdr-versions.js';

const base = { productId: 'x', brand: 'B', name: 'Loan', description: 'A loan', productCategory: 'BUSINESS_LOANS', isTailored: false, lastUpdated: '2026-07-10T14:58:24+10:00' };

describe('versions of a product of the standard', () => {
  it.each<[number, object]>([
    [4, {}], [4, { fees: [{ name: 'F', feeType: 'EXIT', amount: '1.00' }], lendingRates: [{ lendingRateType: 'FIXED', rate: '0.1' }] }],
    [5, { constraints: [{ constraintType: 'MIN_LVR' }] }], [6, { fees: [{ feeMethodUType: 'variable' }] }], [6, { depositRates: [{ applicationType: 'MATURITY' }] }],
    [6, { features: [{ featureType: 'FUNDS_AVAILABLE_AFTER' }] }], [6, { constraints: [{ constraintType: 'OTHER' }] }], [6, { cardArt: [{ cardScheme: 'VISA' }] }],
    [7, { productCategory: 'BUY_NOW_PAY_LATER' }], [7, { instalments: {} }], [4, { features: [null, 'x'], fees: 7 }],
  ])('is %d: %j', (version, more) => expect(versionOf({ ...base, ...more })).toBe(version));

  it('comes back the same from the newer form and from the older one, where both can say it', () => {
    const older = { ...base, fees: [
      { name: 'A', feeType: 'UPFRONT', amount: '100.00', discounts: [{ description: 'D', discountType: 'BALANCE', feeRate: '0.5' }] },
      { name: 'B', feeType: 'PERIODIC', balanceRate: '0.01', accrualFrequency: 'P1M', additionalValue: 'P1M' },
    ], lendingRates: [{
      lendingRateType: 'FIXED', rate: '0.05', repaymentType: 'INTEREST_ONLY',
      tiers: [{ name: 'T', unitOfMeasure: 'PERCENT', minimumValue: 0, maximumValue: 80.5, applicabilityConditions: { additionalInfo: 'new' } }],
    }] };
    const newer = fitted(inFormOf(7, older), cdrDetails[7]);
    expect(newer).toMatchObject({
      fees: [{ feeMethodUType: 'fixedAmount', fixedAmount: { amount: '100.00' }, discounts: [{ discountMethodUType: 'rateBased', rateBased: { rateType: 'FEE', rate: '0.5' } }] },
        { feeMethodUType: 'rateBased', rateBased: { rateType: 'BALANCE', rate: '0.01', accrualFrequency: 'P1M' } }],
      lendingRates: [{ applicationType: 'PERIODIC', repaymentType: 'INTEREST_ONLY', loanPurpose: 'UNCONSTRAINED', tiers: [{ maximumValue: '0.805', applicabilityConditions: [{ rateApplicabilityType: 'OTHER', additionalInfo: 'new' }] }] }],
    });
    expect(fitted(inFormOf(4, newer), cdrDetails[4])).toEqual(older);
    expect(inFormOf(5, older)).toBe(older);
  });
});
