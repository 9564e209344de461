import { type ChildProcess, fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DemoClient } from '@finharbor/testing/fleet';
import { until } from '@finharbor/testing/until';
import { Ledger } from './ledger.js';

/** Where a load goes: a TestFleet, or a balancer in front of one. */
export interface LoadTarget {
  readonly url: string;
  /** The demonstration's, among them an administrator, a supervisor, a dashboard, a department and banks. */
  readonly clients: DemoClient[];
}

export interface LoadOptions {
  /** How many do something at once; 4 unless told. */
  users?: number;
  /** Pause between two stories of a user, in ms; 30 unless told. */
  thinkMs?: number;
  /** Whether a call without a definite answer is tried again with the same key; true unless told. */
  retries?: boolean;
  /** How often each story is told, of all; see `mix` in load-stories.mjs. */
  mix?: Partial<Record<'apply' | 'complain' | 'push' | 'offer' | 'organise' | 'look', number>>;
}

interface Counts {
  done: number;
  writes: number;
  failed: number;
}

const program = fileURLToPath(new URL('load-process.mjs', import.meta.url));
/** A call is tried again for 90 s, and a story waits 60 s for its list. */
const stopMs = 120_000;

/** People and systems at work, as a process of its own that no fault of ours touches, with a ledger of what they were told. */
export class Load {
  private counts: Counts = { done: 0, writes: 0, failed: 0 };
  private said = '';

  private constructor(private readonly child: ChildProcess, private readonly folder: string, readonly run: string) {
    child.on('message', (counts) => { this.counts = counts as Counts; });
    child.stderr!.setEncoding('utf8').on('data', (text: string) => { this.said += text; });
  }

  static start(target: LoadTarget, { users = 4, thinkMs = 30, retries = true, mix }: LoadOptions = {}): Load {
    const folder = mkdtempSync(join(tmpdir(), 'finharbor-load-'));
    const run = `load-${randomBytes(3).toString('hex')}`;
    writeFileSync(join(folder, 'ledger.jsonl'), '');
    const child = fork(program, { stdio: ['ignore', 'inherit', 'pipe', 'ipc'], execArgv: [], env: { PATH: process.env.PATH } });
    const load = new Load(child, folder, run);
    child.send({ url: target.url, run, ledger: join(folder, 'ledger.jsonl'), clients: target.clients, users, thinkMs, retries, mix });
    return load;
  }

  /** Writes that were acknowledged so far. */
  get writes(): number {
    return this.counts.writes;
  }

  /** Calls that succeeded so far, reads and writes. */
  get done(): number {
    return this.counts.done;
  }

  /** Waits until so many more writes were acknowledged. */
  async more(writes: number, withinMs = 120_000): Promise<void> {
    const goal = this.counts.writes + writes;
    await until(`${writes} more writes of the load`, () => {
      this.mustRun();
      return this.counts.writes >= goal;
    }, withinMs);
  }

  /** What the load was told until now. */
  ledger(): Ledger {
    return Ledger.read(join(this.folder, 'ledger.jsonl'), this.run);
  }

  /** Lets every story come to an end and tells what the load was told. */
  async stop(): Promise<Ledger> {
    this.mustRun();
    this.child.send('stop');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), stopMs);
    const [code, signal] = await once(this.child, 'exit') as [number | null, string | null];
    clearTimeout(timer);
    if (code !== 0) throw new Error(`The load ended with ${signal ?? code}:\n${this.said}`);
    const ledger = this.ledger();
    rmSync(this.folder, { recursive: true, force: true });
    return ledger;
  }

  /** Ends it at once, for the end of a test that failed. */
  kill(): void {
    this.child.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }

  private mustRun(): void {
    if (this.child.exitCode !== null || this.child.signalCode !== null) throw new Error(`The load ended by itself:\n${this.said}`);
  }
}
