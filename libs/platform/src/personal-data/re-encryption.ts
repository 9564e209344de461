import { dataKeyIdOf, sealedPrefix } from '@finharbor/security/encryption/data-key';
import { FieldCipher } from '@finharbor/security/encryption/field-cipher';
import { audit } from '@finharbor/security/audit/audit';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Logger } from 'pino';
import { Grace } from '../boot/grace.js';
import { Recurring } from '../boot/recurring.js';
import { SERVICE, type ServiceIdentity } from '../boot/service-identity.js';
import { describeError } from '../logs/describe-error.js';
import { LOGGER } from '../logs/token.js';
import { Tenancy } from '../tenancy/tenancy.js';
import type { Tx } from '../tenancy/tx.js';
import type { EncryptedTable } from './encrypted-table.js';
import { PersonalData, placeOf } from './personal-data.js';

/** The keys change by a restart alone; what a replica with the old ones still wrote is found the next time. */
const everyMs = 60_000;
/** After a round that found something: rows that were in use then, and what replicas with the old keys wrote meanwhile. */
const soonMs = 1_000;
const batch = 500;
/** That a statement looks at every row of its table on purpose, seldom and in the background. */
const everyRow = '/* every row */';

/** A row with ciphertexts by column. */
type Row = { id: string; organisationId: string; under: string | null } & Record<string, string | null>;

/**
 * Encrypts anew, while everybody works, what an earlier field key or the other suite encrypted (ADR 20). What is left to do is
 * read off the ciphertexts themselves, so it goes on where it was stopped, and any number of replicas may do it.
 */
@Injectable()
export class ReEncryption implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly recurring: Recurring;

  constructor(
    @Inject(SERVICE) private readonly service: ServiceIdentity,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly tenancy: Tenancy,
    private readonly cipher: FieldCipher,
    private readonly personalData: PersonalData,
    private readonly grace: Grace,
  ) {
    this.recurring = new Recurring('re-encryption', logger, everyMs, async () => (await this.run() > 0 ? soonMs : everyMs));
  }

  onApplicationBootstrap(): void {
    this.recurring.start(1_000);
  }

  onModuleDestroy(): Promise<void> {
    return this.recurring.stop(this.grace);
  }

  /** Encrypts anew whatever is left, and gives how many rows that were. */
  async run(): Promise<number> {
    let done = await this.pass('data_keys', 'uuid', (tx, after) => this.wrapAnew(tx, after));
    for (const table of this.service.encrypted) done += await this.pass(table.table, table.key ? 'text' : 'uuid', (tx, after) => this.sealAnew(tx, table, after));
    return done;
  }

  /** How many rows are left, by table. Stored answers are not encrypted anew: they are forgotten after seven days. */
  left(): Promise<Map<string, number>> {
    const { schema, encrypted } = this.service;
    const counts = [
      ['data_keys', `not starts_with(wrapped, $1)`],
      ...encrypted.map((table) => [table.table, this.isOld(table)]),
      ['idempotency_keys',
        `starts_with(body, 'v') and not starts_with(body, $1) or fingerprint like 'v_.%' and not starts_with(fingerprint, $1)`],
    ].map(([table, where]) => `select ${everyRow} '${table}' as table, count(*)::int as rows from ${schema}.${table} where ${where}`);
    return this.tenancy.worker(async (tx) => {
      const rows = await tx.query<{ table: string; rows: number }>(counts.join(' union all '), [this.cipher.prefix]);
      return new Map(rows.map((row) => [row.table, row.rows]));
    });
  }

  private async pass(table: string, type: 'uuid' | 'text', work: (tx: Tx, after: string) => Promise<{ rows: number; done: number; last: string }>): Promise<number> {
    let done = 0;
    for (let after = type === 'uuid' ? '00000000-0000-0000-0000-000000000000' : ''; !this.recurring.isStopped;) {
      const found = await this.tenancy.worker((tx) => work(tx, after));
      done += found.done;
      if (found.rows < batch) break;
      after = found.last;
    }
    if (done > 0) this.logger.info({ table, rows: done }, 'encrypted anew');
    return done;
  }

  private async wrapAnew(tx: Tx, after: string): Promise<{ rows: number; done: number; last: string }> {
    const rows = await tx.query<{ id: string; wrapped: string }>(
      `select ${everyRow} id, wrapped from ${tx.schema}.data_keys where id > $1 and not starts_with(wrapped, $2) order by id limit ${batch} for update skip locked`,
      [after, this.cipher.prefix]);
    const wrapped = rows.flatMap((row) => this.readable('data_keys', row.id, () => {
      const { key, identifiers } = this.cipher.unwrap(row);
      const people = JSON.stringify(identifiers.map((one) => this.personalData.indexOf(tx, one)));
      return { ...this.cipher.wrap(key, identifiers), people };
    }));
    await tx.query(
      `update ${tx.schema}.data_keys d set wrapped = t.wrapped, people = array(select jsonb_array_elements_text(t.people))
       from unnest($1::uuid[], $2::text[], $3::jsonb[]) as t (id, wrapped, people) where d.id = t.id`,
      [wrapped.map((one) => one.id), wrapped.map((one) => one.wrapped), wrapped.map((one) => one.people)]);
    await this.told(tx, 'data_keys', wrapped.length);
    return { rows: rows.length, done: wrapped.length, last: rows.at(-1)?.id ?? '' };
  }

  private async sealAnew(tx: Tx, table: EncryptedTable, after: string): Promise<{ rows: number; done: number; last: string }> {
    const { key = 'id', organisation = 'org_id', under = 'null', columns } = table;
    const rows = await tx.query<Row>(
      `select ${everyRow} ${key} as id, (${organisation})::text as "organisationId", (${under})::text as under, ${columns.map((name) => `${name}_encrypted as ${name}`).join(', ')}
       from ${tx.schema}.${table.table} where ${key} > $2 and (${this.isOld(table)}) order by ${key} limit ${batch} for update skip locked`,
      [this.cipher.prefix, after]);
    const sealed = await this.sealed(tx, table, rows);
    await tx.query(
      `update ${tx.schema}.${table.table} d set ${columns.map((name) => `${name}_encrypted = coalesce(t.${name}, d.${name}_encrypted)`).join(', ')}
       from unnest($1::${key === 'id' ? 'uuid' : 'text'}[], ${columns.map((_, index) => `$${index + 2}::text[]`).join(', ')}) as t (id, ${columns.join(', ')})
       where d.${key} = t.id`,
      [sealed.map(({ id }) => id), ...columns.map((name) => sealed.map((row) => row[name]))]);
    await this.told(tx, table.table, sealed.length);
    return { rows: rows.length, done: sealed.length, last: rows.at(-1)?.id ?? '' };
  }

  private async sealed(tx: Tx, { table, columns, holds, identifiers = [] }: EncryptedTable, rows: Row[]): Promise<Row[]> {
    const of = (row: Row): Record<string, string | null> => Object.fromEntries(columns.map((name) => [name, row[name]]));
    if (holds === 'SECRET') {
      return rows.flatMap((row) => this.readable(table, row.id, () => ({ ...row, ...mapped(of(row), (name, text) => {
        const place = placeOf(tx, table, name, row);
        return this.cipher.encrypt(this.cipher.decrypt(text, place), place);
      }) })));
    }
    const keys = await this.personalData.keys(tx, rows.flatMap((row) => [row.under, ...Object.values(of(row))]));
    const read = rows.flatMap((row) => this.readable(table, row.id, () => ({ row, texts: mapped(of(row), (name, text) => {
      const [id, place] = [dataKeyIdOf(text), placeOf(tx, table, name, row)];
      return id ? keys.get(id)?.open(text, place) ?? null : this.cipher.decrypt(text, place);
    }) })));
    const sealed = await this.personalData.seal(tx, table, read.map(({ row, texts }) => ({
      id: row.id, organisationId: row.organisationId, texts, identifiers: identifiers.map((name) => texts[name]),
      under: [...Object.values(of(row)), row.under].find((text) => text && keys.has(dataKeyIdOf(text) ?? '')),
    })));
    return sealed.map((columnsOf, index) => ({ ...read[index].row, ...columnsOf }));
  }

  /** One row that cannot be read stays as it is, and holds up no other. */
  private readable<T>(table: string, id: string, work: () => T): T[] {
    try {
      return [work()];
    } catch (error) {
      this.logger.error({ table, row: id, reason: describeError(error).message }, 'cannot be encrypted anew');
      return [];
    }
  }

  private isOld({ holds, columns }: EncryptedTable): string {
    const wanted = sealedPrefix(this.cipher.suite);
    return columns.map((name) => `${name}_encrypted`).map((column) => (holds === 'SECRET' ? `not starts_with(${column}, $1)`
      // With another key, in place; or with the other suite, unless it was erased. $1 is there for secrets.
      : `starts_with(${column}, 'v') and $1::text is not null or not starts_with(${column}, '${wanted}') and starts_with(${column}, 'd')
         and exists (select from ${this.service.schema}.data_keys k where k.id = substr(${column}, 4, 36)::uuid)`)).join(' or ');
  }

  private async told(tx: Tx, table: string, rows: number): Promise<void> {
    if (rows > 0) await audit(tx, { action: 'field-key.re-encrypt', resource: 'table', resourceId: null, detail: { table, rows, key: this.cipher.currentKey } });
  }
}

function mapped(row: Record<string, string | null>, work: (name: string, text: string) => string | null): Record<string, string | null> {
  return Object.fromEntries(Object.entries(row).map(([name, text]) => [name, text === null ? null : work(name, text)]));
}
