import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidQuantity } from '../../src/modules/operations/domain/errors.ts';
import { QUANTITY_LENGTH, quantityOf } from '../../src/modules/operations/domain/quantity.ts';
import { BAD_QUANTITIES, GOOD_QUANTITIES, writtenQuantity } from '../support/operations.ts';

describe('a quantity', () => {
  it.each(GOOD_QUANTITIES)('may be %s, and stays as it was written', text => {
    expect(quantityOf(text)).toBe(text);
    expect(text.length).toBeLessThanOrEqual(QUANTITY_LENGTH);
  });

  it.each(BAD_QUANTITIES)('is never %j', text => {
    expect(() => quantityOf(text)).toThrow(InvalidQuantity);
  });

  it('is any decimal number of at most 38 digits, 18 of them after the point', () => {
    fc.assert(fc.property(writtenQuantity, text => quantityOf(text) === text));
  });

  it('is nothing else', () => {
    const characters = fc.string({ unit: fc.constantFrom(...'0019-+.e \n'), maxLength: 45 });
    fc.assert(
      fc.property(characters, text => {
        const [, integer = '', fraction = ''] = /^-?(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
        const isGood =
          integer !== '' &&
          String(BigInt(integer)) === integer &&
          !text.endsWith('\n') &&
          integer.length + fraction.length <= 38 &&
          fraction.length <= 18 &&
          !(text.startsWith('-') && BigInt(integer + fraction) === 0n);
        const refusal = (() => {
          try {
            quantityOf(text);
            return false;
          } catch {
            return true;
          }
        })();
        expect(refusal).toBe(!isGood);
      }),
      { numRuns: 2000 },
    );
  });

  it('is looked at in no time, whatever it is', () => {
    const started = performance.now();
    for (const text of ['0'.repeat(1_000_000), '1.'.repeat(500_000), `-${'0.'.repeat(500_000)}`])
      expect(() => quantityOf(text)).toThrow(InvalidQuantity);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
