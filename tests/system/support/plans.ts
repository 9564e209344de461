import type { TestDatabase } from '@finharbor/testing/database';
import { oneToEach, type TenantTable } from './catalogue.js';
import { short, type Statement } from './statements.js';

/** A node of PostgreSQL's plan that reads a table, and what it did. */
interface Scan {
  table: string;
  node: string;
  index?: string;
  condition: string;
  /** Rows that were read and thrown away. */
  wasted: number;
}

interface PlanNode {
  'Node Type': string;
  Schema?: string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Index Cond'?: string;
  'Recheck Cond'?: string;
  'Rows Removed by Filter'?: number;
  'Actual Loops'?: number;
  Plans?: PlanNode[];
}

/** As many rows as may be read in vain: a page of others' or so. Tables have 20,000. */
const patience = 1_000;
/** And as many of others' by whoever has rows of its own. */
const ownPatience = 100;

/** Runs statements for their plans alone, in a transaction that is rolled back. */
export class Plans {
  constructor(private readonly database: TestDatabase, private readonly tables: readonly TenantTable[]) {}

  /** How a statement reads the tenant tables, in the name that it was sent in. */
  async scans({ schema, role, organisation, text, parameters }: Pick<Statement, 'schema' | 'role' | 'organisation' | 'text' | 'parameters'>): Promise<Scan[]> {
    await this.database.query('begin');
    try {
      const begin = `select set_config('role', $1, true), set_config('app.org', $2, true)`;
      const explain = async (how: string): Promise<PlanNode> => {
        await this.database.query(begin, [`${schema}_${role}`, organisation]);
        const [{ 'QUERY PLAN': [{ Plan: plan }] }] = await this.database.query<{ 'QUERY PLAN': { Plan: PlanNode }[] }>(`explain (${how}verbose, format json) ${wholePage(text)}`, parameters);
        return plan;
      };
      // A row that was added once cannot be added again: then the plan alone has to do.
      const Plan = await explain('analyze, timing off, ').catch(async () => {
        await this.database.query('rollback');
        await this.database.query('begin');
        return explain('');
      });
      const names = new Set(this.tables.map(({ name }) => name));
      return scansOf(Plan).filter(({ table }) => names.has(table));
    } finally {
      await this.database.query('rollback');
    }
  }

  /** What of a statement would be slow after years: tenant tables read whole, or in vain, or past the organisation. */
  async problems(statement: Statement): Promise<string[]> {
    if (/^copy /i.test(statement.text)) return []; // has no plan
    if (statement.text.includes('/* every row */')) return []; // on purpose, and seldom: see where it is written
    const dear = (await this.scans(statement)).filter((scan) => this.isDear(scan, statement.role));
    return dear.map(({ table, node, index, condition, wasted }) =>
      `${statement.role}: ${short(statement)}\n  reads ${table} by ${node} ${index ?? ''} ${condition}, ${wasted} rows in vain`);
  }

  private isDear({ node, table, index, condition, wasted }: Scan, role: Statement['role']): boolean {
    const { hasOwner, isPublic, indexes } = this.tables.find(({ name }) => name === table)!;
    // What is on offer is searched by everybody, and there is not much of it.
    if (isPublic || oneToEach.has(table)) return false;
    const { first, unique } = indexes[index ?? ''] ?? {};
    if (node === 'Seq Scan' || wasted > patience) return true;
    // An index whose first column is not asked for is read whole before PostgreSQL 18, which skips through it.
    if (condition && first && !condition.includes(first)) return true;
    // Rows named one by one are found by their key; and what nobody has, by any index.
    const byKey = unique && condition.includes(' = ');
    return role === 'app' && hasOwner && !byOrganisation(condition) && !byKey && (!condition || wasted > ownPatience);
  }
}

/** Lists were read two rows at a time while the district was small; people read pages. */
const wholePage = (text: string): string => text.replace(/ LIMIT 2$/, ' LIMIT 51');

export const byOrganisation = (condition: string): boolean => /\borg_id = /.test(condition);

function scansOf(plan: PlanNode): Scan[] {
  const below = (plan.Plans ?? []).flatMap(scansOf);
  const table = plan['Relation Name'] && `${plan.Schema}.${plan['Relation Name']}`;
  if (!table || plan['Node Type'] === 'ModifyTable') return below;
  // A bitmap is made by the node below.
  const bitmap = plan.Plans?.flatMap(({ Plans = [], ...node }) => [node, ...Plans]).filter((node) => node['Index Name']) ?? [];
  return [...below, {
    table, node: plan['Node Type'], index: plan['Index Name'] ?? bitmap.map((node) => node['Index Name']).join(' '),
    condition: (plan['Index Cond'] ?? bitmap.map((node) => node['Index Cond']).join(' ')).replaceAll(/\w+\./g, ''),
    wasted: (plan['Rows Removed by Filter'] ?? 0) * (plan['Actual Loops'] ?? 1),
  }];
}
