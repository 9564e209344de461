/** What can be wrong with a trail; docs/audit.md says what each means and what to do. */
const meanings = {
  'row-changed': ['of seal # was changed after it was sealed', 'of seal # were changed after they were sealed'],
  'row-deleted': ['of seal # was deleted', 'of seal # were deleted'],
  'row-inserted': ['was put in after seal #, which has its place', 'were put in after seal #, which has their place'],
  'step-changed': ['of seal # has the digest of a step that was changed since', 'of seal # have the digests of steps that were changed since'],
  'step-deleted': ['of seal # has the digest of a step that is gone', 'of seal # have the digests of steps that are gone'],
  'step-unsealed': 'is the newest, and no row has the digest of a step that is there',
  'seal-changed': 'does not say what was signed',
  'seal-missing': 'is missing',
  'chain-broken': 'does not follow the seal before it',
  'signature-invalid': 'was not signed with the key that it names',
  'key-unknown': 'names a key that the verifier does not know',
  'pruned-early': 'deleted rows that were less than six months old',
  'tail-cut': 'was cut off the end of the trail: it was written as a checkpoint and is not in the database',
  'checkpoint-differs': 'is not the one that was written as a checkpoint: the end of the trail was cut off and went on anew',
  'checkpoint-forged': 'has a checkpoint that was not signed with the key that it names',
  'checkpoint-missing': 'has no checkpoint, nor do those that follow',
} as const satisfies Record<string, string | readonly [one: string, many: string]>;

export type FindingKind = keyof typeof meanings;

export const findingKinds = Object.keys(meanings) as FindingKind[];

export interface Finding {
  kind: FindingKind;
  service: string;
  /** The seal where it shows, the first one of several. */
  seal: number;
  /** The rows it touches, the first ones when they are many. */
  rows: number[];
  /** How many rows it touches, or seals when it is about none. */
  count: number;
  message: string;
}

const mostFindings = 100;
const mostRows = 20;

/** Collects what is wrong, one finding for each kind and seal, so that a trail with a million bad rows still fits. */
export class Findings {
  /** Findings that there was no room for. */
  more = 0;
  private readonly found = new Map<string, Omit<Finding, 'message' | 'service'>>();

  /** `count` is of the rows, or, for what is about seals, of the seals from this one on. */
  add(kind: FindingKind, seal: number, rows: readonly number[] = [], count = Math.max(1, rows.length)): void {
    // However long the end was that is missing, it is one finding, and always told.
    const isEnd = kind === 'tail-cut' || kind === 'checkpoint-differs';
    const key = isEnd ? kind : `${kind} ${seal}`;
    const known = this.found.get(key);
    if (known) {
      const all = [...known.rows, ...rows];
      known.rows = isEnd && all.length > 0 ? [Math.min(...all), Math.max(...all)] : all.slice(0, mostRows);
      known.count += count;
      known.seal = Math.min(known.seal, seal);
    } else if (this.found.size < mostFindings || isEnd) {
      this.found.set(key, { kind, seal, rows: rows.slice(0, mostRows), count });
    } else this.more += 1;
  }

  /** In the order of the chain, in words, but for rows missing from seals up to `pruned`. */
  of(service: string, pruned: { from: number; to: number }): Finding[] {
    return [...this.found.values()]
      .filter(({ kind, seal }) => kind !== 'row-deleted' || seal <= pruned.from || seal > pruned.to)
      .sort((one, other) => one.seal - other.seal)
      .map((finding) => ({ ...finding, service, message: describe(service, finding) }));
  }
}

function describe(service: string, { kind, seal, rows, count }: Omit<Finding, 'message' | 'service'>): string {
  const meaning = meanings[kind];
  if (typeof meaning === 'string') {
    const others = count > 1 ? ` and ${count - 1} more from there` : '';
    const covered = rows.length > 0 ? ` with rows ${rows[0]} to ${rows.at(-1)}` : '';
    return `${service}: seal ${seal}${others}${covered} ${meaning}`;
  }
  const list = rows.length < count ? `${rows.join(', ')} and ${count - rows.length} more` : rows.join(', ');
  return `${service}: ${count === 1 ? 'row' : 'rows'} ${list} ${meaning[count === 1 ? 0 : 1].replace('#', String(seal))}`;
}
