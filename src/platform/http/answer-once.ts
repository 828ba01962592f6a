import { createHash, type Hash } from 'node:crypto';
import type { Context } from 'koa';
import type { Principal } from '../../kernel/principal.ts';
import type { Endpoint, Reply } from './endpoint.ts';
import type { AnyRequest, EndpointRequest } from './endpoint-request.ts';
import { isRepeatable, type RepeatedRequests, requireKey } from './repeated-requests.ts';

type Handle = (request: AnyRequest) => Promise<Reply>;

/**
 * Answers a request with an `Idempotency-Key` once, however often it comes. Where a body comes as a stream nobody knows before
 * its end whether it is the same, so there the handler says what is to be done once.
 */
export function answerOnce(
  endpoint: Endpoint,
  handle: Handle,
  repeated: RepeatedRequests,
): (context: Context, request: EndpointRequest) => Promise<Reply> {
  if (!isRepeatable(endpoint)) return (_, request) => handle(request);
  return async (context, request) => {
    const { 'idempotency-key': key } = context.req.headers;
    if (key === undefined) return handle(request);
    requireKey(String(key));
    const { userId } = request.principal as Principal;
    const keyed = { key: String(key), userId, method: context.method, path: context.path };
    if (!endpoint.bodyStream) return repeated.once({ ...keyed, body: request.body }, () => handle(request));
    const body = new DigestedBody(request.body as AsyncIterable<Uint8Array>);
    request.body = body;
    request.once = effect => repeated.once({ ...keyed, body: body.digest() }, effect);
    return handle(request);
  };
}

/** The bytes of a body, and when they have been read, a digest of them. */
class DigestedBody implements AsyncIterable<Uint8Array> {
  private readonly source: AsyncIterable<Uint8Array>;
  private readonly hash: Hash = createHash('sha256');

  constructor(source: AsyncIterable<Uint8Array>) {
    this.source = source;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for await (const piece of this.source) {
      this.hash.update(piece);
      yield piece;
    }
  }

  digest(): string {
    return this.hash.digest('base64url');
  }
}
