import { newId } from '@finharbor/contracts/ids';
import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { bearerOf, callerOf } from '@finharbor/testing/callers';
import Excel from 'exceljs';
import request, { type Test } from 'supertest';
import { AppModule } from '../src/app.module.js';
import type { ProductFinding } from '../src/imports/product-import.js';
import { columnOf, columnsOfLine, headerOf } from '../src/imports/columns.js';
import { lineWords } from '../src/imports/words.js';
import { ProductLine } from '../src/vocabulary.js';

const xlsx = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

describe('import of products from spreadsheets', () => {
  let app: TestApp;
  const [bank, otherBank, department] = [callerOf('bank'), callerOf('bank'), callerOf('department')];
  const ask = (method: 'get' | 'post', path: string, caller = bank): Test => request(app.app.getHttpServer())[method](path)
    .set({ 'authorization': bearerOf(caller, 'product-catalog'), ...(method === 'post' && { 'idempotency-key': newId() }) });
  const send = (body: string | Buffer, type: string, query = '', caller = bank): Test => ask('post', `/v1/product-imports${query}`, caller).set({ 'content-type': type }).send(body);
  const csv = async (lines: string[], query = '') => (await send(lines.join('\r\n'), 'text/csv', query).expect(201)).body;
  const download = async (path: string, caller = bank): Promise<Buffer> => (await ask('get', path, caller).buffer().parse((response, done) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => done(null, Buffer.concat(chunks)));
  }).expect(200)).body as Buffer;
  const told = (findings: ProductFinding[]): string[] => findings.map(({ row, header, field, rule, severity }) => `${row} ${header} ${field} ${rule}${severity === 'WARNING' ? ' warning' : ''}`);
  const bookOf = async (bytes: Buffer): Promise<Excel.Workbook> => new Excel.Workbook().xlsx.load(bytes as never);
  const bytesOf = async (book: Excel.Workbook): Promise<Buffer> => Buffer.from(await book.xlsx.writeBuffer());
  const own = async (externalId: string) => {
    const { body } = await app.get(bank, '/v1/products?limit=100').expect(200);
    return body.items.find((product: { externalId: string }) => product.externalId === externalId);
  };

  beforeAll(async () => {
    app = await startTestApp(AppModule, 'product-catalog');
  });
  afterAll(() => app.close());

  it('gives a template of each line: the examples of its columns, filled in, are imported', async () => {
    const book = await bookOf(await download('/v1/product-templates/LOAN'));
    const [sheet, help] = [book.getWorksheet('产品')!, book.getWorksheet('填写说明')!];
    expect((sheet.getRow(1).values as string[]).slice(1)).toEqual(columnsOfLine(ProductLine.LOAN).map(headerOf));
    interface Validated { dataValidations: { model: Record<string, { type: string; formulae: string[] }> } }
    const listed = (sheet as unknown as Validated).dataValidations.model;
    expect(listed.B2).toMatchObject({ type: 'list', formulae: ['选项!$A$1:$A$4'] });
    expect(help.getSheetValues().slice(2).map((row) => (row as string[])[1])).toEqual(columnsOfLine(ProductLine.LOAN).map(headerOf));
    for (const line of Object.values(ProductLine)) {
      const header = (await download(`/v1/product-templates/${line}?format=csv`)).toString();
      // A price is against the LPR or fixed.
      const examples = columnsOfLine(line).map((key) => (/^(points|lprTerm|pricing)/.test(key) ? '' : key === 'line' ? lineWords[line][0] : columnOf(key).example));
      const report = await csv([header.trim(), examples.map((cell) => `"${cell}"`).join(',')]);
      expect([line, report.findings, report.ignoredHeaders, report.rows, report.created + report.updated]).toEqual([line, [], [], 1, 1]);
      expect((await own('XYD-001')).line).toBe(line);
    }
    const text = (await download('/v1/product-templates/LOAN?format=csv')).toString();
    expect(text).toBe(`\ufeff${columnsOfLine(ProductLine.LOAN).map(headerOf).join(',')}\r\n`);
    await ask('get', '/v1/product-templates/TOYS').expect(400);
    await ask('get', '/v1/product-templates/LOAN', department).expect(403);
  });

  it('makes of a row the product that a system would have sent', async () => {
    const report = await csv([
      '产品编号,产品名称,服务地区,服务行业,企业规模,最低额度(元),最高额度,最长期限(年),担保方式,适用主体,纳税信用等级,年营业收入不低于,排除标签,其他条件,LPR期限,最低加点,最高加点,还款方式,其他费用,特殊群体,责任部门,是否发布,备注',
      '"row-1","港湾随借随还贷",万州区、太白街道,"A、C13",小型、微型,10000,300万,3,信用、抵押,企业、个体工商户,A级、B,1000,失信,有固定经营场所；信用良好,1年期,-20,55BP,随借随还、先息后本,评估费 500元；担保费 1%,退役军人,普惠金融部,是,不管',
    ]);
    expect(report).toMatchObject({ dryRun: false, format: 'CSV', encoding: 'UTF-8', rows: 1, created: 1, rejected: 0, published: 1, findings: [], ignoredHeaders: ['备注'] });
    const { regionCodes } = (await own('row-1')).eligibility;
    expect(await own('row-1')).toMatchObject({
      name: '港湾随借随还贷', state: 'PUBLISHED', line: 'LOAN', repaymentModes: ['BORROW_REPAY_ANYTIME', 'INTEREST_THEN_PRINCIPAL'],
      eligibility: { industryCodes: ['A', 'C13'], sizeClasses: ['SMALL', 'MICRO'], amountMin: '10000.00', amountMax: '3000000.00', termMonthsMax: 36, guaranteeTypes: ['CREDIT', 'MORTGAGE'] },
      eligibilityRules: { v: 1, rules: [
        { fact: 'applicantKind', in: ['ENTERPRISE', 'SELF_EMPLOYED'] }, { fact: 'taxGrade', in: ['A', 'B'] }, { fact: 'revenue', min: '10000000', unit: 'YUAN' },
        { not: { fact: 'tags', has: ['失信'] } }, { text: '有固定经营场所' }, { text: '信用良好' },
      ] },
      terms: { pricing: { kind: 'LPR', lprTerm: 'ONE_YEAR', basisPointsMin: -20, basisPointsMax: 55 }, fees: [{ name: '评估费', amount: '500' }, { name: '担保费', percent: '1' }], specialGroups: ['VETERAN'], department: { name: '普惠金融部' } },
    });
    expect(regionCodes).toEqual(['500101', expect.stringMatching(/^500101\d{3}$/)]);
  });

  const faulty = [
    '我行产品一览,,,,,,,', '编号,名称,最低额度,最高额度,纳税信用等级,定价方式,最低年利率,最高年利率',
    'ok-1,好产品,1,300,A,固定利率,3.45,4.35',
    'bad-1,<b>粗体</b>,300,1,Z,固定利率,4.35,3.45', ',无编号,,,,,,', 'ok-1,又一次,,,,,,', 'bad-2,缺利率,,三百万,,固定利率,3.45,', '=1+1,公式,,#REF!,,,1.39E+10,',
    'bad-3,矛盾,,,,LPR加减点,3,4', '', 'ok-2,另一个好产品,,,,,,',
  ];

  it('tells of every row what is wrong, by column and field; what is right is written', async () => {
    const report = await csv(faulty);
    expect(report).toMatchObject({ rows: 8, created: 2, rejected: 6 });
    expect(told(report.findings)).toEqual([
      '4 纳税信用等级 eligibilityRules choice', '4 名称 name plainText', '5 编号 externalId isDefined', '6 编号 externalId twice',
      '7 最高额度 eligibility.amountMax amount', '7 最高年利率 terms.pricing.rateMax required', '8 最高额度 eligibility.amountMax spreadsheetError',
      '8 最低年利率 terms.pricing.rateMin spreadsheetNumber', '9 LPR期限 terms.pricing.lprTerm required', '9 最低加点(BP) terms.pricing.basisPointsMin required',
      '9 最高加点(BP) terms.pricing.basisPointsMax required', '9 最低年利率 terms.pricing.rateMin kind', '9 最高年利率 terms.pricing.rateMax kind',
    ]);
    expect(report.findings[4]).toEqual({
      row: 7, column: 4, header: '最高额度', field: 'eligibility.amountMax', severity: 'ERROR', rule: 'amount', message: 'is no amount in yuan, such as 50万, 1.5亿元 or 300000元',
      messageZh: '金额无法识别', fixZh: '请写成“50万”“1.5亿元”或“300000元”的形式', value: '三百万',
    });
  });

  it('gives a workbook with what is wrong marked, which is imported as it is once it is corrected', async () => {
    const { id } = await csv(faulty);
    const book = await bookOf(await download(`/v1/product-imports/${id}/workbook`));
    const sheet = book.getWorksheet('产品')!;
    expect(sheet.rowCount).toBe(9);
    const cell = sheet.getCell('D6');
    expect([cell.value, cell.note]).toEqual(['三百万', expect.anything()]);
    expect((cell.fill as Excel.FillPattern).fgColor?.argb).toBe('FFFFC7CE');
    expect(sheet.getCell('I1').value).toBe('错误说明');
    expect(sheet.getCell('I6').value).toContain('最高额度：金额无法识别');
    expect(sheet.getCell('I2').value ?? '').toBe('');
    const untouched = (await send(await bytesOf(book), xlsx, '?dryRun=true').expect(201)).body;
    expect(untouched).toMatchObject({ format: 'XLSX', sheet: '产品', rows: 8, unchanged: 2, rejected: 6, ignoredHeaders: [] });
    const right: Record<string, string> = { B3: '粗体', C3: '1', D3: '300', E3: 'A', G3: '3.45', H3: '4.35', A4: 'new-1', A5: 'new-2', C6: '', D6: '300', H6: '4.35', A7: 'new-3', D7: '10', G7: '', F8: '', G8: '3', H8: '4' };
    for (const [place, value] of Object.entries(right)) sheet.getCell(place).value = value;
    expect((await send(await bytesOf(book), xlsx).expect(201)).body).toMatchObject({ created: 6, unchanged: 2, rejected: 0, findings: [] });
  });

  it('rehearses: nothing of a dry run stays, and it says what would be', async () => {
    const lines = ['产品编号,产品名称,是否发布', 'dry-1,试一试,是', 'dry-1,两次,'];
    const report = await csv(lines, '?dryRun=true');
    expect(report).toMatchObject({ dryRun: true, created: 1, rejected: 1, published: 1 });
    expect(await own('dry-1')).toBeUndefined();
    expect((await app.get(callerOf('anonymous'), `/v1/published-products?q=${encodeURIComponent('试一试')}`)).body.items).toEqual([]);
    expect(await csv(lines)).toMatchObject({ dryRun: false, created: 1, rejected: 1, published: 1 });
  });

  it('keeps banks apart, and the file no longer than a month', async () => {
    const { id } = await csv(['产品编号,产品名称', 'kept,留存']);
    expect((await app.get(bank, `/v1/product-imports/${id}`).expect(200)).body).toMatchObject({ id, rows: 1, created: 1 });
    for (const path of [id, `${id}/workbook`]) await app.get(otherBank, `/v1/product-imports/${path}`).expect(404);
    await app.database.query(`update product_catalog.due set due_at = now() where kind = 'product-import.forget' and aggregate_id = $1`, [id]);
    await app.handleDue();
    expect((await app.get(bank, `/v1/product-imports/${id}/workbook`).expect(409)).body.code).toBe('ILLEGAL_STATE');
  });

  it('refuses a file that is none, whole', async () => {
    const codeOf = async (body: string | Buffer, status: number, type = 'text/csv'): Promise<string> => (await send(body, type).expect(status)).body.code;
    expect(await codeOf('产品名称\n甲', 422)).toBe('LIST_HEADER');
    expect(await codeOf('产品编号,编号,产品名称\na,b,甲', 422)).toBe('LIST_HEADER');
    expect(await codeOf('产品编号,产品名称\na,"甲', 422)).toBe('LIST_MALFORMED');
    expect(await codeOf(Buffer.from('d0cf11e0a1b11ae1', 'hex'), 415)).toBe('UNSUPPORTED_MEDIA_TYPE');
    expect(await codeOf(`产品编号,产品名称\n${'a,甲\n'.repeat(5_001)}`, 413)).toBe('PAYLOAD_TOO_LARGE');
    expect(await codeOf('x'.repeat(5_300_000), 413, 'application/octet-stream')).toBe('PAYLOAD_TOO_LARGE');
    await app.post(bank, '/v1/product-imports', { rows: [] }).expect(415);
    await send('产品编号,产品名称\na,甲', 'text/csv', '', department).expect(403);
    await send('产品编号,产品名称\na,甲', 'text/csv', '?dryRun=perhaps').expect(400);
  });
});
