import type { Grouping, SummaryGroup } from '../../src/modules/operations/application/ports.ts';
import type { OperationContent } from '../../src/modules/operations/domain/operation.ts';

const SCALE = 18;

/** A decimal number in units of its eighteenth fraction digit. */
export function unitsOf(text: string): bigint {
  const [, sign = '', whole = '', fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  const units = BigInt(whole + fraction.padEnd(SCALE, '0'));
  return sign === '-' ? -units : units;
}

export function textOf(units: bigint): string {
  const digits = String(units < 0n ? -units : units).padStart(SCALE + 1, '0');
  const text = `${digits.slice(0, -SCALE)}.${digits.slice(-SCALE)}`.replace(/\.?0+$/, '');
  return units < 0n ? `-${text}` : text;
}

const KEYS: Readonly<Record<Grouping, (content: OperationContent) => string | null>> = {
  type: ({ type }) => type,
  instrument_type: ({ instrumentType }) => instrumentType,
  month: ({ date }) => date.toISOString().slice(0, 7),
};

/** What a summary of these operations is, by whole numbers alone; its keys in the order of a language's plain letters. */
export function expectedSummary(contents: readonly OperationContent[], groupBy: Grouping): SummaryGroup[] {
  const keys = [...new Set(contents.map(KEYS[groupBy]))].sort((a, b) =>
    a === null ? 1 : b === null ? -1 : a < b ? -1 : 1,
  );
  return keys.map(key => {
    const group = contents.filter(content => KEYS[groupBy](content) === key);
    const sum = (type: string) =>
      group.filter(one => one.type === type).reduce((total, { quantity }) => total + unitsOf(quantity), 0n);
    const [bought, sold] = [sum('buy'), sum('sell')];
    return {
      key,
      count: group.length,
      quantity: textOf(bought + sold),
      bought: textOf(bought),
      sold: textOf(sold),
      net: textOf(bought - sold),
    };
  });
}
