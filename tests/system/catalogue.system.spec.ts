import { execFile } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fitted } from '@finharbor/product-catalog/cdr/cdr-cleaning';
import { cdrProducts as cdrShapes } from '@finharbor/product-catalog/cdr/cdr-shape';
import { startTestFleet, type TestFleet } from '@finharbor/testing/fleet';
import { root } from '../../tools/lib/workspace.mjs';
import { collectionProblems } from './support/cdr-collection.js';
import { templates } from '../../tools/product-pages/templates.mjs';

const cdrProducts3 = cdrShapes[3];

interface Ended { code: number; stdout: string; stderr: string }
interface Facade { data: { products: { productId: string; brand: string }[] }; meta: { totalRecords: number } }

/** Made as real files are: one id shared by two brands. */
const cdrProducts = ['North', 'South'].flatMap((brand) => ['S1', ...[2, 3, 4, 5, 6, 7].map((number) => `${brand}$${number}`)].map((productId) => ({
  productId, brand, name: `Business loan ${productId}`, description: 'A loan', productCategory: 'BUSINESS_LOANS', isTailored: false, lastUpdated: '2024-07-10T14:58:24+10:00',
  eligibility: [{ eligibilityType: 'MIN_AGE', additionalValue: '18' }], lendingRates: [{ lendingRateType: 'FIXED', rate: '0.0899', calculationFrequency: 'TS0' }],
})));

/** Pages of our own under the names that the templates know. */
const pages = templates().map(({ page, telephone }) => ({
  file: `pages/${page}`, title: `示例产品 ${page}`, bank: '示例农商银行',
  text: Array.from({ length: telephone + 1 }, (_, line) => (line === telephone ? '0371-00000000' : `第${line}行`)).join('\n'),
}));

/** What is imported into a running suite by commands, and read by the world through the gateway. */
describe('the catalogue of a running suite', () => {
  let fleet: TestFleet;
  const run = (tool: string, ...args: string[]): Promise<Ended> => new Promise((resolve) => {
    const env = { PATH: process.env.PATH, FINHARBOR_DATA_DIR: fleet.dir };
    execFile(process.execPath, [join(root, `tools/${tool}.mjs`), '--base', fleet.url, ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }));
  });
  const file = (name: string, content: unknown): string => {
    const path = join(fleet.dir, name);
    writeFileSync(path, JSON.stringify(content));
    return path;
  };
  const facade = async (path: string): Promise<Facade> =>
    (await fetch(`${fleet.url}/cds-au/v1/${path}`, { headers: { 'x-v': '3' } })).json() as never;

  beforeAll(async () => {
    fleet = await startTestFleet();
    await fleet.settle();
  }, 120_000);
  afterAll(() => fleet?.stop(), 60_000);

  it('takes in a CDR file: brands become banks, products are on offer under our ids; a second time nothing changes', async () => {
    const before = (await facade('banking/products')).meta.totalRecords;
    const first = await run('import-cdr', file('cdr.json', cdrProducts));
    expect(first).toMatchObject({ code: 0, stdout: '2 brands, 14 created, 0 updated, 0 unchanged, 0 rejected\n' });
    expect(first.stderr).toContain('North S1: left out, not as the standard writes it: lendingRates.0.calculationFrequency');
    expect((await run('import-cdr', file('cdr.json', cdrProducts))).stdout).toBe('2 brands, 0 created, 0 updated, 14 unchanged, 0 rejected\n');
    const { data, meta } = await facade('banking/products?page-size=1000');
    expect(meta.totalRecords).toBe(before + 14);
    const imported = data.products.filter(({ brand }) => brand === 'North' || brand === 'South');
    expect(new Set(imported.map(({ productId }) => productId)).size).toBe(14);
    const banks = await fleet.database.query(`select count(*)::int as count from partners.organisation_names where name like '% (CDR)'`);
    expect(banks).toEqual([{ count: 2 }]);
    expect((await fetch(`${fleet.url}/cds-au/v1/banking/products`)).status).toBe(400);
  }, 60_000);

  it('passes the published test collection of the standard, through the front door', async () => {
    const isProduct = (value: unknown): boolean => {
      const fitting = fitted(value as Record<string, unknown>, cdrProducts3);
      const sorted = (of: object): string => JSON.stringify(Object.entries(of).sort());
      return sorted(fitting) === sorted(value as object) && cdrProducts3.required.every((name) => name in fitting);
    };
    expect(await collectionProblems(fleet.url, isProduct)).toEqual({ asked: 11, problems: [] });
    // It can fail: against what is no data holder.
    expect((await collectionProblems(`${fleet.url}/v1`, isProduct)).problems.length).toBeGreaterThan(10);
  }, 60_000);

  it('takes in pages from filled templates, and holds the applicants worked out by hand against the machine', async () => {
    const { code, stdout, stderr } = await run('import-pages', file('pages.json', pages));
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/13 created, 0 updated, 0 unchanged, 0 rejected; \d+ applicants as worked out by hand, 0 otherwise\n$/);
    expect(stdout).toContain('示例产品 weituodaikuan.php: 0 of 1 rules execute; not: 第6行');
  }, 60_000);

  // Real data that is not part of the project, where it lies beside it.
  const real = (name: string): string => join(root, '../shared/data/products', name);
  if (existsSync(real('cdr-business-products.json'))) {
    it('takes in the real files whole', async () => {
      expect(await run('import-cdr', real('cdr-business-products.json'))).toMatchObject({ code: 0, stdout: '45 brands, 318 created, 0 updated, 0 unchanged, 0 rejected\n' });
      expect((await run('import-pages', real('zh-bank-product-pages.json'))).stdout).toMatch(/0 created, 13 updated, 0 unchanged, 0 rejected; \d+ applicants as worked out by hand, 0 otherwise\n$/);
    }, 180_000);
  }
});
