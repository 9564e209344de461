import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { schemaOf, serviceNames } from '@finharbor/contracts/services';
import { startTestFleet, type TestFleet } from '@finharbor/testing/fleet';
import { until } from '@finharbor/testing/until';
import { Client } from 'pg';
import { allForms, Canaries } from './support/canaries.js';
import { brokenOff, misplaced } from './support/canary-misplaced.js';
import { type PlaceKind, Places, plant } from './support/canary-places.js';
import { Sowing } from './support/canary-sowing.js';

/** Tables that refuse every new row for a moment: what a service then says of an error that nobody foresaw. */
const refusing = ['loan_matching.demands', 'feedback.issues', 'partners.harbor_people', 'enterprise_lists.enterprises'];

describe('personal data', () => {
  const canaries = new Canaries();
  const folder = mkdtempSync(join(tmpdir(), 'finharbor-canaries-'));
  let fleet: TestFleet;
  let sowing: Sowing;
  let places: Places;
  let demand: Awaited<ReturnType<Sowing['demand']>>;
  let issue: Awaited<ReturnType<Sowing['issue']>>;

  beforeAll(async () => {
    const nowhere = { MAIL_URL: 'smtp://127.0.0.1:1', SMS_URL: 'http://127.0.0.1:1', QUIET_HOURS: '', MESSAGE_GATHER_SECONDS: '0' };
    fleet = await startTestFleet({ env: { TMPDIR: folder, LOG_LEVEL: 'trace', RATE_LIMIT_FACTOR: '1000', ...nowhere } });
    await fleet.settle();
    places = await Places.watch(fleet, [folder]);
    sowing = new Sowing(fleet, canaries);
    await sowing.begin();
  }, 120_000);
  afterAll(async () => {
    places?.end();
    await fleet?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('is entered and read by those who may, reported and erased', async () => {
    const recipient = await sowing.recipient();
    [demand, issue] = [await sowing.demand(), await sowing.issue()];
    const [erasedDemand, erasedIssue] = [await sowing.demand(), await sowing.issue()];
    const people = [await sowing.person('bank'), await sowing.person('area', { post: 'LIAISON', workAddress: '联络处' })];
    const contacts = await sowing.lists();
    const [applicant, erasedApplicant] = [await sowing.naturalPerson(), await sowing.naturalPerson()];
    expect(await fleet.database.query(`select from loan_matching.applications where personal_facts_encrypted ~ '^d\\d[.]'`)).toHaveLength(2);
    await fleet.settle();
    const reported = (identifier: string, texts: string[]): Promise<number> => sowing.records('person-reports', identifier, serviceNames, texts);
    expect(await reported(demand.phone, [demand.name, demand.phone])).toBe(1);
    expect(await reported(applicant.phone, applicant.texts)).toBe(2);
    expect(await reported(issue.phone, issue.texts)).toBe(3);
    for (const { name, phone } of [...people, ...contacts]) expect(await reported(`+86 ${phone}`, [name, phone])).toBe(1);
    const { mail, phone } = recipient;
    for (const identifier of [mail.toUpperCase(), phone]) expect(await reported(identifier, Object.values(recipient))).toBe(1);
    expect(await reported(canaries.mail(), [])).toBe(0);
    await until('messages were tried on both ways', async () => (await fleet.database.query(
      'select channel from partners.messages where attempts > 0 and reason is not null group by channel')).length === 2);
    const erased = [[erasedDemand, 1], [erasedIssue, 3], [erasedApplicant, 2], [contacts[0], 1], [people[0], 1]] as const;
    for (const [{ phone }, records] of erased) {
      expect(await sowing.records('person-erasures', phone, serviceNames)).toBe(records);
      expect(await reported(phone, [])).toBe(0);
    }
  }, 60_000);

  it('is refused where it does not belong', async () => {
    const taken: string[] = [];
    for (const [as, path, sending] of misplaced(sowing, demand.id, issue.id)) {
      const { request, status, text } = await sowing.ask(as, path, sending);
      if (status < 400 && !/"errors":\[|"data":\{"\w+":null\}/.test(text)) taken.push(`${request}: ${status} ${text}`);
    }
    expect(taken).toEqual([]);
    await brokenOff(sowing);
  }, 60_000);

  it('is refused when the database refuses it', async () => {
    for (const table of refusing) await fleet.database.query(`alter table ${table} add constraint refuses check (false) not valid`);
    const [name, phone] = [canaries.name(), canaries.phone()];
    const statuses = await Promise.all([
      sowing.ask('anonymous', sowing.scan, { body: sowing.application(name, phone) }),
      sowing.ask('anonymous', '/v1/issues', { body: sowing.complaint(name, phone, canaries.residentId()) }),
      sowing.ask('bank', '/v1/harbor-people', { body: { harborId: sowing.harborId, post: 'HEAD', name, phone, validFrom: '2024-01-01' } }),
      sowing.ask('department', '/v1/push-lists?title=%E5%90%8D%E5%8D%95&period=2026-Q4', { body: `企业名称,统一社会信用代码,联系人,联系电话\n万州某企业,91500101MA5U00011L,${name},${phone}\n`, type: 'text/csv' }),
    ]);
    expect(statuses.map(({ status }) => status)).toEqual([500, 500, 500, 500]);
    for (const table of refusing) await fleet.database.query(`alter table ${table} drop constraint refuses`);
  });

  it('is in no column that a service would not encrypt anew, or could not', async () => {
    const columns = await fleet.database.query<{ schema: string; table: string; able: boolean }>(
      `select table_schema as schema, table_name as table, has_column_privilege(table_schema || '_worker', format('%I.%I', table_schema, table_name), column_name, 'UPDATE') as able
       from information_schema.columns where table_schema = any($1) and column_name like '%\\_encrypted'
         -- staged contacts are under data keys, which are encrypted anew, and go over into the master as they are
         and table_name <> 'import_contacts'`, [serviceNames.map(schemaOf)]);
    expect(columns.filter(({ able }) => !able)).toEqual([]);
    for (const service of serviceNames) {
      const { left } = await fleet.administrator('security-').get<{ left: { table: string; rows: number }[] }>(`/v1/operations/${service}/field-keys`);
      const known = columns.filter(({ schema }) => schema === schemaOf(service)).map(({ table }) => ({ table, rows: 0 }));
      expect([service, left]).toEqual([service, expect.arrayContaining(known)]);
    }
  });

  it('is told to nobody else, and lies nowhere in the clear', async () => {
    await fleet.settle();
    expect(await fleet.auditProblems()).toEqual([]);
    expect(await fleet.deadLetters()).toEqual([]);
    const told = sowing.heard.flatMap(({ request, status, text, may }) =>
      canaries.in(text).filter(({ canary }) => !may.includes(canary)).map((one) => ({ ...one, request, status, text })));
    expect(told).toEqual([]);
    expect(await places.search(canaries)).toEqual([]);
  }, 60_000);

  it('would be found in each of these places, in every form', async () => {
    for (const canary of canaries.all) {
      for (const [form, bytes] of allForms(canary)) {
        const seen = canaries.in(Buffer.concat([Buffer.from([0x00, 0xff, 0x31]), bytes, Buffer.from([0xc3, 0x00])]));
        // Of an address that is escaped the beginning is found.
        expect([form, seen.map((one) => one.canary)]).toEqual([form, expect.arrayContaining([canary.includes('@') && form === 'URL escapes' ? 'a piece of a mail' : canary])]);
      }
    }
    const texts = canaries.all.join('\n');
    appendFileSync(join(fleet.logDir, 'gateway.log'), texts);
    writeFileSync(join(folder, 'upload'), texts);
    const metrics = createServer((_request, response) => response.end(texts));
    await new Promise<void>((resolve) => { metrics.listen(0, '127.0.0.1', resolve); });
    places.metricsUrls.push(`http://127.0.0.1:${(metrics.address() as AddressInfo).port}`);
    await plant(fleet, canaries.all, canaries.all.flatMap((canary) => allForms(canary).slice(1, 4).map(([, bytes]) => bytes)));
    const asking = new Client({ connectionString: fleet.database.adminUrl });
    await asking.connect();
    await asking.query(`select '${canaries.all[0]}'`);
    const found = await places.search(canaries);
    await asking.end();
    metrics.close();

    const kinds: Exclude<PlaceKind, 'statements'>[] = ['files', 'server logs', 'Redis', 'Redis commands', 'tables', 'metrics', 'database files', 'write-ahead log'];
    const isSeen = (kind: PlaceKind, canary: string): boolean => found.some((one) => one.kind === kind && one.canary === canary);
    const unseen = kinds.flatMap((kind) => canaries.all.filter((canary) => !isSeen(kind, canary)).map((canary) => [kind, canary]));
    expect(unseen).toEqual([]);
    expect(found.filter(({ kind }) => kind === 'statements').map(({ canary }) => canary)).toEqual([canaries.all[0]]);
    expect(new Set(found.filter(({ kind }) => kind === 'files').map(({ name }) => name))).toEqual(new Set(['/logs/gateway.log', '/upload']));
    for (const kind of ['database files', 'write-ahead log']) {
      expect([kind, new Set(found.filter((one) => one.kind === kind).map(({ form }) => form))]).toEqual([kind, new Set(['UTF-8', 'GB18030', 'UTF-16LE', 'UTF-16BE'])]);
    }
    expect(new Set(found.filter(({ kind }) => kind === 'database files').map(({ name }) => name))).toEqual(new Set(['partners.canaries']));
  }, 60_000);
});
