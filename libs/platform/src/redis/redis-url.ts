/** Where Redis is: one server, the Sentinels that know it, or some nodes of a Cluster. */
export interface RedisAddress {
  kind: 'single' | 'sentinel' | 'cluster';
  nodes: { host: string; port: number }[];
  username?: string;
  password?: string;
  tls: boolean;
  /** Of a single server. */
  database?: number;
  /** Under which the Sentinels know the server. */
  name?: string;
}

const shape = /^redis(s)?(?:\+(sentinel|cluster))?:\/\/(?:([^:@/]*)(?::([^@/]*))?@)?([^/?#]+)(?:\/([^/?#]*))?$/;

/**
 * Reads REDIS_URL: `redis://:password@host:6379/0`, `redis+sentinel://:password@host1:26379,host2:26379/name` or
 * `redis+cluster://:password@host1:6379,host2:6379`; `rediss` for TLS. Throws with what is wrong.
 */
export function parseRedisUrl(url: string): RedisAddress {
  const match = shape.exec(url);
  if (!match) throw new Error('must be redis://host:port, redis+sentinel://host:port,…/name or redis+cluster://host:port,… (rediss for TLS)');
  const [, tls, kind = 'single', username, password, hosts, path = ''] = match;
  const nodes = hosts.split(',').map((host) => parseHost(host, kind === 'sentinel' ? 26_379 : 6_379));
  if (kind === 'single' && nodes.length > 1) throw new Error('names several servers: begin it with redis+sentinel:// or redis+cluster://');
  if (kind === 'sentinel' && !path) throw new Error('must end with the name under which the Sentinels know the server');
  if (kind === 'single' && !/^\d*$/.test(path)) throw new Error('must end with the number of a database, or with nothing');
  if (kind === 'cluster' && path) throw new Error('must not name a database: a Cluster has only one');
  return {
    kind: kind as RedisAddress['kind'], nodes, tls: tls === 's',
    ...(username && { username: decodeURIComponent(username) }),
    ...(password && { password: decodeURIComponent(password) }),
    ...(kind === 'single' && path && { database: Number(path) }),
    ...(kind === 'sentinel' && { name: path }),
  };
}

function parseHost(text: string, port: number): { host: string; port: number } {
  const match = /^(\[[0-9a-fA-F:.]+\]|[^:[\]]+)(?::(\d{1,5}))?$/.exec(text);
  if (!match || Number(match[2] ?? port) > 65_535) throw new Error(`names no host and port: ${text}`);
  return { host: match[1].replace(/^\[|\]$/g, ''), port: Number(match[2] ?? port) };
}
