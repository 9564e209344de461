import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { isIP } from 'node:net';
import { Receiver } from '@finharbor/testing/receiver';
import { isAllowed } from './addresses.js';
import { Poster } from './poster.js';
import { webhookUrl } from './webhook-url.js';

const publicAddresses = [
  '8.8.8.8', '1.1.1.1', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '126.255.255.255', '128.0.0.0', '169.253.255.255', '169.255.0.0',
  '172.15.255.255', '172.32.0.0', '192.167.255.255', '192.169.0.0', '198.17.255.255', '198.20.0.0', '223.255.255.255', '2606:4700::1111', '2400:3200::1', '2001:200::1',
];
const privateAddresses = [
  '0.0.0.0', '0.1.2.3', '10.0.0.1', '10.255.255.255', '100.64.0.1', '100.100.100.200', '100.127.255.255', '127.0.0.1', '127.255.255.254', '169.254.0.1',
  '169.254.169.254', '172.16.0.1', '172.31.255.255', '192.0.0.170', '192.0.2.1', '192.88.99.1', '192.168.0.1', '198.18.0.1', '198.19.255.255',
  '198.51.100.1', '203.0.113.1', '224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255',
  '::', '::1', '::7f00:1', '::ffff:127.0.0.1', '::ffff:8.8.8.8', '::ffff:0:127.0.0.1', '64:ff9b::127.0.0.1', '64:ff9b:1::7f00:1', '100::1', '2001::1', '2001:0:7f00:1::',
  '2001:2::1', '2001:10::1', '2001:20::1', '2001:db8::1', '2002:7f00:1::', '2002:a9fe:a9fe::', '3fff::1', '5f00::1', 'fc00::1', 'fd00:ec2::254', 'fe80::1',
  'fe80::1%lo', 'fec0::1', 'ff02::1',
];
/** What leads to loopback or to the network inside, however it is written. `?` is where the port goes. */
const spellings = [
  '127.0.0.1?', '127.1?', '127.0.1?', '0x7f000001?', '0x7f.1?', '0X7F.0.0.0x1?', '2130706433?', '017700000001?', '0177.0.0.1?', '0177.1?', '127.0.0.1.?', '0?', '0.0.0.0?',
  '127。0。0。1?', '127．0．0．1?', '１２７.０.０.１?', '①②⑦.⓪.⓪.①?', '%31%32%37.0.0.1?', '[::1]?', '[0:0:0:0:0:0:0:1]?', '[::]?', '[::ffff:127.0.0.1]?', '[::ffff:7f00:1]?',
  '[::127.0.0.1]?', '[64:ff9b::127.0.0.1]?', '[64:ff9b::7f00:1]?', '[2002:7f00:1::]?', '[2002:7f00:0001::1]?', 'localhost?', 'LOCALHOST?', 'localhost.?', 'a.localhost?',
  'ｌｏｃａｌｈｏｓｔ?', 'loc\u00adalhost?', '169.254.169.254?', '0xa9fea9fe?', '2852039166?', '[fe80::a9fe:a9fe]?', '[fd00:ec2::254]?', '100.100.100.200?', '10.0.0.1?', '192.168.1?',
];

/** Answers with what the test says: the first time the first, and the last from then on. Times to live are 0. */
class NameServer {
  readonly answers = new Map<string, string[][]>();
  /** How often the addresses (A) of a name were asked for. */
  readonly asked = new Map<string, number>();
  readonly resolver = new Resolver({ timeout: 2_000, tries: 1 });
  private readonly socket = createSocket('udp4');

  async start(): Promise<void> {
    this.socket.on('message', (query, from) => this.socket.send(this.answer(query), from.port, from.address));
    this.socket.bind(0, '127.0.0.1');
    await once(this.socket, 'listening');
    this.resolver.setServers([`127.0.0.1:${this.socket.address().port}`]);
  }

  stop(): void {
    this.socket.close();
  }

  private answer(query: Buffer): Buffer {
    const labels: string[] = [];
    let at = 12;
    for (; query[at] > 0; at += query[at] + 1) labels.push(query.toString('latin1', at + 1, at + 1 + query[at]));
    const [name, type, end] = [labels.join('.').toLowerCase(), query.readUInt16BE(at + 1), at + 5];
    const times = this.asked.get(name) ?? 0;
    const known = this.answers.get(name);
    // The two questions of one lookup, A and AAAA, get the same turn; A comes first.
    const turn = type === 1 ? times : times - 1;
    if (type === 1) this.asked.set(name, times + 1);
    const addresses = known?.[Math.min(Math.max(turn, 0), known.length - 1)] ?? [];
    const records = addresses.filter((address) => isIP(address) === (type === 1 ? 4 : 6)).map((address) => {
      const data = type === 1 ? Buffer.from(address.split('.').map(Number)) : Buffer.from(address === '::1' ? `${'00'.repeat(15)}01` : '', 'hex');
      const head = Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 0, 0, data.length]);
      return Buffer.concat([head, data]);
    });
    const header = Buffer.from(query.subarray(0, 12));
    header.writeUInt16BE(known ? 0x8180 : 0x8183, 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(records.length, 6);
    header.writeUInt32BE(0, 8);
    return Buffer.concat([header, query.subarray(12, end), ...records]);
  }
}

describe('addresses', () => {
  it.each(publicAddresses)('%s is public', (address) => expect(isAllowed(address, false)).toBe(true));

  it.each(privateAddresses)('%s is not', (address) => {
    expect(isIP(address)).not.toBe(0);
    expect(isAllowed(address, false)).toBe(false);
  });

  it('of loopback are allowed in a sandbox, and no others', () => {
    const allowed = privateAddresses.filter((address) => isAllowed(address, true));
    expect(allowed).toEqual(['127.0.0.1', '127.255.255.254', '::1', '::ffff:127.0.0.1']);
  });
});

describe('the URL of an endpoint', () => {
  it.each(spellings)('is not https://%s', (host) => {
    for (const port of ['', ':6379', ':5432']) expect(() => webhookUrl(`https://${host.replace('?', port)}/`, false)).toThrow('not public');
  });

  it('is of https, without a user, and a URL', () => {
    const problems = (text: string, isSandbox = false): string => {
      try {
        return webhookUrl(text, isSandbox).href;
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(problems('https://bank.example.cn:8443/hooks?a=b')).toBe('https://bank.example.cn:8443/hooks?a=b');
    for (const text of ['http://bank.example.cn/', 'gopher://bank.example.cn/', 'file:///etc/passwd', 'ftp://a.cn/', 'data:,x', 'javascript:1', '//bank.example.cn/']) {
      expect(problems(text)).toMatch(/must begin with https|is no URL/);
    }
    for (const text of ['https://bank@127.0.0.1/', 'https://a:b@bank.example.cn/', 'https://bank.example.cn@evil.example/', 'https://:x@a.cn/']) {
      expect(problems(text)).toContain('user name');
    }
    expect(problems(`https://a.cn/${'x'.repeat(2_000)}`)).toContain('2000');
    expect(problems('https://exa mple')).toBe('This is no URL.');
    expect(problems('http://localhost:8080/hooks', true)).toBe('http://localhost:8080/hooks');
    expect(problems('http://10.0.0.1/', true)).toContain('not public');
  });
});

describe('a socket', () => {
  let receiver: Receiver;
  const names = new NameServer();
  const posters: Poster[] = [];
  const post = async (url: string, allowsLoopback = false): Promise<string | number | null> => {
    const poster = new Poster({ allowsLoopback, limitMs: 5_000, resolver: names.resolver });
    posters.push(poster);
    const { status, error } = await poster.post(new URL(url), {}, '{}');
    return error ?? status;
  };
  const forbidden = 'The address is not public.';

  beforeAll(async () => {
    receiver = await Receiver.start();
    await names.start();
  });
  afterAll(async () => {
    await Promise.all(posters.map((poster) => poster.close()));
    await receiver.stop();
    names.stop();
  });

  it('is made to none of the spellings of loopback, nor to the network inside', async () => {
    for (const host of spellings) expect([host, await post(`http://${host.replace('?', `:${receiver.port}`)}/`)]).toEqual([host, forbidden]);
    expect(receiver.connections).toBe(0);
  });

  it('is made to loopback in a sandbox', async () => {
    for (const host of ['127.0.0.1', '127.1', 'localhost', 'localhost.', 'a.localhost']) expect(await post(`http://${host}:${receiver.port}/`, true)).toBe(204);
  });

  it('is made to no name with an address inside, be it one of several', async () => {
    const before = receiver.connections;
    names.answers.set('inside.example', [['127.0.0.1']]);
    names.answers.set('inside6.example', [['::1']]);
    names.answers.set('mixed.example', [['127.0.0.1', '10.0.0.1', '::1']]);
    for (const name of ['inside', 'inside6']) expect(await post(`http://${name}.example:${receiver.port}/`)).toBe(forbidden);
    expect(await post(`http://mixed.example:${receiver.port}/`, true)).toBe(forbidden);
    expect(receiver.connections).toBe(before);
  });

  it('goes to the address that was looked at: a name is asked once for each connection', async () => {
    names.answers.set('rebinding.example', [['127.0.0.1'], ['10.0.0.1']]);
    const before = receiver.connections;
    expect(await post(`http://rebinding.example:${receiver.port}/`, true)).toBe(204);
    expect(names.asked.get('rebinding.example')).toBe(1);
    expect(await post(`http://rebinding.example:${receiver.port}/`, true)).toBe(forbidden);
    expect(receiver.connections).toBe(before + 1);
  });

  it('is not made to a name that nobody knows', async () => {
    expect(await post('http://unknown.example/')).toBe('The name leads to no address.');
  });
});
