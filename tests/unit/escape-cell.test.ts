import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeCell, unescapeCell } from '../../src/modules/operations/adapters/http/escape-cell.ts';
import { DIFFICULT_TEXTS } from '../support/texts.ts';

const DANGEROUS = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

describe('a cell of a spreadsheet', () => {
  it.each(DANGEROUS)('never begins with %j', character => {
    for (const text of [character, `${character}1+1`, `${character}${character}`])
      expect(escapeCell(text)).toBe(`'${text}`);
  });

  it.each([
    ["'=1", "''=1"],
    ["''=1", "'''=1"],
    ["'", "'"],
    ["''", "''"],
    ["'a", "'a"],
    ['a=1', 'a=1'],
    [' =1', ' =1'],
    ['1', '1'],
    ['', ''],
  ])('of %j is %j', (text, cell) => {
    expect(escapeCell(text)).toBe(cell);
    expect(unescapeCell(cell)).toBe(text);
  });

  it('is the same text again afterwards, and never one that calculates', () => {
    const anyText = fc.oneof(
      fc.string({ unit: fc.constantFrom("'", ...DANGEROUS, 'a') }),
      fc.string({ unit: 'binary' }),
      fc.constantFrom(...DIFFICULT_TEXTS),
    );
    fc.assert(
      fc.property(anyText, text => {
        const cell = escapeCell(text);
        expect(unescapeCell(cell)).toBe(text);
        expect(DANGEROUS).not.toContain(cell[0]);
      }),
      { numRuns: 2000 },
    );
  });

  it('that was typed with one quote before a formula loses it', () => {
    expect(unescapeCell("'=SUM(A1)")).toBe('=SUM(A1)');
  });
});
