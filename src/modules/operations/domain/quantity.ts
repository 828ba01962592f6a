import { InvalidQuantity } from './errors.ts';

/** A decimal number as it was written: `1.50` stays `1.50`. */
export type Quantity = string;

/** Digits of which at most so many come after the point, and the characters of the longest: with a sign and the point. */
const DIGITS = 38;
const FRACTION = 18;
export const QUANTITY_LENGTH = DIGITS + 2;

/**
 * A regular expression of ECMAScript and JSON Schema. Each value has one way of writing it for each number of fraction digits,
 * and every storage gives it back as it was: no plus sign, exponent, leading zero or bare point, and no negative zero.
 */
export const QUANTITY_PATTERN = `^(?!-[0.]+$)-?(?!(?:\\.?\\d){${DIGITS + 1}})(?:0|[1-9]\\d*)(?:\\.\\d{1,${FRACTION}})?$`;

const QUANTITY = new RegExp(QUANTITY_PATTERN);

/** @throws InvalidQuantity */
export function quantityOf(text: string): Quantity {
  if (text.length > QUANTITY_LENGTH || !QUANTITY.test(text)) throw new InvalidQuantity();
  return text;
}
