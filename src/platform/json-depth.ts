/** Deeper than anybody writes by hand, and far from where `JSON.stringify` has no stack left (some 4,000). */
const MAX_DEPTH = 100;

/** Whether there are so many lists and objects in each other that the value could not be sent on. */
export function nestsTooDeep(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (depth >= MAX_DEPTH) return true;
  return Object.values(value).some(inner => nestsTooDeep(inner, depth + 1));
}
