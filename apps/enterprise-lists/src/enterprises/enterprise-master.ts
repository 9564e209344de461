import { enterpriseIdOf } from '@finharbor/contracts/ids';
import { SizeClass } from '@finharbor/contracts/vocabulary';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import { entityKindOfCode } from '@finharbor/standards/credit-code';
import { sizeClass, sizeGroupOfIndustry } from '@finharbor/standards/size-class';
import { Injectable } from '@nestjs/common';
import { type BulkColumns, unnest } from '../bulk.js';
import { type ImportedRow, regionCodeOf } from '../imports/row-rules.js';
import { Contacts, type SealedContact } from './contacts.js';

/** An enterprise that was new or changed, as other services may know it. */
export interface RecordedEnterprise {
  enterpriseId: string;
  version: number;
  name: string;
  regionCode: string | null;
  industryCode: string | null;
  sizeClass: SizeClass;
  establishedOn: string | null;
}

interface SizeFacts {
  industryCode: string | null;
  employees: number | null;
  revenue: string | null;
  assets: string | null;
}

interface Statement {
  id: string;
  row: ImportedRow;
  regionCode: string | undefined;
  sizeClass: SizeClass;
  contact: SealedContact;
}

/** What a list may state and a later list, silent on it, does not unsay. */
const kept: BulkColumns<Statement> = {
  entity_type: ['text', ({ row }) => row.entityType],
  established_on: ['date', ({ row }) => row.establishedOn],
  registered_capital: ['numeric', ({ row }) => row.registeredCapital?.amount ?? null],
  capital_currency: ['text', ({ row }) => row.registeredCapital?.currency ?? null],
  business_scope: ['text', ({ row }) => row.businessScope],
  province: ['text', ({ row }) => row.province],
  district: ['text', ({ row }) => row.district],
  address: ['text', ({ row }) => row.address],
  industry_code: ['text', ({ row }) => row.industryCode],
  employees: ['int', ({ row }) => row.employees],
  revenue: ['numeric', ({ row }) => row.revenue],
  assets: ['numeric', ({ row }) => row.assets],
  contact_fingerprint: ['text', ({ contact }) => contact.fingerprint],
};

const written: BulkColumns<Statement> = {
  id: ['uuid', ({ id }) => id],
  credit_code: ['text', ({ row }) => row.creditCode],
  name: ['text', ({ row }) => row.name],
  kind: ['text', ({ row }) => entityKindOfCode(row.creditCode) ?? 'OTHER'],
  region_code: ['text', ({ regionCode }) => regionCode ?? null],
  size_class: ['text', (statement) => statement.sizeClass],
  contact_name_encrypted: ['text', ({ contact }) => contact.name],
  contact_phone_encrypted: ['text', ({ contact }) => contact.phone],
  ...kept,
};

/** What the record becomes, column by column, when a list states an enterprise that is known. */
const merged: Record<string, string> = {
  name: 'excluded.name',
  size_class: 'excluded.size_class',
  // A district that some list named says more than the authority in the credit code.
  region_code: 'case when excluded.district is null then coalesce(known.region_code, excluded.region_code) else excluded.region_code end',
  ...Object.fromEntries(Object.keys(kept).map((name) => [name, `coalesce(excluded.${name}, known.${name})`])),
};

/** Of a contact, name and phone belong together: one replaces the other whole. */
const mergedContact = ['contact_name_encrypted', 'contact_phone_encrypted'].map((name) =>
  `${name} = case when excluded.contact_fingerprint is null or excluded.contact_fingerprint = known.contact_fingerprint
     then known.${name} else excluded.${name} end`);

/** Writes what lists state into the enterprise master. Nothing is written, and no version rises, where nothing changed. */
@Injectable()
export class EnterpriseMaster {
  constructor(private readonly contacts: Contacts) {}

  /** Imports take turns: two that met the same enterprises in another order would wait for each other for ever. */
  async lock(tx: Tx): Promise<void> {
    await tx.query(`select pg_advisory_xact_lock(hashtextextended('enterprise_lists.enterprises', 0))`);
  }

  /** Enters or changes the enterprises of these rows; gives those that are new or changed. Runs as worker. */
  async record(tx: Tx, rows: readonly ImportedRow[], today: string): Promise<RecordedEnterprise[]> {
    const known = await this.sizeFacts(tx, rows.map((row) => enterpriseIdOf(row.creditCode)));
    const contacts = await this.contacts.seal(tx, rows.map(({ creditCode, contactName: name, contactPhone: phone }) =>
      ({ enterpriseId: enterpriseIdOf(creditCode), name, phone })));
    const statements = rows.map((row, index): Statement => {
      const id = enterpriseIdOf(row.creditCode);
      return { id, row, regionCode: regionCodeOf(row, today), sizeClass: sizeClassOf(row, known.get(id)), contact: contacts[index] };
    });
    const { names, source, parameters } = unnest(statements, written);
    const columns = Object.keys(merged);
    return tx.query<RecordedEnterprise>(
      `insert into enterprise_lists.enterprises as known (${names}, version) select ${names}, 1 from ${source}
       on conflict (id) do update set ${columns.map((name) => `${name} = ${merged[name]}`).join(', ')}, ${mergedContact.join(', ')},
         version = known.version + 1, changed_at = now()
       where (${columns.map((name) => `known.${name}`).join(', ')}) is distinct from (${columns.map((name) => merged[name]).join(', ')})
       returning id as "enterpriseId", version, name, region_code as "regionCode", industry_code as "industryCode",
         size_class as "sizeClass", established_on::text as "establishedOn"`, parameters);
  }

  private async sizeFacts(tx: Tx, ids: string[]): Promise<Map<string, SizeFacts>> {
    const rows = await tx.query<SizeFacts & { id: string }>(
      `select id, industry_code as "industryCode", employees, revenue, assets from enterprise_lists.enterprises where id = any($1::uuid[])`, [ids]);
    return new Map(rows.map((row) => [row.id, row]));
  }
}

/** By all that is known: one list may state the industry, another the indicators. */
function sizeClassOf(row: ImportedRow, known: SizeFacts | undefined): SizeClass {
  const industryCode = row.industryCode ?? known?.industryCode;
  return sizeClass({
    group: (industryCode ? sizeGroupOfIndustry(industryCode) : undefined) ?? 'UNKNOWN',
    employees: row.employees ?? known?.employees,
    revenue: inTenThousands(row.revenue ?? known?.revenue),
    assets: inTenThousands(row.assets ?? known?.assets),
  }) as SizeClass;
}

/** The table of size classes counts in 万元. */
const inTenThousands = (yuan: string | null | undefined): number | null => (yuan == null ? null : Number(yuan) / 10_000);
