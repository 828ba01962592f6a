import type { TSchema } from 'typebox';

interface PropertySchema {
  readonly type?: string;
  readonly format?: string;
}

/**
 * Turns the texts of a query or path into what its schema declares: numbers, booleans, and ids in lower case, in which
 * they are kept (RFC 9562, section 4, has no difference). What does not look like one stays a text, and the schema
 * refuses it.
 */
export function coerceTexts(
  schema: TSchema,
  texts: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const { properties = {} } = schema as { properties?: Readonly<Record<string, PropertySchema>> };
  const values: Record<string, unknown> = Object.create(null);
  for (const name of Object.keys(texts))
    values[name] = coerce(Object.hasOwn(properties, name) ? properties[name] : undefined, texts[name]);
  return values;
}

function coerce({ type, format }: PropertySchema = {}, text: unknown): unknown {
  if (typeof text !== 'string') return text;
  if (type === 'integer' && /^-?\d{1,15}$/.test(text)) return Number(text);
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return format === 'uuid' ? text.toLowerCase() : text;
}
