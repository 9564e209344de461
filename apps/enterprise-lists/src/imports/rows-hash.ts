import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { RawRow } from '@finharbor/spreadsheets/row-source';
import { districtsOfChongqing, streetsOfWanzhou, zonesOfWanzhou } from '@finharbor/standards/regions';
import type { ValidationOrder } from './validation.js';

/** What the rows of a list say, in whatever format, encoding and quotes: equal rows in equal places have equal hashes. */
export interface KnownRows {
  /** All that its check followed from, beside its rows. */
  basis: string;
  /** The day of the check. On a later day no more rows lie in the future. */
  today: string;
  /** Of the first rows: most lists that differ do so early. Null where there are no more than those. */
  head: string | null;
  all: string;
}

const headRows = 1_000;

/** Hashes rows as they are read, header and blank ones among them. */
export class RowsHash {
  head: string | null = null;
  private readonly hash = createHash('sha256');
  private rows = 0;

  /** How long a row is tells one row from two; and as cells that are taken hold no control characters, this one tells one cell from two. */
  add(batch: readonly RawRow[]): void {
    let text = '';
    for (const { row, cells } of batch) {
      const joined = cells.join('\u0001');
      text += `${row} ${cells.length} ${joined.length} ${joined}`;
      this.rows += 1;
      if (this.rows !== headRows) continue;
      this.hash.update(text);
      text = '';
      this.head = this.hash.copy().digest('base64url');
    }
    this.hash.update(text);
  }

  digest(): string {
    return this.hash.digest('base64url');
  }
}

type Basis = Pick<ValidationOrder, 'today' | 'exceptions' | 'mapping'>;

/**
 * What a check follows from, beside the rows: the program itself, the regions and the edition of the green catalogue that there are, the
 * codes that are let pass, the department's headers.
 */
export function basisOf({ today, exceptions, mapping }: Basis): string {
  const hash = createHash('sha256');
  for (const url of ['../', '@finharbor/standards/regions', '@finharbor/spreadsheets/row-source']) hashProgram(hash, new URL('.', import.meta.resolve(url)));
  const regions = [districtsOfChongqing, streetsOfWanzhou, zonesOfWanzhou].map((on) => on(today));
  const sorted = Object.entries(mapping).sort(([one], [other]) => (one < other ? -1 : 1));
  return hash.update(JSON.stringify([regions, today >= '2025-10-01', today >= '2021-07-01', [...exceptions].sort(), sorted])).digest('base64url');
}

function hashProgram(hash: ReturnType<typeof createHash>, folder: URL): void {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js')).sort();
  for (const name of names) hash.update(name).update(readFileSync(fileURLToPath(new URL(name, folder))));
}
