interface ExampleSchema {
  readonly examples?: readonly unknown[];
  readonly const?: unknown;
  readonly type?: string;
  readonly anyOf?: readonly unknown[];
  readonly items?: unknown;
  readonly properties?: Readonly<Record<string, unknown>>;
}

/**
 * A value made of nothing but what the schema's parts give as examples, with all that is optional.
 * @throws Error where a part gives none
 */
export function exampleOf(schema: unknown, place: string): unknown {
  const { examples, anyOf, items, properties = {}, ...rest } = schema as ExampleSchema;
  if (examples) return examples[0];
  if ('const' in rest) return rest.const;
  if (rest.type === 'boolean') return true;
  if (rest.type === 'null') return null;
  if (anyOf) return exampleOf(anyOf[0], place);
  if (rest.type === 'array') return [exampleOf(items, `${place}[]`)];
  if (rest.type !== 'object') throw new Error(`${place} has no example: give its schema one.`);
  return Object.fromEntries(
    Object.entries(properties).map(([name, part]) => [name, exampleOf(part, `${place}.${name}`)]),
  );
}
