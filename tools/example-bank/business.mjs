// @ts-check
import { FinHarborClient } from '@finharbor/client/client';

/**
 * Plays a business for a bank that none has chosen yet, in a sandbox on this machine: scans one of the bank's loan codes, applies, and
 * chooses one of its products. Needs no credentials, as no business does.
 * @param {string} url @param {FinHarborClient} bank
 */
export async function playBusiness(url, bank) {
  const { items: [known] } = await bank.call('GET /v1/demands', { query: { limit: 1 } });
  const { items: [loanCode] } = await bank.call('GET /v1/loan-codes', { query: { limit: 1 } });
  if (known || !loanCode) return undefined;
  const anybody = new FinHarborClient({ baseUrl: url });
  const { demand, matches, accessSecret } = await anybody.call('POST /v1/scans/{code}/demands', {
    path: { code: loanCode.code },
    body: {
      enterpriseName: '万州示例面粉厂', creditCode: '91500101MA5U00011L', kind: 'FIRST_LOAN', amount: '300000.00', termMonths: 12, purpose: '采购原材料',
      guaranteeTypes: ['CREDIT'], contactName: '示例联系人', contactPhone: '13900000000', consent: true,
    },
  });
  /** @type {Set<string>} */
  const ours = new Set();
  for await (const { id } of bank.each('GET /v1/products', { query: { state: 'PUBLISHED' } })) ours.add(id);
  const match = matches.find(({ productId, verdict }) => ours.has(productId) && verdict !== 'FAIL');
  if (!match) return 'business: one that we play applied, and none of our products fits it';
  await anybody.call('POST /v1/demands/{id}/choice', { path: { id: demand.id }, body: { productId: match.productId }, accessSecret });
  return `business: one that we play scanned our loan code and chose ${match.productName}`;
}
