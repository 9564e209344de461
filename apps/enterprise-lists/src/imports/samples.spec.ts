import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { rowsOf, sourceOf } from '../../test/list-files.js';
import { openList } from './open-list.js';
import { readHeader } from './headers.js';
import { type ImportedRow, RowChecker } from './row-rules.js';

/** Real files that nobody here wrote. They lie beside the repository where it is worked on, and are no part of it. */
const data = new URL('../../../../../shared/data/', import.meta.url);
const files = (folder: string): string[] => readdirSync(new URL(folder, data)).map((name) => `${folder}${name}`);
const bytesOf = (path: string): Buffer => readFileSync(new URL(path, data));

interface Outcome {
  rows: number;
  taken: Map<string, ImportedRow>;
  errors: string[];
}

async function check(bytes: Buffer): Promise<Outcome> {
  const outcome: Outcome = { rows: 0, taken: new Map(), errors: [] };
  let checker: RowChecker | undefined;
  for await (const batch of (await openList(sourceOf(bytes))).batches()) {
    for (const raw of batch) {
      if (!checker) {
        checker = new RowChecker(readHeader(raw.cells), { today: '2026-11-22', exceptions: new Set() });
        continue;
      }
      outcome.rows += 1;
      const { row, findings } = checker.check(raw);
      if (row) outcome.taken.set(row.creditCode, row);
      outcome.errors.push(...findings.filter(({ severity }) => severity === 'ERROR').map(({ rule }) => rule));
    }
  }
  return outcome;
}

const samples = ['enterprises/chongqing-sample-utf8.csv', 'enterprises/wanzhou-sample-gb18030.csv'];

describe('a list as departments write them', () => {
  it('is the same in any encoding, every row accounted for', async () => {
    const list = '企业名称,统一社会信用代码,注册日期,企业类型,注册资金,地区,注册地址\n'
      + '万州一号（示例）有限公司,91500101MA5U00011L,2009-04-28,N/A,"1,018(万)",万州,重庆市万州区太白街道1号\n'
      + '万州二号家庭农场,92500101MA5UW0016R,2019/3/1,个体工商户,81.5800(万美元),万州,重庆市万州区高峰镇\n'
      + '万州三号有限公司,91500101MA5U00011M,N/A,N/A,-,万州,\n';
    const [first, ...others] = await Promise.all(
      [Buffer.from(list), Buffer.from(`\ufeff${list.replaceAll('\n', '\r\n')}`), Buffer.from(`\ufeff${list}`, 'utf16le')].map(check));
    expect([first.rows, first.errors]).toEqual([3, ['checksum']]);
    expect([...first.taken.values()]).toMatchObject([
      { registeredCapital: { amount: '10180000', currency: 'CNY' }, streetCode: '500101017', kind: null },
      { registeredCapital: { amount: '815800', currency: 'USD' }, streetCode: '500101027', kind: 'FAMILY_FARM' },
    ]);
    for (const other of others) expect(other).toEqual(first);
  });
});

// Where they are not given there is nothing to run.
if (existsSync(data)) describe('real files', () => {
  it('accounts for every row of both samples, the same in both encodings', async () => {
    const [utf8, gb18030] = await Promise.all(samples.map((path) => check(bytesOf(path))));
    expect([utf8.rows, utf8.taken.size, utf8.errors]).toEqual([5000, 5000, []]);
    expect([gb18030.rows, gb18030.taken.size, gb18030.errors]).toEqual([800, 800, []]);
    for (const [code, row] of gb18030.taken) expect(row).toEqual(utf8.taken.get(code));
    const rows = [...utf8.taken.values()];
    expect(rows.filter(({ registeredCapital }) => registeredCapital).length).toBe(5000 - 493);
    expect(rows.filter(({ streetCode }) => streetCode).length).toBeGreaterThan(200);
  });

  it('reads odd CSV as others do, and refuses what they call bad', async () => {
    const outcomes = new Map<string, string>();
    for (const folder of ['nasty/csv-edge/csvs/', 'nasty/csv-edge/sineemore/csv/']) {
      for (const path of files(folder)) {
        const expected = new URL(path.replace(/csvs?\/([^/]*)\.csv$/, 'json/$1.json'), data);
        const name = path.slice(folder.length);
        try {
          const [header, ...rows] = (await rowsOf(bytesOf(path))).map(({ cells }) => cells);
          if (!existsSync(expected)) continue;
          const objects = rows.map((cells) => Object.fromEntries(cells.map((cell, index) => [header[index], cell])));
          const theirs = JSON.stringify(JSON.parse(readFileSync(expected, 'utf8'))).replaceAll('\\r\\n', '\\n');
          if (![objects, [header, ...rows]].some((ours) => JSON.stringify(ours) === theirs)) outcomes.set(name, 'differs');
        } catch (error) {
          outcomes.set(name, (error as { code: string }).code);
        }
      }
    }
    expect(Object.fromEntries(outcomes)).toEqual({
      'location_coordinates.csv': 'LIST_MALFORMED', 'bad-missing-quote.csv': 'LIST_MALFORMED', 'bad-unescaped-quote.csv': 'LIST_MALFORMED',
      'bad-quotes-with-unescaped-quote.csv': 'LIST_MALFORMED', 'all-empty.csv': 'LIST_EMPTY', 'bad-header-no-header.csv': 'LIST_EMPTY',
      // A line without anything is left out here, and is a row of one empty cell there.
      'empty-one-column.csv': 'differs',
    });
  });

  it('reads every odd workbook and list, or says what is wrong with it', async () => {
    const outcomes: Record<string, number> = {};
    for (const path of [...files('nasty/xlsx-exceljs/'), ...files('nasty/gbk-real/')].filter((name) => /\.(?:xlsx|csv)$/.test(name))) {
      const outcome = await rowsOf(bytesOf(path)).then(() => 'read', (error: { code: string }) => error.code);
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    }
    expect(outcomes).toEqual({ read: 31, LIST_EMPTY: 8, LIST_MALFORMED: 1, UNSUPPORTED_MEDIA_TYPE: 1 });
  });

  it('takes naughty strings in any column, or says what is wrong with them', () => {
    const strings = JSON.parse(bytesOf('nasty/blns.json').toString()) as string[];
    const header = readHeader(['统一社会信用代码', '企业名称', '经营范围', '注册资金', '从业人员', '标签', '街道', '行业', '联系电话']);
    expect(strings.length).toBeGreaterThan(400);
    for (const text of strings) {
      const cells = ['91500101MA5U00011L', '某公司', ...Array.from({ length: 7 }, () => text)];
      const { row, findings } = new RowChecker(header, { today: '2026-11-22', exceptions: new Set() }).check({ row: 2, cells });
      expect(row === null).toBe(findings.some(({ severity }) => severity === 'ERROR'));
    }
  });
});
