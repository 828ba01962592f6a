import type { OutgoingHttpHeader, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Context } from 'koa';

type Piece = string | Uint8Array;

interface StreamedAnswer {
  readonly status: number;
  /** Names and values by turns. */
  readonly headers: readonly (string | readonly string[])[];
  readonly stream: AsyncIterable<Piece>;
  /** Milliseconds after which a client that takes nothing is given up. */
  readonly timeout: number;
  /** Whether it may be compressed: then a piece is not there before others have filled a block with it. */
  readonly mayBeZipped: boolean;
}

/**
 * Sends an answer piece by piece, past Koa, and waits until it has been taken. What fails before the first piece can still
 * be answered with a problem. What fails later can only cut the connection, so that nobody takes a part for the whole.
 * @throws what the stream throws
 */
export async function streamAnswer(
  context: Context,
  { status, headers, stream, timeout, mayBeZipped }: StreamedAnswer,
): Promise<void> {
  const { req, res } = context;
  const pieces = stream[Symbol.asyncIterator]();
  const first = await pieces.next();
  const zipped = mayBeZipped && context.acceptsEncodings('gzip', 'identity') === 'gzip';
  const all = [...headers, ...(zipped ? ['Content-Encoding', 'gzip'] : [])];
  context.respond = false;
  res.writeHead(status, all as OutgoingHttpHeader[]);
  if (req.method === 'HEAD') {
    await pieces.return?.();
    res.end();
    return;
  }
  res.setTimeout(timeout, () => res.destroy());
  const source = startingWith(first, pieces);
  try {
    await (zipped ? sendZipped(source, res) : send(source, res));
    res.end();
  } catch (error) {
    res.destroy();
    throw error;
  }
}

/** The same pieces, of which the first has been taken already. */
async function* startingWith(
  first: IteratorResult<Piece>,
  rest: AsyncIterator<Piece>,
): AsyncGenerator<Piece> {
  try {
    if (first.done) return;
    yield first.value;
    yield* { [Symbol.asyncIterator]: () => rest };
  } finally {
    await rest.return?.();
  }
}

async function sendZipped(source: AsyncIterable<Piece>, res: ServerResponse): Promise<void> {
  const zip = createGzip();
  const zipping = pipeline(Readable.from(source, { highWaterMark: 1 }), zip);
  // Where the client has gone, nobody takes what is zipped.
  const unlessGone = zipping.catch(error => {
    if (!res.destroyed) throw error;
  });
  await Promise.all([unlessGone, send(zip, res)]);
}

/** Not through Node's `pipeline`, which passes what fails here on to the connection as if that had failed. */
async function send(source: AsyncIterable<Piece>, res: ServerResponse): Promise<void> {
  for await (const piece of source) {
    if (res.destroyed) return;
    if (!res.write(piece)) await drained(res);
  }
}

/** Or closed, which is no error: a client may go. */
function drained(res: ServerResponse): Promise<void> {
  return new Promise(resolve => {
    const done = () => {
      res.off('drain', done).off('close', done);
      resolve();
    };
    res.on('drain', done).on('close', done);
  });
}
