import { parseRedisUrl } from './redis-url.js';

describe('REDIS_URL', () => {
  it.each([
    ['redis://127.0.0.1', { kind: 'single', tls: false, nodes: [{ host: '127.0.0.1', port: 6379 }] }],
    ['rediss://u:p%40ss@redis.example:6380/3', {
      kind: 'single', tls: true, nodes: [{ host: 'redis.example', port: 6380 }], username: 'u', password: 'p@ss', database: 3,
    }],
    ['redis://:secret@[::1]:6379', { kind: 'single', tls: false, nodes: [{ host: '::1', port: 6379 }], password: 'secret' }],
    ['redis+sentinel://:secret@a:26379,b/harbor', {
      kind: 'sentinel', tls: false, nodes: [{ host: 'a', port: 26379 }, { host: 'b', port: 26379 }], password: 'secret', name: 'harbor',
    }],
    ['rediss+cluster://a:7000,b:7001,c', {
      kind: 'cluster', tls: true, nodes: [{ host: 'a', port: 7000 }, { host: 'b', port: 7001 }, { host: 'c', port: 6379 }],
    }],
  ])('reads %s', (url, address) => expect(parseRedisUrl(url)).toEqual(address));

  it.each([
    ['', 'must be redis://'], ['http://a', 'must be redis://'], ['redis+ring://a', 'must be redis://'],
    ['redis://a,b', 'several servers'], ['redis+sentinel://a', 'the name under which'], ['redis://a/x', 'number of a database'],
    ['redis+cluster://a/1', 'only one'], ['redis://a:99999', 'no host and port'], ['redis://a:b', 'no host and port'],
  ])('refuses %s', (url, problem) => expect(() => parseRedisUrl(url)).toThrow(problem));
});
