import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '@finharbor/testing/until';
import { Redis } from 'ioredis';
import { answers, freePort, identify, portIsFree, stopProcess } from '../../../tools/lib/processes.mjs';
import { findRedis, redisEnvironment } from '../../../tools/lib/redis-binaries.mjs';
import type { Run } from '../../../tools/lib/run.mjs';

type Binary = Awaited<ReturnType<typeof findRedis>>;

interface Kind {
  /** A configuration file that the server writes to, as a Sentinel does. */
  file?: string;
  /** Also needs the port ten thousand above its own. */
  cluster?: boolean;
  arguments?: string[];
}

/** A Redis process of one's own on a port that stays the same, which keeps nothing when it dies. */
export class RedisServer {
  private process?: ReturnType<Run['spawn']>;

  private constructor(
    private readonly run: Run, private readonly binary: Binary, readonly port: number, private readonly command: string[],
  ) {}

  /** @param settings added to the command line: `['--maxclients', '50']` */
  static async start(run: Run, settings: string[] = [], kind: Kind = {}): Promise<RedisServer> {
    let port = await freePort();
    while (kind.cluster && (port > 55_000 || !await portIsFree(port + 10_000))) port = await freePort();
    // A replica writes what it gets from its master into a file, whatever it keeps.
    const dir = run.ownFolder(mkdtempSync(join(tmpdir(), 'finharbor-redis-')));
    const own = kind.file ? [] : ['--save', '', '--appendonly', 'no', '--maxmemory-policy', 'noeviction'];
    const command = [
      ...(kind.file ? [kind.file] : []), '--port', String(port), '--bind', '127.0.0.1', '--dir', dir, ...own, ...settings, ...(kind.arguments ?? []),
    ];
    const server = new RedisServer(run, await findRedis({ run, say: () => undefined }), port, command);
    await server.start();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.process!.pid!;
  }

  get isAlive(): boolean {
    return this.process?.exitCode === null && this.process.signalCode === null;
  }

  async start(): Promise<void> {
    this.process = this.run.spawn(`redis ${this.port}`, this.binary.command, this.command, { env: redisEnvironment(this.binary) });
    this.process.stdout?.resume();
    await until('Redis answers', () => answers(this.port));
  }

  /** kill -9 */
  async kill(): Promise<void> {
    await stopProcess({ pid: this.pid, started: identify(this.pid)?.started ?? '', signal: 'SIGKILL' });
    await until('Redis has ended', () => !this.isAlive);
  }

  /** One command on a connection of its own. */
  async send(command: string, ...args: (string | number)[]): Promise<unknown> {
    const redis = new Redis(this.port, '127.0.0.1', { lazyConnect: true, retryStrategy: () => null });
    redis.on('error', () => undefined); // the command fails as well, and says why
    try {
      await redis.connect();
      return await redis.call(command, ...args.map(String));
    } finally {
      redis.disconnect();
    }
  }

  /** The keys that match a pattern of Redis. */
  async keys(pattern: string): Promise<string[]> {
    return await this.send('KEYS', pattern.replaceAll(/[[\]]/g, '\\$&')) as string[];
  }

  /** How many envelopes wait for these consumers or are in their hands. */
  async waiting(prefix: string, consumers: readonly string[], after = ''): Promise<number> {
    const lists = consumers.flatMap((consumer) => ['wait', 'active', 'paused'].map((state) => `${prefix}:${consumer}:${state}`));
    const sets = consumers.flatMap((consumer) => ['delayed', 'prioritized'].map((state) => `${prefix}:${consumer}:${state}`));
    const script = `local n = 0
      for i, key in ipairs(KEYS) do n = n + redis.call(i <= ${lists.length} and 'LLEN' or 'ZCARD', key) end
      ${after} return n`;
    return Number(await this.send('EVAL', script, lists.length + sets.length, ...lists, ...sets));
  }

  /** FLUSHALL; how many envelopes were there at that very moment. */
  forget(prefix: string, consumers: readonly string[]): Promise<number> {
    return this.waiting(prefix, consumers, "redis.call('FLUSHALL')");
  }
}
