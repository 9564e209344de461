import {
  type AuditKeys, digestOf, genesis, rootOf, rowHash, type Seal, sealColumns, type SealRow, toSeal, trailColumns, type TrailRow, unpackRows,
} from '../audit/seal.js';
import { sealedTrails } from '../audit/trails.js';
import { type Finding, Findings } from './findings.js';

/** A seal as it was written outside the database. */
export type Checkpoint = Pick<Seal, 'number' | 'first' | 'last' | 'root' | 'keyId' | 'signature'>;

export interface Verification {
  service: string;
  /** The seals that were checked. */
  from: number;
  to: number;
  /** Rows that were read. */
  rows: number;
  /** Rows that no seal covers yet: they are young. */
  unsealed: number;
  /** Whether all was checked, to the end; otherwise go on from the seal after `to`. */
  complete: boolean;
  /** In the order of the chain. Empty when all is as it was sealed. */
  findings: Finding[];
  /** Further findings, left out. */
  more: number;
}

export interface VerifyOptions {
  service: string;
  schema: string;
  keys: AuditKeys;
  query: <Row>(sql: string, parameters: unknown[]) => Promise<Row[]>;
  /** The lines written outside the database. Without them a cut tail is not found. */
  checkpoints?: AsyncIterable<Checkpoint>;
  /** The first seal to check; those before it are taken as they are. */
  from?: number;
  /** When to stop, as `Date.now()` counts. Steps without a digest are looked for only without it. */
  until?: number;
}

/** A row of the trail that has the digest of a step. */
interface SealedStep {
  id: number;
  seal: number;
  stepId: string | null;
  detail: string | null;
}
const sealedStep = 'trail.step';

const sealsAtOnce = 200;
const listedAtOnce = 20_000;
const rowsAtOnce = 2_000;
const linesAtOnce = 500;
/** Nobody but an intruder writes a row below 1. */
const lowest = '-9223372036854775808';

/**
 * Compares a service's trail with its seals and with the checkpoints outside the database (architecture.md rule 12). It
 * reads in pages, so that its memory does not grow with the trail; sealing and pruning may go on meanwhile.
 */
export const verifyTrail = (options: VerifyOptions): Promise<Verification> => new TrailVerifier(options).run();

class TrailVerifier {
  private readonly findings = new Findings();
  /** Rows of the lists read so far that did not come by yet; all others up to `low` did. */
  private readonly listed = new Map<number, { seal: number; hash: Buffer }>();
  private low = 0;
  /** Root of the seal before; undefined when that seal is not to be believed. */
  private prev: Buffer | undefined = genesis.root;
  private rows = 0;
  private unsealed = 0;

  constructor(private readonly options: VerifyOptions) {}

  async run(): Promise<Verification> {
    const { service, checkpoints, until = Infinity } = this.options;
    const { last, pruned } = await this.bounds();
    const from = Math.min(this.options.from ?? 1, last + 1);
    if (from > 1) await this.goOnFrom(from);
    let next = from;
    while (next <= last && (next === from || Date.now() < until)) next = await this.readSeals(next, last);
    const complete = next > last;
    if (complete) await this.readRows(undefined, () => { this.unsealed += 1; });
    if (complete && until === Infinity) await this.findUnsealedSteps(last);
    if (checkpoints) await this.compare(checkpoints, from, complete ? Infinity : next - 1, last);
    const findings = this.findings.of(service, { from: pruned, to: (await this.bounds()).pruned });
    return { service, from, to: next - 1, rows: this.rows, unsealed: this.unsealed, complete, findings, more: this.findings.more };
  }

  private query<Row>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    return this.options.query<Row>(sql.replaceAll('{schema}', this.options.schema), parameters);
  }

  private async bounds(): Promise<{ last: number; pruned: number }> {
    const [row] = await this.query<{ last: string; pruned: string }>(
      `select (select coalesce(max(number), 0) from {schema}.audit_seals) as last,
              (select coalesce(max(prunes), 0) from {schema}.audit_seals where prunes is not null) as pruned`);
    return { last: Number(row.last), pruned: Number(row.pruned) };
  }

  private async goOnFrom(from: number): Promise<void> {
    const [before] = await this.query<{ low: string; root: Buffer }>('select low, root from {schema}.audit_seals where number = $1', [from - 1]);
    this.low = Number(before?.low ?? 0);
    this.prev = before?.root;
    const lists = await this.query<{ number: string; rows: Buffer }>(
      'select number, rows from {schema}.audit_seals where number < $1 and last_id > $2 and rows is not null', [from, this.low]);
    for (const { number, rows } of lists) this.list(Number(number), rows);
  }

  /** Checks some seals and the rows up to where they reach; gives the number of the seal to go on with. */
  private async readSeals(from: number, last: number): Promise<number> {
    const seals = await this.query<SealRow & { rows: Buffer | null }>(
      `select ${sealColumns}, rows from {schema}.audit_seals where number between $1 and $2 order by number limit ${sealsAtOnce}`, [from, last]);
    let next = from;
    let { low } = this;
    const reached: { seal: number; low: number }[] = [];
    for (const row of seals) {
      const seal = toSeal(row);
      if (seal.number > next) this.findings.add('seal-missing', next, [], seal.number - next);
      if (seal.number > next) this.prev = undefined;
      if (await this.isBelieved(seal, row.rows)) low = Math.max(low, seal.low);
      reached.push({ seal: seal.number, low });
      next = seal.number + 1;
      if (this.listed.size > listedAtOnce) break;
    }
    await this.readRows(low, (id) => this.findings.add('row-inserted', reached.find((one) => id <= one.low)?.seal ?? next - 1, [id]));
    this.low = low;
    return next;
  }

  private async isBelieved(seal: Seal, rows: Buffer | null): Promise<boolean> {
    const { keys, service } = this.options;
    if (rows) this.list(seal.number, rows);
    const rightList = rows ? digestOf(rows).equals(seal.digest) : seal.number <= (await this.bounds()).pruned;
    const intact = rightList && rootOf(service, seal).equals(seal.root);
    const signed = keys.signed(service, seal);
    if (!intact) this.findings.add('seal-changed', seal.number);
    else if (this.prev?.equals(seal.prev) === false) this.findings.add('chain-broken', seal.number);
    if (signed === undefined) this.findings.add('key-unknown', seal.number);
    else if (!signed) this.findings.add('signature-invalid', seal.number);
    if (seal.prunes && await this.isEarly(seal)) this.findings.add('pruned-early', seal.number);
    this.prev = intact ? seal.root : undefined;
    return intact && signed !== false;
  }

  private async isEarly({ prunes, at }: Seal): Promise<boolean> {
    const [{ early }] = await this.query<{ early: boolean }>(
      `select exists (select from {schema}.audit_seals where number = $1 and at > $2::timestamptz - interval '6 months') as early`, [prunes, at]);
    return early;
  }

  private list(seal: number, rows: Buffer): void {
    for (const { id, hash } of unpackRows(rows)) if (id > this.low) this.listed.set(id, { seal, hash });
  }

  /** Reads on in the trail, up to a row or to the end, and compares; what no list has is handed out, what did not come by is told. */
  private async readRows(to: number | undefined, unlisted: (id: number) => void): Promise<void> {
    for (let after = this.low > 0 ? String(this.low) : lowest, whole = true; whole;) {
      const rows = await this.query<TrailRow>(
        `select ${trailColumns} from {schema}.audit t where t.id > $1 and ($2::bigint is null or t.id <= $2) order by t.id limit ${rowsAtOnce}`,
        [after, to ?? null]);
      const steps: SealedStep[] = [];
      for (const row of rows) {
        const id = Number(row.id);
        const entry = this.listed.get(id);
        if (!entry) unlisted(id);
        else if (!rowHash(row).equals(entry.hash)) this.findings.add('row-changed', entry.seal, [id]);
        else if (row.action === sealedStep) steps.push({ id, seal: entry.seal, stepId: row.resource_id, detail: row.detail });
        this.listed.delete(id);
      }
      await this.compareSteps(steps);
      this.rows += rows.length;
      after = rows.at(-1)?.id ?? after;
      whole = rows.length === rowsAtOnce;
    }
    for (const [id, { seal }] of this.listed) {
      if (to !== undefined && id > to) continue;
      this.listed.delete(id);
      this.findings.add('row-deleted', seal, [id]);
    }
  }

  /** Compares steps with their digests in sealed rows. */
  private async compareSteps(steps: readonly SealedStep[]): Promise<void> {
    const trail = sealedTrails[this.options.schema];
    if (!trail || steps.length === 0) return;
    const found = await this.query<{ id: string; sha256: string }>(
      `select id, ${trail.digest} as sha256 from ${trail.table} t where id = any($1::uuid[])`, [steps.map(({ stepId }) => stepId)]);
    const digests = new Map(found.map(({ id, sha256 }) => [id, sha256]));
    for (const { id, seal, stepId, detail } of steps) {
      const digest = digests.get(stepId!);
      if (digest === undefined) this.findings.add('step-deleted', seal, [id]);
      else if (digest !== (JSON.parse(detail!) as { sha256: string }).sha256) this.findings.add('step-changed', seal, [id]);
    }
  }

  /** Steps that came in past their trigger: all are read. Ids tell time, and what is older than the oldest row had its digest pruned. */
  private async findUnsealedSteps(last: number): Promise<void> {
    const trail = sealedTrails[this.options.schema];
    if (!trail) return;
    const [{ count }] = await this.query<{ count: number }>(
      `select count(*)::int as count from ${trail.table} t
       where ('x' || substr(replace(id::text, '-', ''), 1, 12))::bit(48)::bigint > (select extract(epoch from min(at)) * 1000 from {schema}.audit)
         and not exists (select from {schema}.audit a where a.resource_id = t.id and a.action = '${sealedStep}')`);
    if (count > 0) this.findings.add('step-unsealed', last, [], count);
  }

  /** The lines may come in any order and more than once, since several replicas write them. */
  private async compare(checkpoints: AsyncIterable<Checkpoint>, from: number, to: number, last: number): Promise<void> {
    let [first, highest, upTo] = [0, 0, from - 1];
    const ahead = new Set<number>();
    for await (const lines of inBatches(checkpoints)) {
      const wanted = lines.filter(({ number }) => number >= from && number <= to);
      const rows = await this.query<{ number: string; root: Buffer }>(
        'select number, root from {schema}.audit_seals where number = any($1::bigint[])', [wanted.map(({ number }) => number)]);
      const roots = new Map(rows.map(({ number, root }) => [Number(number), root]));
      for (const line of lines) {
        if (wanted.includes(line) && !this.isGenuine(line, roots.get(line.number), last)) continue;
        first ||= line.number;
        highest = Math.max(highest, line.number);
        upTo = Math.max(upTo, first - 1);
        if (line.number > upTo && line.number <= to) ahead.add(line.number);
        while (ahead.delete(upTo + 1)) upTo += 1;
      }
    }
    const missing = first ? Math.min(...ahead, Math.min(to, highest) + 1) - upTo - 1 : last - from + 1;
    if (missing > 0) this.findings.add('checkpoint-missing', upTo + 1, [], missing);
  }

  private isGenuine(line: Checkpoint, root: Buffer | undefined, last: number): boolean {
    if (root?.equals(line.root)) return true;
    const signed = this.options.keys.signed(this.options.service, line);
    const rows = line.first === null || line.last === null ? [] : [line.first, line.last];
    // What nobody signed says nothing about the database. A seal that is missing from the middle is known already.
    if (!signed) this.findings.add(signed === undefined ? 'key-unknown' : 'checkpoint-forged', line.number);
    else if (root) this.findings.add('checkpoint-differs', line.number, rows, 1);
    else if (line.number > last) this.findings.add('tail-cut', line.number, rows, 1);
    return signed === true;
  }
}

async function* inBatches<T>(items: AsyncIterable<T>): AsyncGenerator<T[]> {
  let batch: T[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < linesAtOnce) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
