import { readFileSync } from 'node:fs';

/** What one call came to. `unknown`: no definite answer, so that the call may have taken effect or not. */
export type Outcome = 'done' | 'refused' | 'unknown';

/** One call of the load, written when it was over, all its tries together. */
export interface LedgerEntry {
  /** When it was over, in ms since 1970. */
  at: number;
  kind: 'read' | 'write';
  /** `demand.submit`, `GET /v1/demands/:id` … */
  op: string;
  /** Its Idempotency-Key, and the id of the request in the audit trail. */
  key: string;
  outcome: Outcome;
  /** Of the last answer; 0 when there was none. */
  status: number;
  tries: number;
  /** The last try, and all of them with the pauses between, in ms. */
  ms: number;
  waited: number;
  /** Of the record that was made or changed. */
  id?: string;
  /** What the call was about, for the oracle. */
  facts?: Record<string, unknown>;
  error?: string;
}

/** A call that begins so soon after the end of a fault may still meet it. */
const lateMs = 1_000;

/** Which service answers a write. */
const owners: [prefix: RegExp, service: string][] = [
  [/^(organisation|outlet)\./, 'partners'], [/^(push-list|referrals)\./, 'enterprise-lists'], [/^product\./, 'product-catalog'],
  [/^demand\./, 'loan-matching'], [/^issue\./, 'feedback'],
];

export const ownerOf = (op: string): string | undefined => owners.find(([prefix]) => prefix.test(op))?.[1];

/** What a load was told, in the order in which it was told. */
export class Ledger {
  constructor(
    readonly entries: readonly LedgerEntry[],
    /** Begins every key and every name that the load gave. */
    readonly run: string,
  ) {}

  static read(file: string, run: string): Ledger {
    const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
    return new Ledger(lines.map((line) => JSON.parse(line) as LedgerEntry), run);
  }

  get writes(): LedgerEntry[] {
    return this.entries.filter(({ kind }) => kind === 'write');
  }

  /** Writes that were acknowledged. */
  get done(): LedgerEntry[] {
    return this.writes.filter(({ outcome }) => outcome === 'done');
  }

  of(...ops: string[]): LedgerEntry[] {
    return this.done.filter(({ op }) => ops.includes(op));
  }

  /** Calls that were not answered with success, as a test prints them. */
  get failures(): string[] {
    return this.entries.filter(({ outcome }) => outcome !== 'done').map(({ at, op, outcome, tries, error }) =>
      `${new Date(at).toISOString().slice(11, 23)} ${op}: ${outcome} after ${tries} tries: ${error}`);
  }

  /** Calls that were refused for good, and calls without an answer however often they were tried: stories only do what is allowed. */
  get unanswered(): LedgerEntry[] {
    return this.entries.filter(({ outcome, tries }) => outcome === 'refused' || (outcome === 'unknown' && tries > 1));
  }

  /**
   * Seconds from the end of a fault until every call that it had caught, or that came in its last moment, had its answer: those
   * that were tried more than once. `service` restricts it to writes of one. 0 when nobody noticed the fault.
   */
  recovery(since: number, service?: string): number {
    const caught = this.entries.filter(({ at, waited, tries, op }) =>
      tries > 1 && at >= since && at - waited < since + lateMs && (!service || ownerOf(op) === service));
    return Math.max(0, ...caught.map(({ at }) => (at - since) / 1_000));
  }

  /** The time below which this share of the calls was answered, in ms, retries included. */
  percentile(share: number, wanted: (entry: LedgerEntry) => boolean = () => true): number {
    const times = this.entries.filter(wanted).map(({ waited }) => waited).sort((one, other) => one - other);
    return times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? NaN;
  }
}
