import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { schemas } from './tables.js';

/** A statement that a service sent to PostgreSQL in somebody's name. */
export interface Statement {
  schema: string;
  role: 'app' | 'supervisor' | 'worker';
  /** '' where the transaction ran in nobody's name. */
  organisation: string;
  text: string;
  parameters: unknown[];
  /** `schema.table`, each once. */
  tables: string[];
}

/** Notes what the services send while they serve. */
export class Recording {
  private readonly folder = mkdtempSync(join(tmpdir(), 'finharbor-sql-'));

  /** The environment of services that are to be recorded. */
  get env(): Record<string, string> {
    return { NODE_OPTIONS: `--import ${new URL('sql-recorder.mjs', import.meta.url).href}`, SQL_RECORD_DIR: this.folder };
  }

  /** What was sent about the tables of the services, each once for each role, organisation and set of parameters. */
  statements(): Statement[] {
    const lines = readdirSync(this.folder).flatMap((file) => readFileSync(join(this.folder, file), 'utf8').split('\n').filter(Boolean));
    return lines.map((line) => {
      const sent = JSON.parse(line) as { role: string; organisation: string; text: string; parameters: unknown[] };
      const [, schema, role] = /^(\w+)_(app|supervisor|worker)$/.exec(sent.role)!;
      return { ...sent, schema, role: role as Statement['role'], tables: tablesIn(sent.text) };
    }).filter(({ tables }) => tables.length > 0);
  }

  discard(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const qualified = new RegExp(`\\b(?:${schemas.join('|')})\\.\\w+`, 'g');

/** The tables that a statement names. TypeORM writes them in quotes. */
const tablesIn = (text: string): string[] => [...new Set(text.replaceAll('"', '').match(qualified) ?? [])];

/** How a statement reads in a report: on one line, cut short. */
export const short = ({ text }: { text: string }): string => text.replaceAll(/\s+/g, ' ').replaceAll(/SELECT ("\w+"\."\w+" AS "\w+",? ?)+/g, 'SELECT … ').slice(0, 300);
