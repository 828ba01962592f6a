import { BigNumber } from 'bignumber.js';
import { MAX_GROUPS, type SummaryGroup } from '../application/ports.ts';

/** What is known of a group from some of its operations. */
export interface PartialSums {
  readonly count: number;
  readonly bought: BigNumber.Value;
  readonly sold: BigNumber.Value;
}

interface Sums {
  count: number;
  bought: BigNumber;
  sold: BigNumber;
}

/** Groups that would not be shown are forgotten from so many on: whoever has a key for each operation takes no more memory. */
const MAX_KNOWN = 4 * MAX_GROUPS;

/** Puts a summary together from partial sums, in any order. */
export class SummaryGroups {
  private groups = new Map<string | null, Sums>();

  add(key: string | null, { count, bought, sold }: PartialSums): void {
    const known = this.groups.get(key);
    if (known) {
      known.count += count;
      known.bought = known.bought.plus(bought);
      known.sold = known.sold.plus(sold);
      return;
    }
    this.groups.set(key, { count, bought: new BigNumber(bought), sold: new BigNumber(sold) });
    // A key that does not belong to the first now never will: there can only be more before it.
    if (this.groups.size > MAX_KNOWN) this.groups = new Map(this.first());
  }

  result(): readonly SummaryGroup[] {
    return this.first().map(([key, { count, bought, sold }]) => ({
      key,
      count,
      quantity: bought.plus(sold).toFixed(),
      bought: bought.toFixed(),
      sold: sold.toFixed(),
      net: bought.minus(sold).toFixed(),
    }));
  }

  private first(): [string | null, Sums][] {
    const ordered = [...this.groups].map(group => ({ group, bytes: Buffer.from(group[0] ?? '') }));
    ordered.sort((a, b) => nullLast(a.group[0], b.group[0]) || Buffer.compare(a.bytes, b.bytes));
    return ordered.slice(0, MAX_GROUPS).map(({ group }) => group);
  }
}

function nullLast(a: string | null, b: string | null): number {
  return Number(a === null) - Number(b === null);
}
