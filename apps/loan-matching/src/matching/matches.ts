import type { Tx } from '@finharbor/platform/tenancy/tx';
import { Match } from './match.entity.js';
import { byVerdict, type Matched } from './matching.js';

/** Keeps the matches of a demand. */
export async function keepMatches(tx: Tx, demand: { id: string; orgId: string }, matches: readonly Matched[]): Promise<void> {
  const rows = matches.map(({ offer, verdict, rules }) => ({
    demandId: demand.id, orgId: demand.orgId, productId: offer.productId, productName: offer.name, bankId: offer.bankId, verdict, rules,
  }));
  if (rows.length > 0) await tx.manager.insert(Match, rows);
}

/** The matches of demands that the transaction may see, with present names of banks, best first. */
export async function matchesOf(tx: Tx, demandIds: readonly string[]): Promise<Match[]> {
  const rows = await tx.query<Match>(
    `select demand_id as "demandId", product_id as "productId", product_name as "productName", bank_id as "bankId", bank.name as "bankName", verdict, rules
     from loan_matching.matches left join loan_matching.organisation_copies bank on bank.id = bank_id where demand_id = any($1)`,
    [demandIds],
  );
  return rows
    .map((row) => Object.assign(new Match(), row))
    .sort((a, b) => byVerdict({ ...a, name: a.productName }, { ...b, name: b.productName }));
}
