import type { TSchema } from 'typebox';
import Format from 'typebox/format';
import { Compile } from 'typebox/schema';
import { isWithinTime } from '../../kernel/time-bounds.ts';
import { snakeCase } from '../snake-case.ts';
import { type FieldError, RequestError } from './problem.ts';

/** Returns the value if it fits the schema; otherwise throws a `RequestError` that names each field and rule. */
export type Validate = (value: unknown) => void;

interface ValidationError {
  readonly keyword: string;
  readonly schemaPath: string;
  readonly instancePath: string;
  readonly message: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/**
 * TypeBox takes a leap second and the year 0 for times. No `Date` is the one, and not every storage can compare with the other,
 * nor with what an offset moves out of the years 1 to 9999.
 */
for (const name of ['date-time', 'date']) {
  const isFormatted = Format.Get(name);
  Format.Set(name, text => isFormatted?.(text) === true && isWithinTime(Date.parse(text)));
}

/** Whether a value fits the schema, without saying why not, which takes much longer. */
export function acceptorOf(schema: TSchema): (value: unknown) => boolean {
  const validator = Compile(schema);
  return value => validator.Check(value);
}

export function validatorOf(schema: TSchema): Validate {
  requireKnownFormats(schema);
  const validator = Compile(schema);
  return value => {
    if (validator.Check(value)) return;
    const [, found] = validator.Errors(value);
    const errors = fieldErrorsOf(found as ValidationError[]);
    throw new RequestError('request.invalid', summaryOf(errors), { errors });
  };
}

/** TypeBox lets everything pass a format that it does not know; here that is a mistake of the declaration. */
function requireKnownFormats(schema: unknown): void {
  if (typeof schema !== 'object' || schema === null) return;
  const { type, format } = schema as { type?: unknown; format?: unknown };
  if (type === 'string' && typeof format === 'string' && !Format.Has(format))
    throw new Error(`The format "${format}" is not known.`);
  for (const part of Object.values(schema)) requireKnownFormats(part);
}

function fieldErrorsOf(errors: readonly ValidationError[]): FieldError[] {
  const found = errors.flatMap(fieldErrorOf);
  // Where no branch of a choice fits, what is wrong with each branch says more than that none does.
  return found.filter(
    error =>
      error.code !== 'any_of' || !found.some(other => other !== error && other.pointer === error.pointer),
  );
}

function fieldErrorOf({ keyword, schemaPath, instancePath, message, params }: ValidationError): FieldError[] {
  const inBranch = schemaPath.includes('/anyOf/');
  switch (keyword) {
    case 'required':
      return (params.requiredProperties as string[]).map(name => ({
        pointer: `${instancePath}/${escaped(name)}`,
        code: 'required',
        detail: 'It is required.',
      }));
    case 'additionalProperties':
      return (params.additionalProperties as string[]).map(name => ({
        pointer: `${instancePath}/${escaped(name)}`,
        code: 'unknown_field',
        detail: 'There is no such field.',
      }));
    case 'boolean':
      return [];
    case 'type':
      if (inBranch && params.type === 'null') return [];
      break;
    case 'const':
      return [
        {
          pointer: instancePath,
          code: 'choice',
          detail: `It can be ${JSON.stringify(params.allowedValue)}.`,
        },
      ];
  }
  return [{ pointer: instancePath, code: snakeCase(keyword), detail: `It ${message}.` }];
}

function summaryOf(errors: readonly FieldError[]): string {
  const [first] = errors;
  if (!first) return 'The request does not have the expected form.';
  const where = first.pointer === '' ? 'The request' : `"${first.pointer}"`;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  return `${where} is not valid: ${first.detail}${more}`;
}

function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
