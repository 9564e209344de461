import { BlockList, isIP, isIPv4 } from 'node:net';

/** What is not public of IPv4: IANA's special-purpose registry, and multicast. */
const privateNetworks = new BlockList();
for (const network of [
  '0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24',
  '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4',
]) add(privateNetworks, network);

/** Of IPv6 only this is public, and so neither IPv4 in its clothes (::ffff:0:0/96, 64:ff9b::/96), nor fc00::/7, nor fe80::/10. */
const globalUnicast = new BlockList();
add(globalUnicast, '2000::/3');

/** And of that not: Teredo and what is next to it, examples, and 6to4, which wraps any address of IPv4. */
for (const network of ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']) add(privateNetworks, network);

const loopback = new BlockList();
for (const network of ['127.0.0.0/8', '::1/128']) add(loopback, network);

/** Whether a socket may connect to the address: a public one, or loopback where that is allowed. */
export function isAllowed(address: string, allowsLoopback: boolean): boolean {
  if (isIP(address) === 0 || address.includes('%')) return false;
  if (allowsLoopback && isIn(loopback, address)) return true;
  return !isIn(privateNetworks, address) && (isIPv4(address) || isIn(globalUnicast, address));
}

const isIn = (list: BlockList, address: string): boolean => list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');

function add(list: BlockList, network: string): void {
  const [address, bits] = network.split('/');
  list.addSubnet(address, Number(bits), isIPv4(address) ? 'ipv4' : 'ipv6');
}
