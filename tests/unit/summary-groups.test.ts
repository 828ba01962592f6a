import { describe, expect, it } from 'vitest';
import { SummaryGroups } from '../../src/modules/operations/adapters/summary-groups.ts';

const ONE = { count: 1, bought: '0.1', sold: 0 };
const shuffled = <T>(items: readonly T[]): T[] =>
  items
    .map((item, index) => ({ item, order: (index * 7919) % items.length }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item);

describe('groups of a summary', () => {
  it('are put together from any number of parts', () => {
    const groups = new SummaryGroups();
    groups.add('b', { count: 2, bought: '1.50', sold: '0.25' });
    groups.add('a', { count: 1, bought: 0, sold: '-3' });
    groups.add('b', { count: 1, bought: '-1.5', sold: '0' });
    expect(groups.result()).toEqual([
      { key: 'a', count: 1, quantity: '-3', bought: '0', sold: '-3', net: '3' },
      { key: 'b', count: 3, quantity: '0.25', bought: '0', sold: '0.25', net: '-0.25' },
    ]);
  });

  it('have no exponent, no negative zero and no digit too many', () => {
    const groups = new SummaryGroups();
    groups.add('long', { count: 1, bought: `1${'0'.repeat(37)}`, sold: '0.000000000000000001' });
    groups.add('none', { count: 2, bought: '-1.00', sold: '-1.0' });
    groups.add('none', { count: 2, bought: '1.000', sold: '1' });
    expect(groups.result()).toEqual([
      {
        key: 'long',
        count: 1,
        quantity: `1${'0'.repeat(37)}.000000000000000001`,
        bought: `1${'0'.repeat(37)}`,
        sold: '0.000000000000000001',
        net: `${'9'.repeat(37)}.999999999999999999`,
      },
      { key: 'none', count: 4, quantity: '0', bought: '0', sold: '0', net: '0' },
    ]);
  });

  it('are in the order of code points, none at the end', () => {
    const groups = new SummaryGroups();
    const keys = ['B', 'a', 'ä', '\ue000', '\uffff', '💙', null];
    for (const key of keys.toReversed()) groups.add(key, ONE);
    expect(groups.result().map(({ key }) => key)).toEqual(keys);
  });

  it('are the first 1,000 of any number, whole whatever the order of their parts', () => {
    const keys = Array.from({ length: 10_000 }, (_, index) => `key ${String(index).padStart(5, '0')}`);
    const groups = new SummaryGroups();
    for (let round = 0; round < 3; round += 1) for (const key of shuffled(keys)) groups.add(key, ONE);
    groups.add(null, ONE);
    const result = groups.result();
    expect(result.map(({ key }) => key)).toEqual(keys.slice(0, 1000));
    expect(new Set(result.map(({ count, bought }) => `${count} ${bought}`))).toEqual(new Set(['3 0.3']));
  });
});
