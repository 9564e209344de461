import { testServers } from '@finharbor/testing/database';
import { Redis } from 'ioredis';

/** Sees everything that is sent to Redis under one prefix, and what lies there. */
export class RedisWatch {
  /** Every command since it began, as text. */
  readonly sent: string[] = [];

  private constructor(private readonly redis: Redis, private readonly monitor: Redis, private readonly prefix: string) {
    monitor.on('monitor', (_time, args: string[]) => {
      const command = args.join(' ');
      if (command.includes(prefix)) this.sent.push(command);
    });
  }

  static async begin(prefix: string): Promise<RedisWatch> {
    const redis = new Redis(testServers().redisUrl);
    return new RedisWatch(redis, await redis.monitor(), prefix);
  }

  /** All keys of the prefix with what they hold. */
  async contents(): Promise<string[]> {
    const keys = await this.redis.keys(`${this.prefix}*`);
    return Promise.all(keys.map(async (key) => `${key} ${JSON.stringify(await this.read(key))}`));
  }

  end(): void {
    this.monitor.disconnect();
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
