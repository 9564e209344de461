import { cleanedProduct } from './cdr-cleaning.js';
import { type CdrError, type CdrRefusal, negotiated, pageOf } from './cdr-requests.js';

const product = { productId: 'L1', lastUpdated: '2024-07-10T14:58:24+10:00', productCategory: 'BUSINESS_LOANS', name: 'Loan', description: 'A loan', brand: 'B', isTailored: false };

describe('cleaning', () => {
  it('leaves what is right as it is', () => expect(cleanedProduct(product)).toEqual({ detail: product, problems: [], dropped: [] }));

  it('takes out what says nothing and what the standard does not know', () => {
    expect(cleanedProduct({ ...product, _sourceFile: 'x', applicationUri: '', cardArt: null, features: [{ featureType: 'REDRAW', additionalInfo: '', additionalInfoUri: ' ' }] }).detail)
      .toEqual({ ...product, features: [{ featureType: 'REDRAW' }] });
  });

  it('writes amounts, periods and types as the standard does', () => {
    const fee = { name: 'Fee', feeType: 'VARIABLE ', amount: '$1,000', accrualFrequency: 'M', currency: 'AUD' };
    expect(cleanedProduct({ ...product, lastUpdated: '2023-12-19T06:20:42.842+0000' }).detail.lastUpdated).toBe('2023-12-19T06:20:42.842+00:00');
    expect(cleanedProduct({ ...product, fees: [fee] })).toEqual({
      detail: { ...product, fees: [{ name: 'Fee', feeType: 'VARIABLE', amount: '1000.00', accrualFrequency: 'P1M', currency: 'AUD' }] }, problems: [], dropped: [],
    });
  });

  it('names what it had to leave out', () => {
    const rates = [{ lendingRateType: 'FIXED', rate: 'ask us' }, { lendingRateType: 'VARIABLE', rate: '0.05', calculationFrequency: 'TS0' }];
    expect(cleanedProduct({ ...product, lendingRates: rates })).toEqual({
      detail: { ...product, lendingRates: [{ lendingRateType: 'VARIABLE', rate: '0.05' }] }, problems: [],
      dropped: ['lendingRates.0.rate', 'lendingRates.0', 'lendingRates.1.calculationFrequency'],
    });
  });

  it('refuses what lacks something, and what is none', () => {
    expect(cleanedProduct({ ...product, name: ' ', productCategory: 'TOYS' }).problems.map(({ field }) => field)).toEqual(['name', 'productCategory']);
    for (const nothing of [null, 'x', []]) expect(cleanedProduct(nothing).problems).not.toEqual([]);
  });
});

describe('versions', () => {
  const answer = (wanted?: string, least?: string): number | string => codeOf(() => negotiated({ 'x-v': wanted, 'x-min-v': least }, [3, 4]));
  it.each<[string | undefined, string | undefined, number | string]>([
    ['3', undefined, 3], ['4', undefined, 4], ['9', '1', 4], ['9', '4', 4], ['3', '9', 3], ['4', '4', 4], ['5', undefined, 'Header/UnsupportedVersion'],
    ['2', '1', 'Header/UnsupportedVersion'], [undefined, '1', 'Header/Missing'], ['abc', undefined, 'Header/InvalidVersion'], ['0', undefined, 'Header/InvalidVersion'],
    ['3', '-1', 'Header/InvalidVersion'], ['1.5', undefined, 'Header/InvalidVersion'],
  ])('x-v %s, x-min-v %s: %s', (wanted, least, expected) => expect(answer(wanted, least)).toBe(expected));
});

describe('pages', () => {
  it.each<[object, unknown]>([
    [{}, { page: 1, pageSize: 25 }], [{ 'page-size': '1000', page: '7' }, { page: 7, pageSize: 1000 }], [{ 'page-size': '1001' }, 'Field/InvalidPageSize'],
    [{ page: '0' }, 'Field/Invalid'], [{ page: ['1', '2'] }, 'Field/Invalid'],
  ])('%j', (query, expected) => expect(codeOf(() => pageOf(query as never))).toEqual(expected));
});

function codeOf<T>(work: () => T): T | string {
  try {
    return work();
  } catch (error) {
    const { code }: CdrError = (error as CdrRefusal).problem;
    return code.replace('urn:au-cds:error:cds-all:', '');
  }
}
