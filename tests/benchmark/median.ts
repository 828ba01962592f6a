/** The middle value, the lower one of the two of an even number; undefined where a value is. */
export function median<T extends number | undefined>(values: readonly T[]): number | undefined {
  const known = values.filter(value => value !== undefined).sort((a, b) => a - b);
  return known.length < values.length ? undefined : known[Math.floor((known.length - 1) / 2)];
}
