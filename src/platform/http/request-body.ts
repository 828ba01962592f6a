import { bodyParser } from '@koa/bodyparser';
import type { Context, Middleware } from 'koa';
import { RequestError } from './problem.ts';

const JSON_TYPES = ['application/json'];
const MERGE_PATCH_TYPES = ['application/json', 'application/merge-patch+json'];
const FORM_TYPES = ['application/x-www-form-urlencoded'];

/** Reads and parses a request's body. */
export type ReadBody = (context: Context) => Promise<unknown>;

/** `limit` in bytes, counted after decompression. */
export function bodyReader(kind: 'json' | 'merge-patch' | 'form', limit: number): ReadBody {
  const types = kind === 'form' ? FORM_TYPES : kind === 'json' ? JSON_TYPES : MERGE_PATCH_TYPES;
  const parse = bodyParser({
    enableTypes: [kind === 'form' ? 'form' : 'json'],
    extendTypes: kind === 'form' ? { form: types } : { json: types },
    jsonLimit: limit,
    formLimit: limit,
    jsonStrict: false,
    onError: error => {
      throw bodyError(error as Error & { status?: number }, limit);
    },
  }) as Middleware;
  const nothing = async () => undefined;
  return async context => {
    // An absent body has no type to be wrong about: the schema says what is missing.
    const given = context.is(types);
    if (given === false) throw unsupported(types);
    if (given === null) return undefined;
    if (context.get('Content-Length') === '0') return undefined;
    await parse(context, nothing);
    const { body } = context.request as { body?: unknown };
    return kind === 'form' ? withoutEmpty(body) : body;
  };
}

/** A parameter without a value is treated as if it had been left out (RFC 6749, section 3.2). */
function withoutEmpty(form: unknown): unknown {
  return Object.fromEntries(Object.entries(form ?? {}).filter(([, value]) => value !== ''));
}

function bodyError(error: Error & { status?: number }, limit: number): RequestError {
  const options = { cause: error };
  switch (error.status) {
    case 413:
      return new RequestError('request.too_large', `The body must have at most ${limit} bytes.`, {
        ...options,
        headers: { Connection: 'close' },
      });
    case 415:
      return new RequestError(
        'request.unsupported_media_type',
        `The body's encoding is not supported.`,
        options,
      );
    default:
      return new RequestError('request.malformed_json', `The body cannot be read: ${error.message}`, options);
  }
}

function unsupported(types: readonly string[]): RequestError {
  return new RequestError('request.unsupported_media_type', `The body must be ${types.join(' or ')}.`, {
    headers: { Accept: types.join(', ') },
  });
}
