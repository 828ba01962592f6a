import { plain } from './html-text.ts';

interface ShownSchema {
  readonly $ref?: string;
  readonly const?: unknown;
  readonly type?: string;
  readonly format?: string;
  readonly description?: string;
  readonly anyOf?: readonly ShownSchema[];
  readonly items?: ShownSchema;
  readonly properties?: Readonly<Record<string, ShownSchema>>;
  readonly required?: readonly string[];
}

/** What a value is held to, beside its type. */
const RULES = [
  'minLength',
  'maxLength',
  'pattern',
  'minimum',
  'exclusiveMinimum',
  'maximum',
  'exclusiveMaximum',
  'multipleOf',
  'minItems',
  'maxItems',
  'uniqueItems',
] as const;

/** What an object has, as a table of HTML: a row for each property, nested ones under their path. */
export function schemaTable(schema: unknown): string {
  return `<table><thead><tr><th>field</th><th>type</th><th>rules</th></tr></thead>
<tbody>${rowsOf(schema as ShownSchema, '').join('\n')}</tbody></table>`;
}

function rowsOf({ properties = {}, required = [] }: ShownSchema, above: string): string[] {
  return Object.entries(properties).flatMap(([name, property]) => {
    const path = above + name;
    const optional = required.includes(name) ? '' : ' <i>optional</i>';
    return [
      `<tr><td><code>${plain(path)}</code>${optional}</td><td>${typeOf(property)}</td><td>${rulesOf(property)}</td></tr>`,
      ...alternativesOf(property).flatMap(part => nestedRowsOf(part, path)),
    ];
  });
}

function nestedRowsOf(schema: ShownSchema, path: string): string[] {
  return schema.items ? nestedRowsOf(schema.items, `${path}[]`) : rowsOf(schema, `${path}.`);
}

const alternativesOf = (schema: ShownSchema) => schema.anyOf ?? [schema];

function typeOf(schema: ShownSchema): string {
  const { $ref, anyOf, type, format, items } = schema;
  if ($ref) {
    const name = plain($ref.slice($ref.lastIndexOf('/') + 1));
    return `<a href="#${name}">${name}</a>`;
  }
  if ('const' in schema) return `<code>${plain(JSON.stringify(schema.const))}</code>`;
  if (anyOf) return anyOf.map(typeOf).join(' or ');
  if (type === 'array') return items ? `list of ${typeOf(items)}` : 'list';
  return plain(format ? `${type} (${format})` : (type ?? 'anything'));
}

function rulesOf(schema: ShownSchema): string {
  const rules = [schema, schema.items ?? {}, ...(schema.anyOf ?? [])].flatMap(part =>
    RULES.flatMap(rule => {
      const value = (part as Readonly<Record<string, unknown>>)[rule];
      return value === undefined ? [] : [`<code>${rule} ${plain(String(value))}</code>`];
    }),
  );
  return [...rules, ...(schema.description ? [plain(schema.description)] : [])].join(' ');
}
