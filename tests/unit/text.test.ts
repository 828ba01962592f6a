import { describe, expect, it } from 'vitest';
import { InvalidText } from '../../src/kernel/errors.ts';
import { boundedText, lengthOf } from '../../src/kernel/text.ts';

const BOUNDS = { min: 2, max: 4 };

const refusal = (text: string, bounds = BOUNDS) => {
  try {
    boundedText('title', text, bounds);
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidText);
    const { code, field } = error as InvalidText;
    expect(field).toBe('title');
    return code;
  }
};

describe('the length of a text', () => {
  it.each([
    ['', 0],
    ['abc', 3],
    ['é', 1],
    ['e\u0301', 2],
    ['💙', 1],
    ['𠀀𠀁', 2],
    ['👩‍👩‍👧', 5],
    ['\r\n', 2],
  ])('of %j is %i code points', (text, length) => {
    expect(lengthOf(text)).toBe(length);
  });
});

describe('a bounded text', () => {
  it.each(['ab', 'abcd', '  ', '💙💙', '💙💙💙💙', 'e\u0301e\u0301'])('is %j as it is', text => {
    expect(boundedText('title', text, BOUNDS)).toBe(text);
  });

  it.each(['', 'a', 'abcde', '💙', '💙💙💙💙💙', 'e\u0301e\u0301e'])('is not %j: its length', text => {
    expect(refusal(text)).toBe('text.length');
  });

  it.each(['a\0b', '\0\0', 'ab\ud800', '\udc00ab', '\udc00\ud800'])('is not %j: its characters', text => {
    expect(refusal(text)).toBe('text.characters');
  });

  it('may be empty where its bounds say so', () => {
    expect(boundedText('title', '', { min: 0, max: 1 })).toBe('');
  });

  it('says its bounds when it is refused', () => {
    expect(() => boundedText('title', 'abcde', BOUNDS)).toThrow('2 to 4');
  });
});
