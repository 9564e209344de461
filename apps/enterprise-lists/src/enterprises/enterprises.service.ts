import { notFound } from '@finharbor/contracts/errors';
import { Tenancy } from '@finharbor/platform/tenancy/tenancy';
import type { Tx } from '@finharbor/platform/tenancy/tx';
import type { Caller } from '@finharbor/security/tokens/caller';
import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { In } from 'typeorm';
import { Contacts } from './contacts.js';
import { EnterpriseFile, EnterpriseStatement, FieldOrigin, StatedField } from './enterprise-file.js';
import { Enterprise } from './enterprise.entity.js';
import { type Facts, fieldNames, mergeStatements, type Precedence, type Statement, valueOf } from './merge-statements.js';
import { choicesOf, ranksOf, statementsOf, wordsOf } from './statements.js';

interface ListOfEntry {
  entryId: string;
  pushListId: string;
  importId: string | null;
  title: string;
  period: string;
}

interface ReferralCounts {
  referralCount: number | null;
  claimedCount: number | null;
}

/** What information files are made of beside enterprises and statements. */
interface FileContext {
  lists: Map<string, ListOfEntry>;
  held: Map<string, Facts>;
  rank: Precedence['rank'];
  choices: Map<string, string>;
  referrals: Map<string, ReferralCounts>;
}

@Injectable()
export class EnterprisesService {
  constructor(private readonly tenancy: Tenancy, private readonly contacts: Contacts) {}

  /** Those of the enterprises that the caller may know; row level security leaves out the others. */
  byIds(caller: Caller, ids: readonly string[]): Promise<Map<string, Enterprise>> {
    return this.tenancy.run(caller, async (tx) => {
      const rows = await tx.manager.findBy(Enterprise, { id: In(ids.filter((id) => isUUID(id))) });
      await this.contacts.show(tx, rows);
      return new Map(rows.map((row) => [row.id, row]));
    });
  }

  /** Information files of those that the caller may know. */
  files(caller: Caller, ids: readonly string[]): Promise<Map<string, EnterpriseFile>> {
    return this.tenancy.run(caller, async (tx) => {
      const enterprises = await tx.manager.findBy(Enterprise, { id: In(ids.filter((id) => isUUID(id))) });
      await this.contacts.show(tx, enterprises);
      const known = enterprises.map(({ id }) => id);
      const statements = new Map((await statementsOf(tx, known)).map((one) => [one.id, one.statements]));
      const context: FileContext = {
        lists: await this.listsOf(tx, [...statements.values()].flat()), held: await heldOf(tx, known), rank: await ranksOf(tx),
        choices: caller.role === 'department' ? new Map() : await choicesOf(tx, known), referrals: await this.referrals(tx, caller, known),
      };
      return new Map(enterprises.map((one) => [one.id, fileOf(one, statements.get(one.id)!, context)]));
    });
  }

  async file(caller: Caller, id: string): Promise<EnterpriseFile> {
    const file = (await this.files(caller, [id])).get(id);
    if (!file) throw notFound('enterprise');
    return file;
  }

  private async listsOf(tx: Tx, statements: readonly Statement[]): Promise<Map<string, ListOfEntry>> {
    const rows = await tx.query<ListOfEntry>(
      `select e.id as "entryId", l.id as "pushListId", l.import_id as "importId", l.title, l.period
       from enterprise_lists.list_entries e join enterprise_lists.push_lists l on l.org_id = e.org_id and l.id = e.push_list_id where e.id = any($1::uuid[])`,
      [statements.map(({ entryId }) => entryId)]);
    return new Map(rows.map((row) => [row.entryId, row]));
  }

  /** A department is not told what single banks did. */
  private async referrals(tx: Tx, caller: Caller, ids: string[]): Promise<Map<string, ReferralCounts>> {
    if (caller.role === 'department') return new Map();
    const counts = await tx.query<ReferralCounts & { id: string }>(
      `select enterprise_id as id, count(*)::int as "referralCount", count(claimed_at)::int as "claimedCount" from enterprise_lists.referrals
       where org_id = any(array(select id from enterprise_lists.organisation_copies where kind = 'BANK')) and enterprise_id = any($1::uuid[]) group by enterprise_id`, [ids]);
    return new Map(ids.map((id) => [id, counts.find((one) => one.id === id) ?? { referralCount: 0, claimedCount: 0 }]));
  }
}

/** What the master holds, as far as it is compared with statements. */
async function heldOf(tx: Tx, ids: string[]): Promise<Map<string, Facts>> {
  const rows = await tx.query<Facts & { id: string }>(
    `select id, name, stated_kind as "statedKind", entity_type as "entityType", established_on::text as "establishedOn", trim_scale(registered_capital)::text as "registeredCapital",
       capital_currency as "capitalCurrency", business_scope as "businessScope", district, address, industry_code as "industryCode", employees,
       trim_scale(revenue)::text as revenue, trim_scale(assets)::text as assets, stated_private as "statedPrivate", registration_status as "registrationStatus"
     from enterprise_lists.enterprises where id = any($1::uuid[])`, [ids]);
  return new Map(rows.map((row) => [row.id, row]));
}

function fileOf(enterprise: Enterprise, statements: Statement[], context: FileContext): EnterpriseFile {
  const { referralCount = null, claimedCount = null } = context.referrals.get(enterprise.id) ?? {};
  return Object.assign(new EnterpriseFile(), {
    enterprise, origins: originsOf(enterprise, statements, context), referralCount, claimedCount,
    statements: [...statements].sort((one, other) => other.at - one.at).map((one) => statementOf(one, context.lists.get(one.entryId)!)),
  });
}

/** By the statements that the caller sees: of a department's own, those that count. It is not told who said the others. */
function originsOf({ id }: Enterprise, statements: Statement[], { lists, held, rank, choices }: FileContext): FieldOrigin[] {
  const { origins } = mergeStatements(statements, { rank, chosen: ({ field, stated }) => choices.get(`${id} ${field} ${wordsOf(stated)}`) });
  return fieldNames.flatMap((field) => {
    const origin = origins[field];
    if (!origin || valueOf(origin, field) !== valueOf(held.get(id)!, field)) return [];
    const { pushListId, importId } = lists.get(origin.entryId)!;
    return Object.assign(new FieldOrigin(), {
      field, value: valueOf(origin, field), source: origin.source, statedAt: new Date(origin.at),
      entryId: origin.entryId, pushListId, importId,
    });
  });
}

function statementOf(statement: Statement, { pushListId, importId, title, period }: ListOfEntry): EnterpriseStatement {
  const states = fieldNames.flatMap((field): [string, string][] => {
    const value = valueOf(statement, field);
    return value === null ? [] : [[field, value]];
  });
  for (const tag of statement.statedTags ?? []) states.push(['tag', statement.tagsUntil ? `${tag} ${statement.tagsUntil}` : tag]);
  if (statement.greenCategory) states.push(['greenCategory', `${statement.greenEdition ?? ''} ${statement.greenCategory}`.trim()]);
  return Object.assign(new EnterpriseStatement(), {
    entryId: statement.entryId, pushListId, importId, title, period, source: statement.source, statedAt: new Date(statement.at),
    states: states.map(([field, value]) => Object.assign(new StatedField(), { field, value })),
  });
}
