import fc from 'fast-check';
import { parseRegisteredCapital } from './registered-capital.js';

describe('parseRegisteredCapital', () => {
  it.each([
    // Every shape among 5,000 registered companies of Chongqing.
    ['100(万)', '1000000', 'CNY'], ['50(万人民币元)', '500000', 'CNY'], ['12,080(万)', '120800000', 'CNY'], ['5,000(万人民币元)', '50000000', 'CNY'],
    ['558万人民币', '5580000', 'CNY'], ['700万元人民币', '7000000', 'CNY'], ['31.8000(万)', '318000', 'CNY'], ['5,212.9000(万)', '52129000', 'CNY'],
    ['100.5000(万人民币元)', '1005000', 'CNY'], ['2,500(万元人民币)', '25000000', 'CNY'], ['800(万美元)', '8000000', 'USD'],
    ['2,006.7500(万人民币元)', '20067500', 'CNY'], ['1,667(万美元)', '16670000', 'USD'], ['500(万元人民币)', '5000000', 'CNY'],
    ['670(万香港元)', '6700000', 'HKD'], ['70,000(万香港元)', '700000000', 'HKD'], ['51.8万人民币', '518000', 'CNY'], ['81.5800(万美元)', '815800', 'USD'],
    ['156,133.3000(万元人民币)', '1561333000', 'CNY'], ['273.8030(万元人民币)', '2738030', 'CNY'], ['100万人民币元', '1000000', 'CNY'],
    ['277.8000(万香港元)', '2778000', 'HKD'], ['5,749.4019(万美元)', '57494019', 'USD'], ['1,018(万)', '10180000', 'CNY'],
    ['100(万人民币元)', '1000000', 'CNY'],
    // What other lists write.
    ['５０（万）', '500000', 'CNY'], ['1，018（万人民币元）', '10180000', 'CNY'], [' 50 万 元 ', '500000', 'CNY'], ['5亿元', '500000000', 'CNY'],
    ['1.23456789亿', '123456789', 'CNY'], ['人民币100万元整', '1000000', 'CNY'], ['￥100万元', '1000000', 'CNY'], ['RMB 1,000,000', '1000000', 'CNY'],
    ['usd 1,000.50', '1000.5', 'USD'], ['3000000元', '3000000', 'CNY'], ['3000000.00元', '3000000', 'CNY'], ['2千万元', '20000000', 'CNY'],
    ['100万圆整', '1000000', 'CNY'], ['10万欧元', '100000', 'EUR'], ['10万港币', '100000', 'HKD'], ['500万日元', '5000000', 'JPY'],
    ['10万英镑', '100000', 'GBP'], ['10万新台币', '100000', 'TWD'],
    ['0.00001万元', '0.1', 'CNY'], ['0(万)', '0', 'CNY'], ['000.5000万', '5000', 'CNY'], ['人民币500万人民币', '5000000', 'CNY'],
    ['12345678901234567890.1234567(万)', '123456789012345678901234.567', 'CNY'],
  ])('%s is %s %s', (text, amount, currency) => expect(parseRegisteredCapital(text)).toEqual({ amount, currency }));

  it.each([
    'N/A', '-', '', ' ', '无', '/', '未公示',
    '-50(万)', '+50(万)', '1,01,8(万)', '1018,(万)', ',5万', '.5万', '5.万', '50(万)(万)', '50万万', '50 美元 人民币', '人民币50万美元', '50万比特币', '约50万',
    '50万以上',
    '50-100万', '万', '元', '壹佰万元整', '1e5万', '$100', '50万美', '50万元元', '50万日', '人民50万', '注册资本50万元', '0x10万', `${'9'.repeat(80)}万`,
  ])('%j is no amount', (text) => expect(parseRegisteredCapital(text)).toBeUndefined());

  it('reads a bare number only where its unit is known', () => {
    expect(parseRegisteredCapital('1,018.5')).toBeUndefined();
    expect(parseRegisteredCapital('1,018.5', 'YUAN')).toEqual({ amount: '1018.5', currency: 'CNY' });
    expect(parseRegisteredCapital('1,018.5', 'TEN_THOUSAND_YUAN')).toEqual({ amount: '10185000', currency: 'CNY' });
    expect(parseRegisteredCapital('50(万)', 'TEN_THOUSAND_YUAN')).toEqual({ amount: '500000', currency: 'CNY' });
    expect(parseRegisteredCapital('50元', 'TEN_THOUSAND_YUAN')).toEqual({ amount: '50', currency: 'CNY' });
    expect(parseRegisteredCapital('N/A', 'YUAN')).toBeUndefined();
  });

  it('is exact for every number of 万, grouped or not', () => {
    fc.assert(fc.property(fc.bigInt({ min: 0n, max: 10n ** 24n }), (tenThousandths) => {
      const whole = String(tenThousandths / 10_000n);
      const fraction = String(tenThousandths % 10_000n).padStart(4, '0');
      const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
      for (const text of [`${whole}.${fraction}(万)`, `${grouped}.${fraction}(万人民币元)`]) {
        expect(parseRegisteredCapital(text)).toEqual({ amount: String(tenThousandths), currency: 'CNY' });
      }
    }));
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...'0123456789,.()万亿元美人民币 -N/A$¥整') }), (text) => {
      const capital = parseRegisteredCapital(text);
      if (capital !== undefined) expect(capital.amount).toMatch(/^(0|[1-9]\d*)(\.\d*[1-9])?$/);
    }));
  });
});
