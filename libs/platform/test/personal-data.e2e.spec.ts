import { randomBytes } from 'node:crypto';
import { newId } from '@finharbor/contracts/ids';
import { identityOf } from '@finharbor/platform/boot/service-identity';
import { PlatformModule } from '@finharbor/platform/boot/platform.module';
import { PersonalData } from '@finharbor/platform/personal-data/personal-data';
import { ReEncryption } from '@finharbor/platform/personal-data/re-encryption';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import { FieldCipher } from '@finharbor/security/encryption/field-cipher';
import { startTestApp, type TestApp } from '@finharbor/testing/app';
import { callerOf } from '@finharbor/testing/callers';
import type { TestDatabase } from '@finharbor/testing/database';
import { Module } from '@nestjs/common';
import { createDatabase, eventually, idleHandlers } from './harness.js';

const service = identityOf('feedback', [], [
  { table: 'people', columns: ['name', 'phone'], holds: 'PERSON', identifiers: ['phone'] },
  { table: 'remarks', columns: ['text'], holds: 'PERSON', under: '(select phone_encrypted from feedback.people where id = person_id)' },
  { table: 'tokens', columns: ['secret'], holds: 'SECRET', key: 'kid', organisation: `''` },
]);

@Module({ imports: [PlatformModule.for({ service, entities: [] })], providers: [idleHandlers('feedback')] })
class PeopleModule {}

const secret = (): string => randomBytes(32).toString('base64url');
const [k1, k2] = [`k1:${secret()}`, `k2:${secret()}`];
const bank = newId();
const phones = ['13800138000', '+86 139-0013-9000', 'Zhang.San@Example.cn'];

describe('personal data', () => {
  let database: TestDatabase;
  const apps: TestApp[] = [];
  const start = async (keys: string, suite = 'AES'): Promise<TestApp> => {
    apps.push(await startTestApp(PeopleModule, 'feedback', { FIELD_KEYS: keys, FIELD_SUITE: suite }, database));
    return apps.at(-1)!;
  };
  beforeEach(async () => {
    database = await createDatabase();
    await database.query(`
      set role feedback_owner;
      create table feedback.people (id uuid primary key, org_id uuid not null, name_encrypted text, phone_encrypted text);
      create table feedback.remarks (id uuid primary key, org_id uuid not null, person_id uuid not null, text_encrypted text not null);
      create table feedback.tokens (kid text primary key, secret_encrypted text);
      select feedback.tenant_table('people'), feedback.tenant_table('remarks');
      comment on table feedback.tokens is 'internal: of the test';
      grant select, insert, update on feedback.tokens to feedback_worker;
      reset role;`);
  });
  afterEach(async () => {
    for (const app of apps.splice(0)) await app.close();
    await database.drop();
  });

  /** Enters people, each with a remark, as a bank's use case would. */
  const enter = (app: TestApp, rows: { name: string; phone: string }[]): Promise<string[]> => app.app.get(Tenancy).run(callerOf('bank', bank), async (tx) => {
    const personal = app.app.get(PersonalData);
    const people = rows.map((texts) => ({ id: newId(), organisationId: bank, texts, identifiers: [texts.phone] }));
    const sealed = await personal.seal(tx, 'people', people);
    const remarks = people.map(({ texts }, index) => ({ id: newId(), organisationId: bank, texts: { text: `${texts.name}来过` }, under: sealed[index].phone }));
    await tx.query('insert into feedback.people (id, org_id, name_encrypted, phone_encrypted) select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[])',
      [people.map(({ id }) => id), people.map(() => bank), sealed.map(({ name }) => name), sealed.map(({ phone }) => phone)]);
    const under = await personal.seal(tx, 'remarks', remarks);
    await tx.query('insert into feedback.remarks (id, org_id, person_id, text_encrypted) select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[])',
      [remarks.map(({ id }) => id), remarks.map(() => bank), people.map(({ id }) => id), under.map(({ text }) => text)]);
    return people.map(({ id }) => id);
  });
  const read = (app: TestApp): Promise<Record<string, string | null>[]> => app.app.get(Tenancy).worker(async (tx) => {
    const rows = await tx.query<{ id: string; org_id: string; name: string; phone: string; remark: string; remarkId: string }>(
      `select p.id, p.org_id, name_encrypted as name, phone_encrypted as phone, text_encrypted as remark, r.id as "remarkId"
       from feedback.people p join feedback.remarks r on person_id = p.id order by p.id`);
    const personal = app.app.get(PersonalData);
    const people = await personal.open(tx, 'people', rows.map(({ id, org_id, name, phone }) => ({ id, organisationId: org_id, sealed: { name, phone } })));
    const remarks = await personal.open(tx, 'remarks', rows.map(({ remarkId, org_id, remark }) => ({ id: remarkId, organisationId: org_id, sealed: { text: remark } })));
    return people.map((one, index) => ({ ...one, remark: remarks[index].text }));
  });
  const people = (count: number): { name: string; phone: string }[] =>
    Array.from({ length: count }, (_, index) => ({ name: `人${index}`, phone: `138${String(index).padStart(8, '0')}` }));
  const shown = (rows: { name: string; phone: string }[]): object[] => rows.map((row) => ({ ...row, remark: `${row.name}来过` }));
  const left = async (app: TestApp): Promise<Record<string, number>> => Object.fromEntries(await app.app.get(ReEncryption).left());
  const none = { data_keys: 0, people: 0, remarks: 0, tokens: 0, idempotency_keys: 0 };

  it('lies encrypted in the tables, with one key for a record and all that belongs to it', async () => {
    const app = await start(k1);
    await enter(app, people(3));
    expect(await read(app)).toEqual(shown(people(3)));
    const [{ keys, text }] = await database.query(`select (select count(*)::int from feedback.data_keys) as keys,
      (select string_agg(p::text, ' ') from feedback.people p) || (select string_agg(r::text, ' ') from feedback.remarks r)
      || (select string_agg(k::text, ' ') from feedback.data_keys k) as text`);
    expect(keys).toBe(3);
    expect(text).not.toMatch(/人|138000/);
  });

  it('is encrypted anew with another key by several replicas at once, and again with the other suite, and the old key may go', async () => {
    const rows = people(1_200);
    const old = await start(k1);
    await enter(old, rows);
    await old.close();
    apps.length = 0;
    for (const [before, now, suite] of [[k1, k2, 'AES'], [k2, k1, 'SM4'], [k1, k2, 'AES']]) {
      const replicas = await Promise.all([start(`${now},${before}`, suite), start(`${now},${before}`, suite)]);
      await Promise.all(replicas.map((one) => one.app.get(ReEncryption).run()));
      await eventually('nothing is left', async () => (await replicas[0].app.get(ReEncryption).run()) === 0 && Object.values(await left(replicas[0])).every((count) => count === 0));
      expect(await left(replicas[1])).toEqual(none);
      for (const one of apps.splice(0)) await one.close();
      const alone = await start(now, suite);
      expect(await read(alone)).toEqual(shown(rows));
      const [{ wrong }] = await database.query('select count(*)::int as wrong from feedback.people where not starts_with(phone_encrypted, $1)', [suite === 'AES' ? 'd1.' : 'd2.']);
      expect(wrong).toBe(0);
      const report = await alone.post(callerOf('security-administrator'), '/v1/operations/feedback/person-reports', { identifier: '13800000007', reason: '本人查询' });
      await database.query('delete from feedback.idempotency_keys'); // seven days later
      expect(report.body).toMatchObject({ complete: true, records: [{ texts: [{ text: '人7' }, { text: '13800000007' }] }, { texts: [{ text: '人7来过' }] }] });
      for (const one of apps.splice(0)) await one.close();
    }
  }, 60_000);

  it('of an earlier version, encrypted with a field key, gets data keys; secrets go from one field key to the other', async () => {
    const cipher = new FieldCipher(k1);
    const [id, remark] = [newId(), newId()];
    const at = (column: string, rowId: string): { column: string; rowId: string; organisationId: string } => ({ column: `feedback.${column}_encrypted`, rowId, organisationId: bank });
    await database.query('insert into feedback.people values ($1, $2, $3, $4)',
      [id, bank, cipher.encrypt('张三', at('people.name', id)), cipher.encrypt('13800138000', at('people.phone', id))]);
    await database.query('insert into feedback.remarks values ($1, $2, $3, $4)', [remark, bank, id, cipher.encrypt('张三来过', at('remarks.text', remark))]);
    const secretPlace = { column: 'feedback.tokens.secret_encrypted', rowId: 'key-1', organisationId: '' };
    await database.query('insert into feedback.tokens values ($1, $2)', ['key-1', cipher.encrypt('geheim', secretPlace)]);
    const app = await start(`${k2},${k1}`);
    const administrator = callerOf('security-administrator');
    await app.app.get(ReEncryption).run();
    expect(await left(app)).toEqual(none);
    expect(await read(app)).toEqual([{ name: '张三', phone: '13800138000', remark: '张三来过' }]);
    const [{ secret_encrypted: sealed }] = await database.query<{ secret_encrypted: string }>('select secret_encrypted from feedback.tokens');
    expect([sealed.slice(0, 6), new FieldCipher(k2).decrypt(sealed, secretPlace)]).toEqual(['v1.k2.', 'geheim']);
    expect((await app.post(administrator, '/v1/operations/feedback/person-erasures', { identifier: '138 0013 8000', reason: '本人要求' })).body.records).toHaveLength(2);
    expect(await read(app)).toEqual([{ name: null, phone: null, remark: null }]);
  });

  it('that cannot be read stays as it is, is counted, and holds up nothing else', async () => {
    const app = await start(k1);
    const [id] = await enter(app, people(1_001));
    await database.query(`update feedback.data_keys set wrapped = 'v1.k1.AAAA.AAAA.AAAA' where id = (select substr(phone_encrypted, 4, 36)::uuid from feedback.people where id = $1)`, [id]);
    const next = await start(`${k2},${k1}`);
    await next.app.get(ReEncryption).run();
    expect(await left(next)).toEqual({ ...none, data_keys: 1 });
  });

  it('of one person is reported and erased, wherever it is and however the number is written, and of nobody else', async () => {
    const app = await start(k1);
    const administrator = callerOf('security-administrator');
    type Report = { records: { table: string; texts: { column: string; text: string }[] }[]; complete: boolean };
    const ask = async (what: string, identifier: string, key?: string): Promise<Report> =>
      (await app.post(administrator, `/v1/operations/feedback/${what}`, { identifier, reason: '本人查询' }, key).expect(201)).body;
    await enter(app, [...phones.map((phone, index) => ({ name: `人${index}`, phone })), { name: '同一人', phone: '138-0013-8000' }, ...people(50)]);
    for (const [index, spelling] of ['+86 138 0013 8000', '13900139000', 'zhang.san@EXAMPLE.cn'].entries()) {
      const { records, complete } = await ask('person-reports', spelling);
      expect(complete).toBe(true);
      expect(records.map(({ table }) => table)).toEqual(index === 0 ? ['people', 'people', 'remarks', 'remarks'] : ['people', 'remarks']);
      expect(records[0].texts).toEqual([{ column: 'name', text: `人${index}` }, { column: 'phone', text: phones[index] }]);
    }
    expect((await ask('person-reports', '13000000000')).records).toEqual([]);
    const key = newId();
    await ask('person-reports', '13800138000', key);
    expect((await ask('person-erasures', '13800138000')).records).toHaveLength(4);
    expect(await read(app)).toEqual([
      { name: null, phone: null, remark: null }, ...shown([{ name: '人1', phone: phones[1] }, { name: '人2', phone: phones[2] }]),
      { name: null, phone: null, remark: null }, ...shown(people(50)),
    ]);
    expect((await ask('person-reports', '13800138000')).records).toEqual([]);
    // The answer that was given before is gone with the person.
    await app.post(administrator, '/v1/operations/feedback/person-reports', { identifier: '13800138000', reason: '本人查询' }, key).expect(404);
    const audits = await database.query<{ detail: object }>(`select action, detail from feedback.audit where action like 'person.%'`);
    expect(audits).toHaveLength(7);
    expect(JSON.stringify(audits)).not.toMatch(/0013|zhang/i);
  });

  it('of somebody erased does not come back with an older backup', async () => {
    const app = await start(k1);
    await enter(app, people(2));
    const backup = await database.query<{ id: string; wrapped: string; people: string[] }>('select * from feedback.data_keys');
    await app.post(callerOf('security-administrator'), '/v1/operations/feedback/person-erasures', { identifier: '13800000000', reason: '本人要求' }).expect(201);
    for (const row of backup) await database.query('insert into feedback.data_keys (id, wrapped, people) values ($1, $2, $3) on conflict do nothing', [row.id, row.wrapped, row.people]);
    expect((await read(app))[0].name).toBe('人0');
    const again = await start(k1);
    expect((await read(again)).map(({ name }) => name)).toEqual([null, '人1']);
  });

  it('is nobody’s business but the security administrator’s, and needs a reason', async () => {
    const app = await start(k1);
    for (const role of ['bank', 'supervisor', 'system-administrator', 'audit-administrator', 'anonymous'] as const) {
      for (const what of ['person-reports', 'person-erasures']) {
        const { status } = await app.post(callerOf(role), `/v1/operations/feedback/${what}`, { identifier: '13800138000', reason: '查询' });
        expect([401, 403]).toContain(status);
      }
    }
    for (const body of [{ identifier: '13800138000' }, { identifier: '13800138000', reason: '  ' }, { identifier: '1', reason: '查询' }, { reason: '查询' }, { identifier: ['x'], reason: '查询' }]) {
      await app.post(callerOf('security-administrator'), '/v1/operations/feedback/person-reports', body).expect(400);
    }
    await app.post(callerOf('security-administrator'), '/v1/operations/harbors/person-reports', { identifier: '13800138000', reason: '查询' }).expect(404);
  });
});
