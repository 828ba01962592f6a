import { describe, expect, it } from 'vitest';
import { isPublicAddress } from '../../src/platform/outbound/public-address.ts';

describe('an address', () => {
  it.each(['8.8.8.8', '1.1.1.1', '172.32.0.1', '100.128.0.1', '2606:4700::1', '::ffff:8.8.8.8'])(
    '%s is public',
    address => {
      expect(isPublicAddress(address)).toBe(true);
    },
  );

  it.each([
    ['unspecified', ['0.0.0.0', '0.1.2.3', '::']],
    ['loopback', ['127.0.0.1', '127.255.255.254', '::1']],
    ['private', ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.0.1']],
    ['shared by carriers', ['100.64.0.1', '100.127.255.255']],
    ['link-local, where clouds keep their secrets', ['169.254.169.254', 'fe80::1', 'fe80::1%eth0']],
    ['unique local', ['fc00::1', 'fd00:ec2::254']],
    ['site-local', ['fec0::1']],
    ['multicast or broadcast', ['224.0.0.1', '239.255.255.255', 'ff02::1', '255.255.255.255']],
    ['reserved', ['192.0.0.1', '192.0.2.1', '198.18.0.1', '198.51.100.1', '203.0.113.1', '240.0.0.1']],
    ['for documents or to be discarded', ['2001:db8::1', '3fff::1', '100::1']],
    [
      'private in the form of IPv6',
      ['::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:a00:1', '::127.0.0.1', '::7f00:1'],
    ],
    ['translated from IPv4', ['64:ff9b::7f00:1', '64:ff9b::808:808', '64:ff9b:1::a00:1', '::ffff:0:7f00:1']],
    ['tunnelled', ['2002:7f00:1::', '2001::1']],
    ['of nobody yet', ['4000::1', 'e000::1']],
    ['none', ['', 'localhost', 'example.org', '300.1.1.1', '127.0.0.1:80', '[::1]']],
  ])('that is %s is not public', (_, addresses) => {
    expect(addresses.filter(isPublicAddress)).toEqual([]);
  });
});
