import ipaddr from 'ipaddr.js';

/** All that is given out of IPv6 (https://www.iana.org/assignments/ipv6-address-space). */
const GIVEN_OUT = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Whether an IP address is one that everybody can reach: not private, loopback, link-local, shared (carrier-grade NAT),
 * multicast, reserved, or a form of IPv6 that stands for some address of IPv4 behind a gateway. An IPv4 address that is
 * written as IPv6 is looked at as what it is. What is unknown is not public.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  if (parsed.range() !== 'unicast') return false;
  return parsed instanceof ipaddr.IPv4 || parsed.match(GIVEN_OUT);
}
