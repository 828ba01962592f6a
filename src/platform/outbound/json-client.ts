import { type Dispatcher, interceptors, Pool } from 'undici';
import { nestsTooDeep } from '../json-depth.ts';
import { guardedConnector } from './guarded-connector.ts';
import { OutboundFailure } from './outbound-failure.ts';

export interface JsonClientOptions {
  /** Scheme, host and port. Nothing else is ever asked. */
  readonly origin: string;
  /** What goes along with each request. It may be secret. */
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds to open a connection. */
  readonly timeout: number;
  /** Of an answer, decompressed. */
  readonly maxBytes: number;
  readonly maxConnections: number;
  readonly allowPrivate: boolean;
}

export interface GetOptions {
  /** Ends everything, from waiting for a connection to reading the answer. */
  readonly signal: AbortSignal;
  readonly headers: Readonly<Record<string, string>>;
}

/** RFC 6839: what ends in +json is JSON too. */
const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;

/** JSON has no encoding but UTF-8 (RFC 8259, section 8.1). */
const OTHER_CHARSET = /;\s*charset\s*=(?!\s*"?utf-?8"?\s*(?:;|$))/i;

const OWN_HEADERS = {
  accept: 'application/json',
  'accept-encoding': 'gzip, deflate, br',
  'user-agent': 'atrium',
};

/** Asks one other server for JSON, and takes no more of it than was agreed. Redirects are not followed. */
export class JsonClient {
  private readonly pool: Pool;
  private readonly dispatcher: Dispatcher;
  private readonly headers: Readonly<Record<string, string>>;

  constructor({ origin, headers, timeout, maxBytes, maxConnections, allowPrivate }: JsonClientOptions) {
    this.headers = { ...OWN_HEADERS, ...headers };
    this.pool = new Pool(origin, {
      connect: guardedConnector({ timeout, allowPrivate }),
      connections: maxConnections,
      maxResponseSize: maxBytes,
      // The signal of each request is its limit.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    this.dispatcher = this.pool.compose(interceptors.decompress({ maxSize: maxBytes }));
  }

  /** @throws OutboundFailure */
  async get(path: string, { signal, headers }: GetOptions): Promise<unknown> {
    const done = new AbortController();
    try {
      const answer = await this.dispatcher.request({
        method: 'GET',
        path,
        headers: { ...this.headers, ...headers },
        signal: AbortSignal.any([signal, done.signal]),
      });
      requireJson(answer);
      return parse(await answer.body.bytes());
    } catch (error) {
      throw failureOf(error as Error & { readonly code?: unknown }, signal);
    } finally {
      // Of a body that is not wanted nothing more is read.
      done.abort();
    }
  }

  /** Breaks off what is still being asked. */
  close(): Promise<void> {
    return this.pool.destroy();
  }
}

/** @throws OutboundFailure */
function requireJson({ statusCode, headers }: Dispatcher.ResponseData): void {
  if (statusCode >= 300 && statusCode < 400)
    throw new OutboundFailure('redirect', { code: String(statusCode) });
  if (statusCode !== 200) {
    const health = statusCode >= 500 || statusCode === 429 ? 'unwell' : 'well';
    throw new OutboundFailure('status', { health, code: String(statusCode) });
  }
  const type = String(headers['content-type']);
  if (!JSON_TYPE.test(type) || OTHER_CHARSET.test(type)) throw new OutboundFailure('not_json');
}

/** @throws OutboundFailure */
function parse(bytes: Uint8Array): unknown {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new OutboundFailure('not_json');
  }
  if (nestsTooDeep(value)) throw new OutboundFailure('too_large');
  return value;
}

function failureOf(error: Error & { readonly code?: unknown }, signal: AbortSignal): OutboundFailure {
  if (error instanceof OutboundFailure) return error;
  if (signal.aborted) {
    const isLate = (signal.reason as Error).name === 'TimeoutError';
    // Whoever gives up early says nothing of the other server.
    return new OutboundFailure('timeout', isLate ? {} : { health: 'unknown' });
  }
  if (error.code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') return new OutboundFailure('too_large');
  return new OutboundFailure('unreachable', { code: String(error.code ?? error.name) });
}
