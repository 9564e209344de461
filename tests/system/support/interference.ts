import type { TestDatabase } from '@finharbor/testing/database';
import type { TenantTable } from './catalogue.js';
import { short, type Statement } from './statements.js';

type DatabaseRole = 'app' | 'supervisor' | 'worker' | 'owner';

/** What came of a statement: its rows, or PostgreSQL's code for why not, with the constraint that said so. */
type Outcome = { rows: string } | { error: string; constraint?: string };

const constraintOf = (outcome: Outcome): string | undefined => ('error' in outcome ? outcome.constraint : undefined);

const whole = (outcome: Outcome): string => ('rows' in outcome ? outcome.rows : `${outcome.error} ${outcome.constraint ?? ''}`);
const told = (outcome: Outcome): string => whole(outcome).slice(0, 200);

/** A statement in somebody's name, to be answered the same whether the rows of another are there or not. */
interface Asked {
  statement: Statement;
  role: DatabaseRole;
  organisation: string;
  parameters: unknown[];
}

/**
 * Non-interference: whoever asks hears the same whether the rows of another are there or not. Everything is asked once
 * with all rows there and once without, in one transaction that is rolled back; what differs is something that could be heard.
 */
export class Interference {
  constructor(
    private readonly database: TestDatabase,
    private readonly tables: TenantTable[],
    /** Constraints over all organisations that may refuse a row, since nobody outside the service can choose what they compare. */
    private readonly known: (constraint: string) => boolean,
  ) {}

  /** As another organisation asks, with the same words and with its own name put in place of the first one's. */
  async ofAnother(statements: readonly Statement[], another: (organisation: string) => string): Promise<string[]> {
    const asked = statements.flatMap((statement): Asked[] => {
      const organisation = another(statement.organisation);
      const renamed = JSON.parse(JSON.stringify(statement.parameters).replaceAll(statement.organisation, organisation)) as unknown[];
      return [statement.parameters, renamed].map((parameters) => ({ statement, role: 'app', organisation, parameters }));
    });
    const absence = (table: TenantTable, { statement }: Asked): string => `delete from ${table.name} where org_id = '${statement.organisation}'`;
    // Again without the known constraints, which refuse a row before another one could.
    return [...await this.differences(asked, absence), ...await this.differences(asked, absence, this.withoutKnown)];
  }

  /** As nobody asks, and as the owner of the tables asks, who is under row level security like everybody else. */
  ofAll(statements: readonly Statement[], roles: readonly ['app', ''] | readonly ['owner', 'its own']): Promise<string[]> {
    const asked = statements.map((statement): Asked =>
      ({ statement, role: roles[0], organisation: roles[1] && statement.organisation, parameters: statement.parameters }));
    return this.differences(asked, (table) => `delete from ${table.name}`);
  }

  /** As the organisation itself asks: that its own rows are missed shows that the others' would be. */
  async noticed(statements: readonly Statement[]): Promise<boolean> {
    const asked = statements.map((statement): Asked => ({ ...statement, statement, role: 'app' }));
    return (await this.differences(asked, (table, { statement }) => `delete from ${table.name} where org_id = '${statement.organisation}'`)).length > 0;
  }

  /** What comes of a statement on a connection of the service's own login, in a transaction that says nothing of who asks. */
  async bare(login: TestDatabase['admin'], { text, parameters }: Statement): Promise<string> {
    await login.query('begin');
    try {
      const { rows } = await login.query(text, parameters);
      return whole({ rows: JSON.stringify(rows) });
    } catch (error) {
      return whole(failure(error));
    } finally {
      await login.query('rollback');
    }
  }

  /** What comes of statements as any roles of the database, each by itself. */
  async as(asked: readonly { role: string; organisation: string; statement: Statement }[]): Promise<string[]> {
    await this.database.query('begin; savepoint asked');
    try {
      const told: string[] = [];
      for (const { role, organisation, statement: { text, parameters } } of asked) {
        told.push(whole(await this.outcome(role, organisation, text, parameters)));
      }
      return told;
    } finally {
      await this.database.query('rollback');
    }
  }

  /** In a transaction with a savepoint `asked`; what the statement before has done is undone first. */
  private async outcome(role: string, organisation: string, text: string, parameters: readonly unknown[]): Promise<Outcome> {
    await this.database.query(`rollback to asked; select set_config('role', '${role}', true), set_config('app.org', '${organisation}', true)`);
    try {
      return { rows: JSON.stringify(await this.database.query(text, [...parameters])) };
    } catch (error) {
      return failure(error);
    }
  }

  /** SQL that takes the known constraints away. */
  private get withoutKnown(): string {
    return this.tables.flatMap(({ name, constraints }) => constraints.filter((one) => this.known(`${name.split('.')[1]} ${one}`))
      .map((one) => `alter table ${name} drop constraint if exists ${one} cascade`)).join(';\n');
  }

  private async differences(asked: readonly Asked[], absence: (table: TenantTable, asked: Asked) => string, prepared = ''): Promise<string[]> {
    const differences: string[] = [];
    const groups = new Map<string, Asked[]>();
    for (const one of asked) {
      const key = this.tables.filter(({ hasOwner, isPublic, schema }) => hasOwner && !isPublic && schema === one.statement.schema)
        .map((table) => absence(table, one)).join(';\n');
      groups.set(key, [...groups.get(key) ?? [], one]);
    }
    for (const [absent, group] of groups) {
      await this.database.query('begin');
      try {
        await this.database.query(`${prepared}; savepoint asked`);
        const there = await this.outcomes(group);
        await this.database.query(`rollback to asked; set local session_replication_role = replica; ${absent};
          set local session_replication_role = origin; savepoint asked`);
        const gone = await this.outcomes(group);
        group.forEach(({ statement, role, organisation }, index) => {
          const [one, other] = [there[index], gone[index]];
          const isKnown = [one, other].map(constraintOf).some((constraint) => constraint && this.known(constraint));
          if (isKnown || whole(one) === whole(other)) return;
          const who = `${role} ${organisation || 'nobody'}`;
          differences.push(`${who}: ${short(statement)}\n  hears ${told(one)}\n  and without the others’ rows ${told(other)}`);
        });
      } finally {
        await this.database.query('rollback');
      }
    }
    return differences;
  }

  private async outcomes(asked: readonly Asked[]): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    for (const { statement, role, organisation, parameters } of asked) {
      outcomes.push(await this.outcome(`${statement.schema}_${role}`, organisation, statement.text, parameters));
    }
    return outcomes;
  }
}

function failure(error: unknown): Outcome {
  const { code, constraint, table, message } = error as { code?: string; constraint?: string; table?: string; message: string };
  if (!code) throw error;
  // A row that is to be changed if it is there, and is there, and is another's.
  const upsert = /\(USING expression\) for table "(\w+)"/.exec(message)?.[1];
  return { error: code, constraint: upsert ? `${upsert} upsert` : constraint && `${table} ${constraint}` };
}
