import { isIPv6 } from 'node:net';

/**
 * Whom a network address stands for: one customer of a provider has a whole /64 of IPv6, and so any number of addresses.
 * What is no IPv6 address stands for itself.
 */
export function networkOf(origin: string): string {
  const address = origin.replace(/^::ffff:/, '');
  if (!isIPv6(address)) return address;
  const [head = '', tail = ''] = address.split('::');
  const groups = head.split(':');
  const missing = 8 - groups.length - (tail === '' ? 0 : tail.split(':').length);
  return [...groups, ...new Array(Math.max(missing, 0)).fill('0'), ...tail.split(':')].slice(0, 4).join(':');
}
