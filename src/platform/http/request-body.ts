import type { IncomingMessage } from 'node:http';
import type { Readable, Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { Context } from 'koa';
import getRawBody from 'raw-body';
import { RequestError } from './problem.ts';

const JSON_TYPES = ['application/json'];
const MERGE_PATCH_TYPES = ['application/json', 'application/merge-patch+json'];
const FORM_TYPES = ['application/x-www-form-urlencoded'];

const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** Reads and parses a request's body; undefined where there is none. */
export type ReadBody = (context: Context) => Promise<unknown>;

/** `limit` in bytes, counted after decompression. */
export function bodyReader(kind: 'json' | 'merge-patch' | 'form', limit: number): ReadBody {
  const types = kind === 'form' ? FORM_TYPES : kind === 'json' ? JSON_TYPES : MERGE_PATCH_TYPES;
  const parse = kind === 'form' ? parseForm : parseJson;
  return async context => {
    if (!requireType(context, types)) return undefined;
    return parse(await readText(context.req, limit));
  };
}

/** Whether there is a body. @throws RequestError where it is none of these, or not in UTF-8 */
export function requireType(context: Context, types: string[]): boolean {
  if (context.req.headers['content-length'] === '0') return false;
  const given = context.is(types);
  if (given === null) return false;
  if (given === false) throw unsupported(`The body must be ${types.join(' or ')}.`, types);
  if (!/^(utf-?8)?$/i.test(context.request.charset)) throw unsupported('The body must be in UTF-8.', types);
  return true;
}

async function readText(request: IncomingMessage, limit: number): Promise<string> {
  try {
    const bytes = await getRawBody(decoded(request), { limit });
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw error instanceof RequestError ? error : unreadable(error as Error & { type?: string }, limit);
  }
}

/** @throws RequestError where nothing undoes its encoding */
export function decoded(request: IncomingMessage): Readable {
  const encoding = request.headers['content-encoding']?.toLowerCase() ?? 'identity';
  if (encoding === 'identity') return request;
  const decoder = DECODERS[encoding];
  if (!decoder)
    throw unsupported(`The body's encoding must be ${Object.keys(DECODERS).join(', ')} or none.`, []);
  const stream = decoder();
  request.on('error', error => stream.destroy(error));
  return request.pipe(stream);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new RequestError('request.malformed_json', `The body is not JSON: ${(error as Error).message}`);
  }
}

/** A parameter that is given twice is an array, which no schema takes; one without a value was left out (RFC 6749, 3.2). */
function parseForm(text: string): Record<string, unknown> {
  const form: Record<string, unknown> = Object.create(null);
  for (const [name, value] of new URLSearchParams(text)) {
    if (value === '') continue;
    form[name] = name in form ? [form[name], value] : value;
  }
  return form;
}

function unreadable(cause: Error & { type?: string }, limit: number): RequestError {
  if (cause.type !== 'entity.too.large')
    return new RequestError('request.malformed_json', `The body cannot be read: ${cause.message}`, { cause });
  return tooLarge(limit, { cause });
}

export function tooLarge(limit: number, options: ErrorOptions = {}): RequestError {
  const headers = { Connection: 'close' };
  const detail = `The body must have at most ${limit} bytes.`;
  return new RequestError('request.too_large', detail, { ...options, headers });
}

function unsupported(detail: string, types: readonly string[]): RequestError {
  const headers: Record<string, string> = types.length > 0 ? { Accept: types.join(', ') } : {};
  return new RequestError('request.unsupported_media_type', detail, { headers });
}
