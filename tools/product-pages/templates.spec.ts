import { eligibilityProblems } from '@finharbor/contracts/eligibility/validate';
import { disagreements, itemOf, templates } from './templates.mjs';

describe('the templates of product pages', () => {
  const all = templates();

  it('are of thirteen pages, each of a language that holds', () => {
    expect(new Set(all.map(({ page }) => page)).size).toBe(13);
    for (const { rules } of all) expect(eligibilityProblems({ v: 1, rules }, { today: '2026-11-22' })).toEqual([]);
  });

  it('give every applicant the verdict that was worked out by hand', () => {
    expect(all.flatMap(disagreements)).toEqual([]);
    expect(all.every(({ cases }) => cases.length > 0)).toBe(true);
  });

  it('bite: a limit that moved', () => {
    const template = all.find(({ page }) => page === 'nongdaitong.php')!;
    expect(disagreements({ ...template, eligibility: { ...template.eligibility, amountMax: '499999' } })[0]).toContain('PASS UNKNOWN by hand, FAIL FAIL by machine');
  });

  it('take their texts from the page', () => {
    const template = { ...all[0], description: [1], texts: [2], documents: [3], telephone: 4 };
    expect(itemOf(template, { file: 'x', title: '示例贷', bank: '示例银行', text: '示例贷\n介绍\n信用良好\n身份证\n0371-00000000' })).toMatchObject({
      name: '示例贷', description: '介绍', terms: { documents: ['身份证'], department: { telephone: '0371-00000000' } },
      eligibilityRules: { rules: expect.arrayContaining([{ text: '信用良好' }]) },
    });
  });
});
