import { isIP } from 'node:net';
import { isAllowed } from './addresses.js';

const maxLength = 2_000;

/**
 * Reads the URL of an endpoint. Throws, in words for its owner, when webhooks are not sent there: https only, and no address that is not
 * public; in a sandbox also http, and loopback. Where a name leads is seen when it is connected to, each time.
 */
export function webhookUrl(text: string, isSandbox: boolean): URL {
  if (text.length > maxLength) throw new Error(`The URL has more than ${maxLength} characters.`);
  if (!URL.canParse(text)) throw new Error('This is no URL.');
  const url = new URL(text);
  if (url.protocol !== 'https:' && !(isSandbox && url.protocol === 'http:')) throw new Error('The URL must begin with https://.');
  if (url.username || url.password) throw new Error('The URL must not have a user name or a password.');
  const host = url.hostname.replace(/^\[|\]$|\.$/g, '');
  const isLoopback = host === 'localhost' || host.endsWith('.localhost');
  if (isIP(host) ? !isAllowed(host, isSandbox) : isLoopback && !isSandbox) throw new Error('The URL leads to an address that is not public.');
  return url;
}
