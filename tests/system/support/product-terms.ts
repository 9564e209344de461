/** Terms that hold something of every kind. */
const fixed = { kind: 'FIXED', rateMin: '3.1', rateMax: '4.2' };
export const richTerms = {
  loan: {
    pricing: fixed, tiers: [{ amountFrom: '1', pricing: fixed }], fees: [{ name: '评估费', amount: '1' }], department: { name: '普惠金融部' },
  },
  others: {
    INSURANCE: { insurance: { classes: ['DISASTER'], premiumBasis: '面积', simplifiedClaim: true } },
    GUARANTEE: { guarantee: { feePercent: '1', shares: [{ institution: '银行', percent: '20' }, { institution: '担保公司', percent: '80' }] } },
    COMBINED: { parts: [{ kind: 'LOAN', description: '信用贷款' }, { kind: 'SUBSIDY', description: '财政贴息' }] },
  },
};
