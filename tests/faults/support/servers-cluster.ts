import { join } from 'node:path';
import { until } from '@finharbor/testing/until';
import type { Run } from '../../../tools/lib/run.mjs';
import { RedisServer } from './servers.js';

const slots = 16_384;

/** A Redis Cluster: three masters, each with a replica, all real processes. */
export class RedisCluster {
  private constructor(private readonly nodes: RedisServer[]) {}

  static async start(run: Run, dir: string): Promise<RedisCluster> {
    const nodes = await Promise.all([0, 1, 2, 3, 4, 5].map((number) => RedisServer.start(run, [
      '--cluster-enabled', 'yes', '--cluster-config-file', join(dir, `node-${number}.conf`), '--cluster-node-timeout', '2000',
      '--repl-diskless-sync-delay', '0',
    ], { cluster: true })));
    const cluster = new RedisCluster(nodes);
    const [first, ...others] = nodes;
    for (const [number, node] of nodes.slice(0, 3).entries()) {
      const mine = Array.from({ length: slots }, (_, slot) => slot).filter((slot) => Math.floor((slot * 3) / slots) === number);
      await node.send('CLUSTER', 'ADDSLOTS', ...mine);
    }
    for (const node of others) await first.send('CLUSTER', 'MEET', '127.0.0.1', node.port);
    await until('the nodes know each other', async () => (await Promise.all(nodes.map(async (node) =>
      String(await node.send('CLUSTER', 'NODES')).trim().split('\n').length === nodes.length))).every(Boolean));
    for (const number of [0, 1, 2]) await nodes[number + 3].send('CLUSTER', 'REPLICATE', String(await nodes[number].send('CLUSTER', 'MYID')));
    await until('the cluster is whole', async () => (await Promise.all(nodes.map(async (node) =>
      /cluster_state:ok/.test(String(await node.send('CLUSTER', 'INFO')))
        && (String(await node.send('CLUSTER', 'NODES')).match(/slave/g) ?? []).length === 3))).every(Boolean));
    return cluster;
  }

  get url(): string {
    return `redis+cluster://${this.nodes.slice(0, 3).map(({ port }) => `127.0.0.1:${port}`).join(',')}`;
  }

  /** The living master of a key's slot. */
  async masterOf(key: string): Promise<RedisServer> {
    const living = this.nodes.filter((node) => node.isAlive);
    const slot = Number(await living[0].send('CLUSTER', 'KEYSLOT', key));
    const ranges = await living[0].send('CLUSTER', 'SLOTS') as [number, number, [string, number]][];
    const [, , [, port]] = ranges.find(([from, to]) => from <= slot && slot <= to)!;
    return this.nodes.find((node) => node.port === port)!;
  }
}
