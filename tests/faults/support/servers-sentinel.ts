import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '@finharbor/testing/until';
import type { Run } from '../../../tools/lib/run.mjs';
import { RedisServer } from './servers.js';

const name = 'harbor';

/** A master, its replica, and three Sentinels that watch them: all real processes. */
export class SentinelSuite {
  private constructor(readonly servers: [RedisServer, RedisServer], private readonly sentinels: RedisServer[]) {}

  /** @param dir for the Sentinels' files, which they write themselves */
  static async start(run: Run, dir: string): Promise<SentinelSuite> {
    const quick = ['--repl-diskless-sync-delay', '0', '--repl-timeout', '5'];
    const master = await RedisServer.start(run, quick);
    const replica = await RedisServer.start(run, [...quick, '--replicaof', '127.0.0.1', String(master.port)]);
    await until('the replica follows', async () => /master_link_status:up/.test(String(await replica.send('INFO', 'replication'))));
    const sentinels = await Promise.all([1, 2, 3].map((number) => {
      const file = join(dir, `sentinel-${number}.conf`);
      writeFileSync(file, [
        `sentinel monitor ${name} 127.0.0.1 ${master.port} 2`, `sentinel down-after-milliseconds ${name} 1000`,
        `sentinel failover-timeout ${name} 4000`, `sentinel parallel-syncs ${name} 1`, '',
      ].join('\n'));
      return RedisServer.start(run, [], { file, arguments: ['--sentinel'] });
    }));
    const suite = new SentinelSuite([master, replica], sentinels);
    await until('the Sentinels know each other and the replica', async () => (await Promise.all(sentinels.map(async (sentinel) => {
      const text = String(await sentinel.send('INFO', 'sentinel'));
      return /status=ok/.test(text) && /slaves=1,sentinels=3/.test(text);
    }))).every(Boolean));
    return suite;
  }

  get url(): string {
    return `redis+sentinel://${this.sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',')}/${name}`;
  }

  /** The master of now, and the other. */
  async roles(): Promise<[master: RedisServer, replica: RedisServer]> {
    const [, port] = await this.sentinels[0].send('SENTINEL', 'get-master-addr-by-name', name) as string[];
    const [one, other] = this.servers;
    return Number(port) === one.port ? [one, other] : [other, one];
  }
}
