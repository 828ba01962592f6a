import { InvalidText } from './errors.ts';

/** Bounds in Unicode code points, both included. */
export interface TextBounds {
  readonly min: number;
  readonly max: number;
}

/** The number of Unicode code points, which is what JSON Schema's `minLength` and `maxLength` count. */
export function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}

/**
 * Returns `text` if it is within `bounds` and every storage can hold it: PostgreSQL cannot store U+0000, and
 * no UTF-8 can hold half a surrogate pair.
 * @throws InvalidText
 */
export function boundedText(field: string, text: string, bounds: TextBounds): string {
  if (text.includes('\0') || !text.isWellFormed())
    throw new InvalidText('text.characters', field, 'It must not contain U+0000 or half a surrogate pair.');
  // A code point is one or two of the units that `length` counts, so most texts need not be walked through.
  const isShort = text.length < 2 * bounds.min && lengthOf(text) < bounds.min;
  const isLong = text.length > bounds.max && lengthOf(text) > bounds.max;
  if (isShort || isLong)
    throw new InvalidText('text.length', field, `It must be ${bounds.min} to ${bounds.max} characters long.`);
  return text;
}
