import { schemaOf, serviceNames } from '@finharbor/contracts/services';
import type { TestDatabase } from '@finharbor/testing/database';
import { checks } from './fleet-checks.js';
import type { Ledger, LedgerEntry } from './ledger.js';

/** What the oracle needs of a fleet; a TestFleet has it. */
export interface JudgedFleet {
  readonly database: Pick<TestDatabase, 'query'>;
  settle(): Promise<void>;
  deadLetters(): Promise<string[]>;
  /** What is wrong with the audit trails, in words. */
  auditProblems?(): Promise<string[]>;
}

export interface Verdict {
  /** Writes that clients were told are done; of them, those that are not there, and those that took effect more than once. */
  acknowledged: number;
  lost: number;
  doubled: number;
  /** Everything that is wrong, in words; empty when all is well. */
  problems: string[];
}

/** Waits until the fleet came to rest, and compares what a load was told with what is there. */
export async function judgeFleet(fleet: JudgedFleet, ledger: Ledger): Promise<Verdict> {
  await fleet.settle();
  const sql = <Row>(text: string, parameters?: unknown[]): Promise<Row[]> => fleet.database.query<Row>(text, parameters);
  const audited = await auditProblems(sql, ledger);
  const effects = await effectProblems(sql, ledger);
  const problems = [...audited.problems, ...effects.problems, ...ledger.unanswered.map(({ op, outcome, error }) => `${outcome}: ${op}: ${error}`)];
  for (const [what, statement] of Object.entries(checks)) {
    const rows = await sql(statement);
    if (rows.length > 0) problems.push(`${what}: ${rows.length}, such as ${JSON.stringify(rows[0])}`);
  }
  problems.push(...(await fleet.deadLetters()).map((letter) => `dead letter: ${letter}`));
  problems.push(...(await fleet.auditProblems?.() ?? []).map((problem) => `audit: ${problem}`));
  return {
    acknowledged: ledger.done.length,
    lost: Math.max(audited.lost, effects.lost),
    doubled: Math.max(audited.doubled, effects.doubled),
    problems,
  };
}

interface Comparison {
  lost: number;
  doubled: number;
  problems: string[];
}

type Sql = <Row>(text: string, parameters?: unknown[]) => Promise<Row[]>;

/** How a use case is called in the audit trail where it is not by the ledger's own name. */
const auditNames: Record<string, string> = {
  'product.publish': 'product.published', 'product.suspend': 'product.suspended', 'issue.register': 'issue.registered',
  'issue.acknowledge': 'issue.bank-acknowledged', 'issue.acknowledge-branch': 'issue.branch-acknowledged', 'issue.reply': 'issue.replied',
  'issue.reopen': 'issue.reopened', 'issue.close': 'issue.closed',
};

/** What is answered with a signed receipt, which is a row too. */
const receipted = ['push-list.submit', 'demand.decide'];

/** Each write bears its key as its name for the request, at every try: the audit trail, written with the effect, has it once. */
async function auditProblems(sql: Sql, ledger: Ledger): Promise<Comparison> {
  const rows = await sql<{ fact: string; count: number }>(
    `select split_part(request_id, ' ', 2) || ' ' || action as fact, count(*)::int as count from (${serviceNames.map((name) =>
      `select request_id, action from ${schemaOf(name)}.audit`).join(' union all ')}) audit
     where request_id like '% ' || $1 and action not like 'worker:%' group by 1`, [`${ledger.run}-%`]);
  const factsOf = ({ op, key }: LedgerEntry): string[] => [`${key} ${auditNames[op] ?? op}`, ...(receipted.includes(op) ? [`${key} receipt.issue`] : [])];
  return compare('the audit trail', ledger, factsOf, new Map(rows.map(({ fact, count }) => [fact, count])));
}

/** The effects themselves, in the tables of their owners. */
async function effectProblems(sql: Sql, ledger: Ledger): Promise<Comparison> {
  const named = `%${ledger.run} %`;
  const rows = await sql<{ fact: string; count: number }>(`
    select fact, count(*)::int as count from (
      select 'demand ' || step || ' ' || demand_id as fact from loan_matching.trail_steps
      union all select 'issue ' || action || ' ' || issue_id from feedback.issue_trail
      union all select 'product ' || id from product_catalog.products
      union all select 'product moved ' || id from product_catalog.products, generate_series(1, version)
      union all select 'organisation ' || id from partners.organisations
      union all select 'organisation renamed ' || organisation_id from partners.organisation_names where valid_from = '2021-01-01'
      union all select 'outlet ' || id from partners.outlets
      union all select 'list ' || id from enterprise_lists.push_lists
      union all select 'list recommended ' || id from enterprise_lists.push_lists where recommended_count > 0
      union all select 'list reviewed ' || id from enterprise_lists.push_lists where reviewed_at is not null
      union all select 'list dispatched ' || push_list_id || ' ' || org_id from enterprise_lists.dispatches
      union all select 'referral acknowledged ' || id from enterprise_lists.referrals where acknowledged_at is not null
      union all select 'referral ' || state || ' ' || id from enterprise_lists.referrals where answered_at is not null
      union all select 'made demand' from loan_matching.demands where purpose like $1
      union all select 'made product' from product_catalog.products where name like $1
      union all select 'made organisation' from partners.organisation_names where name like $1 and valid_from = '2020-01-01'
      union all select 'made outlet' from partners.outlets where name like $1
      union all select 'made list' from enterprise_lists.push_lists where title like $1
    ) facts group by fact`, [named]);
  return compare('the tables', ledger, effectsOf, new Map(rows.map(({ fact, count }) => [fact, count])));
}

const issueActions: Record<string, string> = {
  'issue.register': 'REGISTERED', 'issue.acknowledge': 'BANK_ACKNOWLEDGED', 'issue.acknowledge-branch': 'BRANCH_ACKNOWLEDGED',
  'issue.reply': 'REPLIED', 'issue.reopen': 'REOPENED', 'issue.close': 'CLOSED',
};
const demandSteps: Record<string, string> = {
  'demand.submit': 'SUBMITTED', 'demand.choose': 'CHOSEN', 'demand.accept': 'ACCEPTED', 'demand.contact-view': 'CONTACT_VIEWED',
};

/** What a write leaves behind. One whose answer never came names no record that it made, but there may be one more. */
function effectsOf({ op, id: made, facts = {} }: LedgerEntry): string[] {
  const id = made ?? (facts.id as string | undefined);
  const record = (name: string): string[] => [`made ${name}`, ...(id ? [`${name} ${id}`] : [])];
  if (op === 'demand.submit') return ['made demand', ...(id ? [`demand SUBMITTED ${id}`] : [])];
  if (op === 'demand.decide') return [`demand ${facts.outcome as string} ${id}`];
  if (op in demandSteps) return [`demand ${demandSteps[op]} ${facts.id as string}`];
  if (op in issueActions) return id ? [`issue ${issueActions[op]} ${id}`] : [];
  switch (op) {
    case 'product.create': return record('product');
    case 'product.publish': case 'product.suspend': return [`product moved ${id}`];
    case 'organisation.register': return record('organisation');
    case 'organisation.rename': return [`organisation renamed ${facts.id as string}`];
    case 'outlet.register': return record('outlet');
    case 'push-list.submit': return record('list');
    case 'push-list.recommend': return [`list recommended ${facts.id as string}`];
    case 'push-list.approve': case 'push-list.return': return [`list reviewed ${facts.id as string}`];
    case 'push-list.dispatch': return (facts.bankIds as string[]).map((bankId) => `list dispatched ${facts.id as string} ${bankId}`);
    case 'referrals.acknowledge': return (facts.referralIds as string[]).map((referralId) => `referral acknowledged ${referralId}`);
    case 'referrals.answer':
      return (facts.answers as { referralId: string; outcome: string }[]).map(({ referralId, outcome }) => `referral ${outcome} ${referralId}`);
    default: throw new Error(`The oracle does not know what ${op} leaves behind.`);
  }
}

/** Each fact must be there as often as it was acknowledged; as often more as nobody knows what became of a write that makes it. */
function compare(where: string, ledger: Ledger, factsOf: (entry: LedgerEntry) => string[], found: Map<string, number>): Comparison {
  const expected = new Map<string, { least: number; most: number; op: string }>();
  for (const entry of ledger.writes) {
    for (const fact of factsOf(entry)) {
      const one = expected.get(fact) ?? { least: 0, most: 0, op: entry.op };
      one.least += entry.outcome === 'done' ? 1 : 0;
      one.most += entry.outcome === 'refused' ? 0 : 1;
      expected.set(fact, one);
    }
  }
  const result: Comparison = { lost: 0, doubled: 0, problems: [] };
  for (const [fact, { least, most, op }] of expected) {
    const count = found.get(fact) ?? 0;
    if (count >= least && count <= most) continue;
    if (count < least) result.lost += least - count;
    else result.doubled += count - most;
    result.problems.push(`${where}: ${op}: "${fact}" is there ${count} times, not ${least === most ? least : `${least} to ${most}`}`);
  }
  return result;
}
