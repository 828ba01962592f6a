import { expect, it } from 'vitest';
import { networkOf } from '../../src/platform/network-of.ts';

it.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:db8:1:2::6', '2001:db8:1:2'],
  ['2001:db8:1:2::', '2001:db8:1:2'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['2001:db8::3:4:5:6:7', '2001:db8:0:3'],
  ['fe80::1', 'fe80:0:0:0'],
  ['019ab0f4-7c1e-7d3a-8a51-0e6f3c9d2b47', '019ab0f4-7c1e-7d3a-8a51-0e6f3c9d2b47'],
  ['unknown', 'unknown'],
  ['', ''],
])('the origin %j stands for %j', (origin, network) => {
  expect(networkOf(origin)).toBe(network);
});
