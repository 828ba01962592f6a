import type { ParsedUrlQuery } from 'node:querystring';
import type { TSchema } from 'typebox';

/**
 * Turns the texts of a query into the numbers and booleans that its schema declares. What does not look like one
 * stays a text, and the schema refuses it.
 */
export function coerceQuery(schema: TSchema, query: ParsedUrlQuery): Record<string, unknown> {
  const properties = (schema as { properties?: Record<string, { type?: string }> }).properties ?? {};
  const values: Record<string, unknown> = {};
  for (const [name, text] of Object.entries(query)) values[name] = coerce(properties[name]?.type, text);
  return values;
}

function coerce(type: string | undefined, text: string | string[] | undefined): unknown {
  if (type === 'integer' && typeof text === 'string' && /^-?\d{1,15}$/.test(text)) return Number(text);
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}
