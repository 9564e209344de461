import type { Tx } from '@finharbor/platform/tenancy/tx';
import type { ExplainedMatch } from './explained.js';
import { Match } from './match.entity.js';
import { byVerdict } from './matching.js';

/** Keeps the first matches of a demand, in one statement. */
export function keepRanked(tx: Tx, demand: { id: string; orgId: string }, matches: readonly ExplainedMatch[], day: string): void {
  if (matches.length === 0) return;
  tx.later(
    `insert into loan_matching.matches (demand_id, org_id, shown_on, product_id, product_name, bank_id, verdict, position, rules, factors)
     select $1, $2, $3, "productId", name, "bankId", verdict, position, rules, factors
     from jsonb_to_recordset($4) as found ("productId" uuid, name text, "bankId" uuid, verdict text, position int, rules jsonb, factors jsonb)`,
    [demand.id, demand.orgId, day, JSON.stringify(matches)],
  );
}

/** The matches of demands that the transaction may see, with present names of banks, best first. */
export async function matchesOf(tx: Tx, demandIds: readonly string[]): Promise<Match[]> {
  const rows = await tx.query<Match>(
    `select demand_id as "demandId", product_id as "productId", product_name as "productName", bank_id as "bankId", bank.name as "bankName", verdict, rules,
       position, factors
     from loan_matching.matches left join loan_matching.organisation_copies bank on bank.id = bank_id where demand_id = any($1)`,
    [demandIds],
  );
  return rows.map((row) => Object.assign(new Match(), row)).sort((a, b) => placeOf(a) - placeOf(b)
    || byVerdict({ ...a, name: a.productName }, { ...b, name: b.productName }));
}

/** Matches that were just made, as they are shown: with the present names of banks. */
export const toMatches = async (tx: Tx, demandId: string, found: readonly ExplainedMatch[]): Promise<Match[]> =>
  withNames(await bankNames(tx, found), demandId, found);

/** The present names of the banks of matches, by id. */
export async function bankNames(tx: Tx, found: readonly ExplainedMatch[]): Promise<Map<string, string>> {
  const names = await tx.query<{ id: string; name: string }>(
    'select id, name from loan_matching.organisation_copies where id = any($1)', [[...new Set(found.map(({ bankId }) => bankId))]],
  );
  return new Map(names.map(({ id, name }) => [id, name]));
}

export const withNames = (names: ReadonlyMap<string, string>, demandId: string, found: readonly ExplainedMatch[]): Match[] =>
  found.map(({ name, ...match }) =>
    Object.assign(new Match(), match, { demandId, productName: name, bankName: names.get(match.bankId) ?? null }));

/** Matches of before rankings had versions have no position. */
const placeOf = ({ position }: Match): number => position ?? 0;
