import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RequestError } from '../../src/platform/http/problem.ts';
import { etagOf, namesEtag, requireMatch } from '../../src/platform/http/representation.ts';
import { timestamp } from '../../src/platform/http/timestamp.ts';

describe('an ETag', () => {
  it('is the same for the same representation only, and well-formed', () => {
    expect(etagOf('{"a":1}')).toBe(etagOf('{"a":1}'));
    expect(etagOf('{"a":1}')).not.toBe(etagOf('{"a":2}'));
    for (const text of ['', '{}', '💙']) expect(etagOf(text)).toMatch(/^"[\x21\x23-\x7e]+"$/);
  });

  it.each([
    ['"a"', true],
    ['  "a"  ', true],
    ['*', true],
    [' * ', true],
    ['W/"a"', true],
    ['"b", "a"', true],
    ['"b","a","c"', true],
    ['W/"b", W/"a"', true],
    ['"b"', false],
    ['', false],
    ['a', false],
    ['"a', false],
    ['a"', false],
    ['"A"', false],
    ['"ab"', false],
    ['w/"a"', false],
    ['W/ "a"', false],
    ['"*"', false],
    ['"b", "c"', false],
    [',', false],
  ])('"a" is named by %j: %s', (header, named) => {
    expect(namesEtag(header, '"a"')).toBe(named);
  });

  it('that If-Match does not name is refused', () => {
    expect(() => requireMatch('"a"', '"a"')).not.toThrow();
    expect(() => requireMatch('"b"', '"a"')).toThrow(RequestError);
    expect(() => requireMatch('"b"', '"a"')).toThrow(
      expect.objectContaining({ code: 'request.precondition_failed' }),
    );
  });
});

describe('a time on the wire', () => {
  it.each([
    '1970-01-01T00:00:00.000Z',
    '1969-12-31T23:59:59.999Z',
    '2024-02-29T23:59:59.001Z',
    '9999-12-31T23:59:59.010Z',
    '0001-01-01T00:00:00.100Z',
  ])('is %s', time => {
    expect(timestamp(new Date(time))).toBe(time);
  });

  it('is as JavaScript writes it, in whatever order times come', () => {
    const min = new Date('0000-01-01T00:00:00.000Z');
    const max = new Date('9999-12-31T23:59:59.999Z');
    fc.assert(
      fc.property(fc.date({ min, max, noInvalidDate: true }), time => {
        expect(timestamp(time)).toBe(time.toISOString());
      }),
      { numRuns: 1000 },
    );
  });
});
