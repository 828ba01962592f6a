import type { Readable } from 'node:stream';
import type { Context } from 'koa';
import { letTakeTime } from './arrival.ts';
import type { BodyStream } from './endpoint.ts';
import { RequestError } from './problem.ts';
import { decoded, type ReadBody, requireType, tooLarge } from './request-body.ts';

/** The bytes of a body as they come, decompressed. They are read once, by whoever handles the request. */
export function bodyStreamReader({ mediaType, limit }: BodyStream): ReadBody {
  return async context => {
    const { req, res } = context;
    if (req.headers['idempotency-key'] !== undefined) throw keyed();
    if (!requireType(context, [mediaType])) return nothing();
    if (Number(req.headers['content-length']) > limit && !req.headers['content-encoding'])
      throw tooLarge(limit);
    const source = decoded(req);
    // Unless all of it is read, nobody will come to what is sent after it.
    const closes = res.hasHeader('Connection');
    if (!closes) res.setHeader('Connection', 'close');
    return pieces(context, source, limit, () => {
      if (!closes && !res.headersSent) res.removeHeader('Connection');
    });
  };
}

/** Whoever sends a key relies on it. */
function keyed(): RequestError {
  const detail =
    'Idempotency-Key is not taken with a body that is read as it comes. Look whether the first request succeeded.';
  return new RequestError('request.malformed', detail);
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

/** Leaving it early must not destroy the request, on whose connection the answer is still to be sent. */
async function* pieces(
  { req }: Context,
  source: Readable,
  limit: number,
  whole: () => void,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  letTakeTime(req);
  try {
    for await (const piece of source.iterator({ destroyOnReturn: false })) {
      bytes += piece.length;
      if (bytes > limit) throw tooLarge(limit);
      yield piece;
    }
    whole();
  } catch (cause) {
    if (cause instanceof RequestError) throw cause;
    const reason = (cause as Error).message;
    throw new RequestError('request.malformed', `The body cannot be read: ${reason}`, { cause });
  } finally {
    if (source !== req) {
      req.unpipe();
      source.destroy();
    }
  }
}
