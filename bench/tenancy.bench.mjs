// @ts-check
/**
 * What the tenant context costs: the first page of one of 100 organisations through Tenancy.run (row level security finds the
 * organisation) against the same rows asked for with plain pg, and against an explicit WHERE in the same transaction on a table
 * without row level security. One caller at a time, the three by turns, so that the machine is as noisy for each.
 */
import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { newId } from '@finharbor/contracts/ids';
import { Grace } from '@finharbor/platform/boot/grace';
import { identityOf, SERVICE } from '@finharbor/platform/boot/service-identity';
import { connect } from '@finharbor/platform/database/data-source';
import { IdempotencyKeys } from '@finharbor/platform/idempotency/idempotency-keys';
import { PersonalData } from '@finharbor/platform/personal-data/personal-data';
import { createLogger } from '@finharbor/platform/logs/logger';
import { LOGGER } from '@finharbor/platform/logs/token';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import { FieldCipher } from '@finharbor/security/encryption/field-cipher';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { median } from './median.mjs';
import { bringUpStores } from './stores.mjs';

const organisations = 100;
const rowsEach = 3_000;
const pageSize = 50;
/** Calls of one kind before the next kind has its turn, and turns in a round: what each takes is compared within one turn. */
const [burst, turns] = [25, 60];

const columns = 'id, org_id, code, harbor_id, label, created_at, revoked_at, scan_count';

/** @type {import('./run.mjs').Bench} */
export default async function tenancy({ rounds, log }) {
  const stores = await bringUpStores('bench-tenancy', log);
  try {
    const organisationId = newId();
    await fill(stores, organisationId);
    const pool = new pg.Pool({ connectionString: stores.appUrl('loan-matching'), max: 6 });
    pool.on('error', () => {}); // the server may stop before its connections have closed
    const app = await platform(stores);
    const service = app.get(Tenancy);
    /** @type {import('@finharbor/security/tokens/caller').Caller} */
    const caller = { role: 'bank', organisationId, clientId: 'bench' };
    const page = `select ${columns} from loan_matching.loan_codes order by id desc limit ${pageSize}`;
    const filtered = `select ${columns} from bench.loan_codes where org_id = $1 order by id desc limit ${pageSize}`;
    const ways = {
      bare: async () => (await pool.query(filtered, [organisationId])).rows,
      context: () => service.run(caller, (tx) => tx.query(page)),
      where: () => service.run(caller, (tx) => tx.query(filtered, [organisationId])),
    };
    const names = /** @type {(keyof typeof ways)[]} */ (Object.keys(ways));
    for (const name of names) {
      const rows = await ways[name]();
      if (rows.length !== pageSize || rows.some((row) => row.org_id !== organisationId)) throw new Error(`${name} did not read the page.`);
      for (let call = 0; call < 300; call++) await ways[name]();
    }
    /** @type {{ bare: number[], context: number[], rls: number[] }} */
    const found = { bare: [], context: [], rls: [] };
    for (let turn = 0; turn < turns * rounds; turn++) {
      /** @type {Record<string, number>} */
      const times = {};
      for (const name of turn % 2 ? [...names].reverse() : names) times[name] = await time(ways[name]);
      found.bare.push(times.bare);
      found.context.push(times.context / times.bare);
      found.rls.push(times.where / times.context);
      if ((turn + 1) % turns === 0) {
        log(`round ${(turn + 1) / turns}: bare ${median(found.bare).toFixed(3)} ms, context × ${median(found.context).toFixed(2)}, row level security × ${median(found.rls).toFixed(2)} (so far)`);
      }
    }
    await app.close();
    await pool.end();
    const [context, rls] = [median(found.context), median(found.rls)];
    return [
      { name: 'tenancy.context', value: context, unit: '× time of a bare query', limit: 1, peer: null, goal: 1.7, ok: context <= 1.7 },
      { name: 'tenancy.rls', value: rls, unit: '× rate of an explicit WHERE', limit: 1, peer: null, goal: 0.9, ok: rls >= 0.9 },
    ];
  } finally {
    await stores.stop();
  }
}

/** The middle time of a burst of calls, in ms. @param {() => Promise<unknown>} call */
async function time(call) {
  const times = [];
  for (let count = 0; count < burst; count++) {
    const started = performance.now();
    await call();
    times.push(performance.now() - started);
  }
  return median(times);
}

/** @param {import('./stores.mjs').Stores} stores @param {string} organisationId which has as many rows as each of the others */
async function fill(stores, organisationId) {
  await stores.query(
    `insert into loan_matching.loan_codes (id, org_id, code, harbor_id, label, created_at)
     select gen_random_uuid(), case when g % ${organisations} = 0 then $1 else md5((g % ${organisations})::text)::uuid end,
            'c' || g, gen_random_uuid(), 'Counter ' || g, now() from generate_series(1, ${organisations * rowsEach}) g`, [organisationId]);
  await stores.query(`create schema bench; create table bench.loan_codes (like loan_matching.loan_codes including all);
    insert into bench.loan_codes select * from loan_matching.loan_codes;
    grant usage on schema bench to loan_matching_app; grant select on bench.loan_codes to loan_matching_app`);
  await stores.query('vacuum analyze loan_matching.loan_codes');
  await stores.query('vacuum analyze bench.loan_codes');
}

/** What a service's transactions run on, without what works beside them. @param {import('./stores.mjs').Stores} stores */
function platform(stores) {
  const service = identityOf('loan-matching');
  const logger = createLogger('bench', 'silent');
  const config = /** @type {import('@finharbor/platform/config/config').ServiceConfig} */ ({ DATABASE_URL: stores.appUrl('loan-matching') });
  class BenchModule {}
  Module({
    providers: [
      { provide: SERVICE, useValue: service },
      { provide: LOGGER, useValue: logger },
      { provide: FieldCipher, useValue: new FieldCipher(`k1:${randomBytes(32).toString('base64url')}`) },
      { provide: DataSource, useFactory: () => connect(config, service, [], logger) },
      Grace, PersonalData, IdempotencyKeys, Tenancy,
    ],
  })(BenchModule);
  return NestFactory.createApplicationContext(BenchModule, { logger: false });
}
