import { randomBytes } from 'node:crypto';
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newId } from '@finharbor/contracts/ids';
import { AuditKeys, digestOf, sealColumns, type SealRow, toSeal } from '@finharbor/security/audit/seal';
import type { TestApp } from '@finharbor/testing/app';
import { auditDirOf } from '@finharbor/testing/audit';
import type { TestDatabase } from '@finharbor/testing/database';
import { asSuperuser, found, seal, sealed, startAudited, verification, write } from './audit-harness.js';
import { createDatabase } from './harness.js';

/** Row 26 of the fault matrix: what a superuser of the database does to the trail is found and named. */
describe('an audit trail that somebody tampered with', () => {
  let database: TestDatabase;
  let app: TestApp;

  /** Three seals: rows 1 to 5, 6 to 10, 11 to 15. What a test does to them is undone. */
  beforeAll(async () => {
    database = await createDatabase();
    app = await startAudited(database);
    for (let n = 0; n < 3; n += 1) await sealed(app, 5);
  });
  beforeEach(async () => {
    await database.query('begin');
    expect(await found(database)).toEqual([]);
  });
  afterEach(() => database.query('rollback'));
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  it.each([
    ['what was done', `action = 'note.read'`], ['who did it', `org_id = gen_random_uuid()`], ['when', `at = at + interval '1 microsecond'`],
    ['a detail', `detail = detail || '{"n": 99}'`], ['to nothing', 'detail = null'], ['the text null', `client_id = 'null'`],
  ])('a changed row is named: %s', async (_what, change) => {
    await asSuperuser(database, `update feedback.audit set ${change} where id = 7`);
    expect(await found(database)).toEqual(['row-changed 2 7']);
    expect((await verification(database)).findings[0].message).toBe('feedback: row 7 of seal 2 was changed after it was sealed');
  });

  it('rows that swapped what they say are both named', async () => {
    await asSuperuser(database, `update feedback.audit a set resource_id = b.resource_id, detail = b.detail, at = b.at
      from feedback.audit b where (a.id, b.id) in ((3, 12), (12, 3))`);
    expect(await found(database)).toEqual(['row-changed 1 3', 'row-changed 3 12']);
  });

  it('a deleted row is named, in the middle and at the end', async () => {
    await asSuperuser(database, 'delete from feedback.audit where id in (8, 14, 15)');
    expect(await found(database)).toEqual(['row-deleted 2 8', 'row-deleted 3 14 15']);
    expect((await verification(database)).findings[1].message).toBe('feedback: rows 14, 15 of seal 3 were deleted');
  });

  it('rows cut off the end together with their seals are named by the checkpoints', async () => {
    await asSuperuser(database, 'delete from feedback.audit where id > 8', 'delete from feedback.audit_seals where number > 1');
    expect(await found(database)).toEqual(['tail-cut 2 6 15']);
    expect((await verification(database)).findings[0].message).toBe('feedback: seal 2 and 1 more from there with rows 6 to 15 was cut off the end of the '
      + 'trail: it was written as a checkpoint and is not in the database');
  });

  it('a trail that was emptied is named, with its seals or without', async () => {
    await asSuperuser(database, 'truncate feedback.audit');
    expect(await found(database)).toEqual(['row-deleted 1 1 2 3 4 5', 'row-deleted 2 6 7 8 9 10', 'row-deleted 3 11 12 13 14 15']);
    await asSuperuser(database, 'truncate feedback.audit_seals');
    expect(await found(database)).toEqual(['tail-cut 1 1 15']);
  });

  it.each([
    ['its time', `at = at - interval '1 day'`], ['how many', 'count = 4'], ['up to where', 'low = low + 1'], ['its list', `rows = substr(rows, 1, 160)`],
    ['that it prunes', 'prunes = 1'], ['its root', `root = sha256('x')`], ['its digest', `digest = sha256('x')`], ['no list', 'rows = null'],
  ])('a changed seal is named: %s', async (_what, change) => {
    await asSuperuser(database, `update feedback.audit_seals set ${change} where number = 2`);
    expect((await found(database))[0]).toBe('seal-changed 2');
  });

  it('a seal that is gone is named', async () => {
    await asSuperuser(database, 'delete from feedback.audit_seals where number = 2');
    expect((await found(database))[0]).toBe('seal-missing 2');
  });

  it('a row changed together with its seal is betrayed by the signature, by whatever key it is made anew', async () => {
    await asSuperuser(database, `update feedback.audit set action = 'note.read' where id = 7`);
    const list = (await database.query<{ rows: Buffer }>('select rows from feedback.audit_seals where number = 2'))[0].rows;
    const [row] = await database.query<SealRow>(`select ${sealColumns} from feedback.audit_seals where number = 2`);
    // As the sealer would have done it, with the hash of the changed row, but for the key.
    const { rowHash, trailColumns } = await import('@finharbor/security/audit/seal');
    const [changed] = await database.query<Parameters<typeof rowHash>[0]>(`select ${trailColumns} from feedback.audit where id = 7`);
    rowHash(changed).copy(list, 40 + 8);
    const forgery = new AuditKeys(`${row.key_id}:${randomBytes(32).toString('base64url')}`).seal('feedback', { ...toSeal(row), digest: digestOf(list) });
    const replace = (keyId: string): Promise<unknown> => database.query(
      'update feedback.audit_seals set digest = $1, root = $2, signature = $3, key_id = $4 where number = 2', [forgery.digest, forgery.root, forgery.signature, keyId]);
    await asSuperuser(database, `alter table feedback.audit_seals disable trigger all`);
    await database.query('update feedback.audit_seals set rows = $1 where number = 2', [list]);
    await replace(row.key_id);
    expect(await found(database)).toEqual(['signature-invalid 2', 'checkpoint-differs 2 6 10', 'chain-broken 3']);
    await replace('mine');
    expect(await found(database)).toEqual(['key-unknown 2', 'checkpoint-differs 2 6 10', 'chain-broken 3']);
  });

  it('a seal of another service, or of another number, does not pass', async () => {
    await asSuperuser(database, 'delete from feedback.audit_seals where number = 3',
      `insert into feedback.audit_seals select 3, at, first_id, last_id, count, total, low, above, prunes, rows, digest, prev, root, key_id, signature
       from feedback.audit_seals where number = 2`);
    expect((await found(database)).slice(0, 2)).toEqual(['seal-changed 3', 'signature-invalid 3']);
  });

  it('a pruning that nobody signed is a deletion', async () => {
    await asSuperuser(database, 'delete from feedback.audit where id <= 10', 'update feedback.audit_seals set rows = null where number <= 2',
      `insert into feedback.audit_seals select 4, now(), null, 10, 10, total, low, above, 2, '', sha256(''), root, sha256('x'), key_id, signature
       from feedback.audit_seals where number = 3`);
    expect(await found(database)).toEqual(['seal-changed 4', 'signature-invalid 4', 'pruned-early 4']);
  });
});

describe('a trail whose steps are sealed', () => {
  let database: TestDatabase;
  let app: TestApp;
  const [first, second] = [newId(), newId()];
  const add = (id: string): string => `insert into feedback.issue_trail (id, org_id, issue_id, action, at, note_encrypted)
    values ('${id}', gen_random_uuid(), gen_random_uuid(), 'REGISTERED', now(), 'x')`;

  beforeAll(async () => {
    database = await createDatabase();
    app = await startAudited(database);
    await sealed(app, 1);
    for (const id of [first, second]) await database.query(add(id));
    await seal(app);
  });
  beforeEach(async () => {
    await database.query('begin');
    expect(await found(database)).toEqual([]);
  });
  afterEach(() => database.query('rollback'));
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  it.each([['what was done', `action = 'CLOSED'`], ['of which issue', 'issue_id = gen_random_uuid()'], ['by whom', 'actor_id = gen_random_uuid()'],
    ['when', `at = at + interval '1 microsecond'`], ['whose it was', 'org_id = gen_random_uuid()']])('a changed step is named: %s', async (_what, change) => {
    await asSuperuser(database, `update feedback.issue_trail set ${change} where id = '${second}'`);
    expect(await found(database)).toEqual(['step-changed 2 3']);
    expect((await verification(database)).findings[0].message).toBe('feedback: row 3 of seal 2 has the digest of a step that was changed since');
  });

  it('a step that is gone is named, and one that came in past its trigger', async () => {
    await asSuperuser(database, `delete from feedback.issue_trail where id = '${first}'`, add(newId()));
    expect(await found(database)).toEqual(['step-deleted 2 2', 'step-unsealed 2']);
  });

  it('a note may be encrypted anew, and the session may count time as it likes', async () => {
    await asSuperuser(database, `update feedback.issue_trail set note_encrypted = 'y'`, `set local timezone = 'Asia/Shanghai'`, `set local datestyle = 'German'`);
    expect(await found(database)).toEqual([]);
  });
});

describe('an audit trail that goes on after somebody tampered with it', () => {
  let database: TestDatabase;
  let app: TestApp;
  let file: string;

  beforeEach(async () => {
    database = await createDatabase();
    app = await startAudited(database);
    file = join(auditDirOf(database), 'feedback.jsonl');
    for (let n = 0; n < 3; n += 1) await sealed(app, 5);
  });
  afterEach(async () => {
    await app.close();
    await database.drop();
  });

  it('an end that was cut off stays found when the trail goes on', async () => {
    await asSuperuser(database, 'delete from feedback.audit where id > 10', 'delete from feedback.audit_seals where number > 2');
    await sealed(app, 5);
    expect(await found(database)).toEqual(['checkpoint-differs 3 11 15']);
    await sealed(app, 1);
    expect(await found(database)).toEqual(['checkpoint-differs 3 11 15']);
  });

  it('a row that was put in afterwards is named, under a number that was left out or used', async () => {
    await database.query(`do $$ begin
      insert into feedback.audit (role, action, resource) values ('x', 'x', 'x'); raise exception 'rolled back';
      exception when others then null; end $$`);
    await sealed(app, 2); // 17 and 18; 16 was rolled back
    await sealed(app, 1); // settles them
    await asSuperuser(database, `insert into feedback.audit (id, at, role, action, resource) overriding system value values (16, now() - interval '1 hour', 'bank', 'x', 'x')`);
    await asSuperuser(database, `insert into feedback.audit (id, role, action, resource) overriding system value values (-1, 'bank', 'x', 'x')`);
    expect(await found(database)).toEqual(['row-inserted 1 -1', 'row-inserted 5 16']);
    await asSuperuser(database, `delete from feedback.audit where id in (-1, 16, 9)`,
      `insert into feedback.audit (id, role, action, resource) overriding system value values (9, 'bank', 'x', 'x')`);
    expect(await found(database)).toEqual(['row-changed 2 9']);
  });

  it('checkpoints that are gone, forged or with a gap are named; half a line is not', async () => {
    const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
    appendFileSync(file, '{"service":"feedback","number":4,"ro');
    expect(await found(database)).toEqual([]);
    await sealed(app, 1);
    expect([await found(database), readFileSync(file, 'utf8').split('\n').filter(Boolean).length]).toEqual([[], 5]);
    writeFileSync(file, [lines[0], lines[2]].join('\n'));
    expect(await found(database)).toEqual(['checkpoint-missing 2']);
    writeFileSync(file, [...lines, lines[2].replace('"number":3', '"number":30')].join('\n'));
    expect(await found(database)).toEqual(['checkpoint-forged 30']);
    rmSync(file);
    expect(await found(database)).toEqual(['checkpoint-missing 1']);
    await seal(app);
    expect(await found(database)).toEqual([]);
  });

  it('what is not sealed yet is counted and no finding; the triggers hold back who is no superuser', async () => {
    await write(app, 2);
    expect(await verification(database)).toMatchObject({ rows: 17, unsealed: 2, findings: [], complete: true });
    for (const statement of [
      `update feedback.audit set action = 'x'`, 'delete from feedback.audit', 'truncate feedback.audit', 'delete from feedback.audit_seals', 'truncate feedback.audit_seals',
      `update feedback.audit_seals set rows = 'x'`,
    ]) await expect(database.query(statement)).rejects.toThrow('the audit trail is only ever added to');
    await database.query('set role feedback_app');
    await expect(database.query(`insert into feedback.audit (at, role, action, resource) values (now(), 'x', 'x', 'x')`)).rejects.toThrow('permission denied');
    await database.query('reset role');
  });
});
