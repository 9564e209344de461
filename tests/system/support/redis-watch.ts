import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { newId } from '@finharbor/contracts/ids';
import { testServers } from '@finharbor/testing/database';
import { until } from '@finharbor/testing/until';
import { Redis } from 'ioredis';

/** Sees everything that is sent to Redis under one prefix, and what lies there. */
export class RedisWatch {
  private readonly sent: string[] = [];

  private constructor(private readonly redis: Redis, private readonly monitor: Socket, private readonly prefix: string) {}

  /** By a connection of its own: ioredis loses its place when commands of others come in with the answer to MONITOR. */
  static async begin(prefix: string): Promise<RedisWatch> {
    const { hostname, port, password } = new URL(testServers().redisUrl);
    const socket = connect({ host: hostname, port: Number(port) });
    await once(socket, 'connect');
    const watch = new RedisWatch(new Redis(testServers().redisUrl), socket, prefix);
    let answers = 0;
    const lines = createInterface({ input: socket });
    const begun = new Promise<void>((resolve, reject) => {
      lines.on('line', (line) => {
        if (line.startsWith('-')) reject(new Error(line));
        else if (line === '+OK' && (answers += 1) === 2) resolve();
        else if (line.includes(prefix)) watch.sent.push(line);
      });
    });
    socket.write(`AUTH ${password}\r\nMONITOR\r\n`);
    await begun;
    return watch;
  }

  /**
   * Every command until now, as Redis tells it: bytes that are no ASCII are written `\xe6`. Redis tells them in order, after the one who
   * sent them has its answer: a word of our own is the last that is waited for.
   */
  async commands(): Promise<readonly string[]> {
    const mark = `${this.prefix}${newId()}`;
    await this.redis.echo(mark);
    await until('Redis has told of every command', () => this.sent.some((line) => line.includes(mark)));
    return this.sent;
  }

  /** All keys of the prefix with what they hold. */
  async contents(): Promise<string[]> {
    const keys = await this.redis.keys(`${this.prefix}*`);
    return Promise.all(keys.map(async (key) => `${key} ${JSON.stringify(await this.read(key))}`));
  }

  end(): void {
    this.monitor.destroy();
    this.redis.disconnect();
  }

  private async read(key: string): Promise<unknown> {
    switch (await this.redis.type(key)) {
      case 'hash': return this.redis.hgetall(key);
      case 'list': return this.redis.lrange(key, 0, -1);
      case 'zset': return this.redis.zrange(key, 0, -1);
      case 'set': return this.redis.smembers(key);
      case 'stream': return this.redis.xrange(key, '-', '+');
      case 'none': return null; // gone meanwhile
      default: return this.redis.get(key);
    }
  }
}
