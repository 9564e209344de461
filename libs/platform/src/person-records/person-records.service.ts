import { audit } from '@finharbor/security/audit/audit';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Inject, Injectable } from '@nestjs/common';
import { PERSONAL_DATA, SERVICE, type ServiceIdentity } from '../boot/service-identity.js';
import { Tenancy } from '../tenancy/tenancy.js';
import type { Tx } from '../tenancy/tx.js';
import { ErasedKeys } from './erased-keys.js';
import type { EncryptedTable } from '../personal-data/encrypted-table.js';
import { identifierOf } from '../personal-data/identifiers.js';
import { PersonalData } from '../personal-data/personal-data.js';
import { PersonErasure, PersonRecord, PersonReport, PersonText } from './person-report.js';
import { ReEncryption } from '../personal-data/re-encryption.js';

/** What a service holds on a person: told, and erased (PIPL art. 45 and 47). Each use is audited with its reason, and names nobody. */
@Injectable()
export class PersonRecordsService {
  constructor(
    @Inject(SERVICE) private readonly service: ServiceIdentity,
    private readonly tenancy: Tenancy,
    private readonly personalData: PersonalData,
    private readonly reEncryption: ReEncryption,
    private readonly erasedKeys: ErasedKeys,
  ) {}

  /** All that the service holds on the person whom the phone number or mail address leads to, in the clear. */
  async report(caller: Caller, identifier: string, reason: string): Promise<PersonReport> {
    const complete = await this.isComplete();
    return this.tenancy.asWorker(PERSONAL_DATA, caller, async (tx) => {
      const keys = await this.keysOf(tx, identifier);
      const records = await this.recordsOf(tx, keys, true);
      tx.disclosed = keys[0];
      await audit(tx, { action: 'person.report', resource: 'person', resourceId: null, detail: { reason, records: records.length } });
      return Object.assign(new PersonReport(), { service: this.service.name, complete, records });
    });
  }

  /** Destroys the keys of all that is held on the person. The records stay, without what told who it was. */
  async erase(caller: Caller, identifier: string, reason: string): Promise<PersonErasure> {
    const complete = await this.isComplete();
    return this.tenancy.asWorker(PERSONAL_DATA, caller, async (tx) => {
      const keys = await this.keysOf(tx, identifier);
      const records = await this.recordsOf(tx, keys, false);
      await tx.query(`delete from ${tx.schema}.data_keys where id = any($1::uuid[])`, [keys]);
      tx.onCommit(() => this.erasedKeys.add(keys));
      await audit(tx, { action: 'person.erase', resource: 'person', resourceId: null, detail: { reason, keys, records: records.length } });
      return Object.assign(new PersonErasure(), { service: this.service.name, complete, records });
    });
  }

  /** What an earlier version encrypted has no key of its own until it is encrypted anew, and is not found before. */
  private async isComplete(): Promise<boolean> {
    const left = await this.reEncryption.left();
    return this.service.encrypted.every(({ holds, table }) => holds === 'SECRET' || left.get(table) === 0);
  }

  private async keysOf(tx: Tx, identifier: string): Promise<string[]> {
    const rows = await tx.query<{ id: string }>(
      `select id from ${tx.schema}.data_keys where people && $1::text[] order by id for update`, [this.personalData.indexesOf(tx, identifierOf(identifier))]);
    return rows.map(({ id }) => id);
  }

  private async recordsOf(tx: Tx, keys: string[], withTexts: boolean): Promise<PersonRecord[]> {
    const records: PersonRecord[] = [];
    if (keys.length === 0) return records;
    for (const table of this.service.encrypted.filter(({ holds }) => holds === 'PERSON')) {
      const rows = await tx.patiently(60_000, () => this.rowsOf(tx, table, keys));
      const texts = withTexts ? await this.personalData.open(tx, table.table, rows) : [];
      rows.forEach((row, index) => records.push(Object.assign(new PersonRecord(), {
        table: table.table, id: row.id, organisationId: row.organisationId,
        texts: Object.entries(texts[index] ?? {}).flatMap(([column, text]) =>
          (text === null ? [] : [Object.assign(new PersonText(), { column, text })])),
      })));
    }
    return records;
  }

  private rowsOf(tx: Tx, { table, columns, key = 'id', organisation = 'org_id' }: EncryptedTable, keys: string[]): Promise<{ id: string; organisationId: string; sealed: Record<string, string | null> }[]> {
    return tx.query(
      `select /* every row */ ${key} as id, (${organisation})::text as "organisationId", json_build_object(${columns.map((name) => `'${name}', ${name}_encrypted`).join(', ')}) as sealed
       from ${tx.schema}.${table} where ${columns.map((name) => `substr(${name}_encrypted, 4, 36) = any($1::text[])`).join(' or ')} order by ${key}`, [keys]);
  }
}
