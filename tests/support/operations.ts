import fc from 'fast-check';
import type { Application } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import type { UserId } from '../../src/kernel/principal.ts';
import { Operation, type OperationContent } from '../../src/modules/operations/domain/operation.ts';
import { BIRTH } from './people.ts';

export const OPERATION: OperationContent = {
  quantity: '1.50',
  figi: 'BBG000B9XRY4',
  instrumentType: 'share',
  date: new Date('2026-01-31T10:00:00.000Z'),
  type: 'buy',
};

/** One that is stored. */
export async function storedOperation(
  application: Application,
  owner: UserId,
  change: Partial<OperationContent> = {},
  at = BIRTH,
): Promise<Operation> {
  const [operation] = await storedOperations(application, owner, [change], at);
  return operation as Operation;
}

export async function storedOperations(
  application: Application,
  owner: UserId,
  changes: readonly Partial<OperationContent>[],
  at = BIRTH,
): Promise<Operation[]> {
  const ids = application.get(tokens.ids);
  const all = changes.map(change => new Operation(ids.next(), owner, { ...OPERATION, ...change }, at));
  await application.get(tokens.operationStorage).work.run(async ({ operations }) => {
    for (const operation of all) await operations.add(operation);
  });
  return all;
}

/** Good quantities as they are written, from the shortest to 38 digits of which up to 18 come after the point. */
export const writtenQuantity = fc
  .record({
    negative: fc.boolean(),
    fraction: fc.nat({ max: 18 }),
    whole: fc.bigInt({ min: 0n, max: 10n ** 38n - 1n }),
    digits: fc.nat({ max: 37 }),
  })
  .map(({ negative, fraction, whole, digits }) => {
    const size = Math.max(1, Math.min(digits + 1, 38 - fraction));
    const integer = String(whole % 10n ** BigInt(size));
    const rest = String(whole).padStart(38, '0').slice(0, fraction);
    const text = fraction === 0 ? integer : `${integer}.${rest}`;
    return negative && /[1-9]/.test(text) ? `-${text}` : text;
  });

/** Quantities that were never written like this. */
export const BAD_QUANTITIES: readonly string[] = [
  '',
  ' ',
  '1'.repeat(39),
  '1'.repeat(40),
  `0.${'1'.repeat(19)}`,
  `${'1'.repeat(21)}.${'1'.repeat(18)}`,
  `-${'1'.repeat(39)}`,
  'NaN',
  'Infinity',
  '-Infinity',
  '1e3',
  '1E3',
  '1e-3',
  '+1',
  '--1',
  '007',
  '-007',
  '00',
  '00.5',
  '.5',
  '5.',
  '-.5',
  '.',
  '-',
  '-0',
  '-0.0',
  '-0.000',
  ' 1',
  '1 ',
  '1 000',
  '1\n',
  '1,5',
  '1.2.3',
  '1_000',
  '0x10',
  '１',
  '1\0',
];

export const GOOD_QUANTITIES: readonly string[] = [
  '0',
  '0.00',
  '1',
  '-1',
  '1.50',
  '-1.50',
  '100',
  '0.5',
  '-0.5',
  '0.000000000000000001',
  '9'.repeat(38),
  `-${'9'.repeat(38)}`,
  `${'9'.repeat(20)}.${'9'.repeat(18)}`,
  `-${'9'.repeat(20)}.${'9'.repeat(18)}`,
  `1${'0'.repeat(37)}`,
  `1.${'0'.repeat(18)}`,
];
