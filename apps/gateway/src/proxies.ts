import { BlockList, isIP } from 'node:net';

/** Reads addresses and networks (`10.0.0.0/8`), separated by commas. Throws when one is neither. */
export function parseProxies(text: string): BlockList {
  const list = new BlockList();
  for (const entry of text.split(',').map((one) => one.trim()).filter(Boolean)) {
    const [address, prefix] = entry.split('/');
    const family = isIP(address);
    if (!family || (prefix !== undefined && !/^\d{1,3}$/.test(prefix))) throw new Error(`${entry} is neither an address nor a network`);
    list.addSubnet(address, prefix === undefined ? (family === 4 ? 32 : 128) : Number(prefix), family === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
}

/** Whether what this neighbour says of others may be believed. */
export const isTrusted = (proxies: BlockList, address: string): boolean =>
  isIP(address) !== 0 && proxies.check(address.replace(/^::ffff:(?=\d+\.)/, ''), address.includes(':') && !/^::ffff:\d+\./.test(address) ? 'ipv6' : 'ipv4');
