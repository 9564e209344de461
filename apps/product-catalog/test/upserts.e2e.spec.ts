import { newId } from '@finharbor/contracts/ids';
import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { bearerOf, callerOf } from '@finharbor/testing/callers';
import request from 'supertest';
import { AppModule } from '../src/app.module.js';

const item = (externalId: string, more: object = {}): object => ({ externalId, name: `产品${externalId}`, eligibility: { amountMax: '100000' }, ...more });

describe('bulk upsert', () => {
  let app: TestApp;
  const [bank, otherBank, department] = [callerOf('bank'), callerOf('bank'), callerOf('department')];
  const send = async (items: unknown[], caller = bank) => (await app.post(caller, '/v1/product-upserts', { items }).expect(201)).body;
  const lines = (text: string, key = newId()) => request(app.app.getHttpServer()).post('/v1/product-upserts')
    .set({ 'authorization': bearerOf(bank, 'product-catalog'), 'idempotency-key': key, 'content-type': 'application/x-ndjson' }).send(text);
  const errorsOf = ({ items }: { items: { errors: { field: string; rule: string }[] }[] }): string[][] => items.map(({ errors }) => errors.map(({ field, rule }) => `${field} ${rule}`));

  beforeAll(async () => {
    app = await startTestApp(AppModule, 'product-catalog');
  });
  afterAll(() => app.close());

  it('makes, changes and leaves alone, and tells it of each item', async () => {
    const first = await send([item('a'), item('b', { publish: true })]);
    expect(first).toMatchObject({ created: 2, updated: 0, unchanged: 0, rejected: 0, items: [{ index: 0, externalId: 'a', outcome: 'CREATED', etag: '"1"', published: false }, { published: true }] });
    const again = await send([item('a'), item('b', { publish: true }), item('a2')]);
    expect(again).toMatchObject({ created: 1, unchanged: 2, items: [{ outcome: 'UNCHANGED', id: first.items[0].id }, { published: false }, {}] });
    const changed = await send([item('a', { name: '改名' }), item('b', { description: '新', publish: true })]);
    expect(changed).toMatchObject({ updated: 2, items: [{ outcome: 'UPDATED', etag: '"2"' }, { published: true }] });
    expect((await app.get(bank, `/v1/products/${first.items[1].id}`)).body).toMatchObject({ state: 'PUBLISHED', version: 2, revision: 2, publishedRevision: 2 });
  });

  it('judges each item for itself, by the path of its field', async () => {
    const report = await send([
      item('c1'), item('c2', { name: '<script>' }), item('c1'), item('c3', { eligibility: { amountMin: '2', amountMax: '1' } }), 'nonsense', item('bad key!'),
      item('c4', { eligibilityRules: { v: 1, rules: [{ fact: 'luck', in: ['x'] }] } }), item('c5', { colour: 'red' }), { name: '没有编号', eligibility: {} },
    ]);
    expect([report.created, report.rejected]).toEqual([1, 8]);
    expect(errorsOf(report)).toEqual([
      [], ['name plainText'], ['externalId twice'], ['eligibility.amountMax range'], [' item'], ['externalId matches'],
      ['eligibilityRules.rules.0.fact fact'], ['colour whitelistValidation'], ['externalId isDefined'],
    ]);
  });

  it('names the field of everything that is wrong with an item', async () => {
    const fixed = { kind: 'FIXED', rateMin: '1', rateMax: '2' };
    const [a, m] = [{ fact: 'taxGrade', in: ['A'] }, { fact: 'taxGrade', in: ['M'] }];
    const report = await send([
      item('w1', { eligibilityRules: { v: 1, rules: Array.from({ length: 10_000 }, () => ({ text: 'x' })) } }),
      item('w2', { terms: { tiers: [{ amountFrom: '0', pricing: fixed }, { amountFrom: '1', pricing: fixed }] } }),
      item('w3', { eligibilityRules: { v: 1, rules: [{ fact: 'revenue', min: '5', unit: 'PERSON' }] } }),
      item('w4', { eligibilityRules: { v: 1, rules: [{ any: [a, a] }, { any: [m, m] }] } }),
      item('w5', { eligibilityRules: { v: 1, rules: [{ fact: 'amount', min: '300', unit: 'TEN_THOUSAND_YUAN' }] } }),
      item('w6', { eligibilityRules: { v: 1, rules: [{ fact: 'applicantAge', min: '151', unit: 'YEAR' }] } }),
    ]);
    expect(errorsOf(report).map((errors) => errors[0])).toEqual([
      'eligibilityRules.rules limit', 'terms.tiers.1.amountFrom overlap', 'eligibilityRules.rules.0.unit unit', 'eligibilityRules.rules.1.any contradiction',
      'eligibilityRules.rules.0 contradiction', 'eligibilityRules.rules.0.min impossible',
    ]);
    expect(report).toMatchObject({ created: 0, rejected: 6 });
  });

  it('refuses an item whose product is another now', async () => {
    await send([item('d')]);
    const report = await send([item('d', { name: '新名', ifMatch: '"7"' }), item('new', { ifMatch: '"1"' })]);
    expect(errorsOf(report)).toEqual([['ifMatch PRECONDITION_FAILED'], ['ifMatch PRECONDITION_FAILED']]);
    expect(await send([item('d', { name: '新名', ifMatch: '"1"' })])).toMatchObject({ updated: 1 });
  });

  it('keeps banks apart, and a retired product as it is', async () => {
    const own = await send([item('e')]);
    const theirs = await send([item('e')], otherBank);
    expect(theirs).toMatchObject({ created: 1 });
    expect(theirs.items[0].id).not.toBe(own.items[0].id);
    await app.post(bank, `/v1/products/${own.items[0].id}/retirement`).expect(201);
    expect(errorsOf(await send([item('e', { name: '再来' })]))).toEqual([['externalId ILLEGAL_STATE']]);
    await app.post(department, '/v1/product-upserts', { items: [] }).expect(403);
  });

  it('takes NDJSON, and a line that is none is an item that is none', async () => {
    const text = `${JSON.stringify(item('f1'))}\n\n{"externalId":\n${JSON.stringify(item('f2'))}\r\n`;
    const [key, first] = [newId(), await lines(text).expect(201)];
    expect(errorsOf((await lines(JSON.stringify(item('f0', { description: 'a\u0000b' }))).expect(201)).body)).toEqual([[' text']]);
    expect(first.body).toMatchObject({ created: 2, rejected: 1, items: [{ outcome: 'CREATED' }, { index: 1, outcome: 'REJECTED' }, { externalId: 'f2' }] });
    const once = await lines(text, key).expect(201);
    const again = await lines(text, key).expect(201);
    expect([again.text, again.headers['idempotent-replayed']]).toEqual([once.text, 'true']);
    expect((await lines(JSON.stringify(item('f3')), key).expect(422)).body.code).toBe('IDEMPOTENCY_KEY_REUSED');
    await lines(`${' '.repeat(1_000_000)}\n`.repeat(18)).expect(413);
  });

  it('refuses what is no list, and one that is too long', async () => {
    for (const body of [{}, { items: 'x' }]) expect((await app.post(bank, '/v1/product-upserts', body).expect(400)).body.errors[0].field).toBe('items');
    expect((await app.post(bank, '/v1/product-upserts', { items: [], bankId: 'x' }).expect(400)).body.errors[0].field).toBe('bankId');
    await app.post(bank, '/v1/product-upserts', { items: Array.from({ length: 20_001 }, () => 1) }).expect(413);
  });
});
