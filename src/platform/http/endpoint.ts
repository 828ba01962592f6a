import type { IncomingHttpHeaders } from 'node:http';
import type { Static, TSchema } from 'typebox';
import type { Principal, Scope } from '../../kernel/principal.ts';
import type { Dependency } from '../cache/tags.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * How an answer may be kept: `public` by anybody as long as it is asked whether it is still true, `private` by
 * the one client that got it, `no-store` by nobody (tokens and credentials).
 */
export type CachePolicy = 'public' | 'private' | 'no-store';

/** What a handler answers. `version` is the aggregate's, for a later change that must not overwrite another. */
export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  /** The body of an endpoint that `streams`: each piece is made when the one before has been sent. */
  readonly stream?: AsyncIterable<string | Uint8Array>;
  readonly version?: number | undefined;
  readonly headers?: ReplyHeaders;
}

/** A list where a header comes more than once, as `Set-Cookie` does. */
export type ReplyHeaders = Readonly<Record<string, string | readonly string[]>>;

export interface Request<Params, Query, Body, By> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly principal: By;
  /**
   * Does what a streamed body asks for, and answers: once for an `Idempotency-Key`, in the transaction that keeps the answer. To
   * be called when all of the body has been read. Other bodies are read before, so there all of the handler is done once.
   */
  readonly once: (effect: () => Promise<Reply>) => Promise<Reply>;
  /** The version that `If-Match` named, once it was found to be the present one. */
  readonly expectedVersion: number | undefined;
  /** The path and query as the client sent them, for links to other pages of a list. */
  readonly url: string;
  /** The client's network address. */
  readonly address: string;
  readonly headers: IncomingHttpHeaders;
  /** Aborted when the client has gone, or the answer is on its way. */
  readonly signal: AbortSignal;
  /** W3C Trace Context, for whoever is asked on this request's behalf. */
  readonly traceparent: string;
}

/** Everything that the router, the validator, the documents and the tests need to know of an endpoint. */
export interface Endpoint<Code extends string = string> {
  /** Unique among all endpoints; what clients generated from the documents call it. */
  readonly name: string;
  readonly method: Method;
  /** Below the API's root, as `/posts/:id`. */
  readonly path: string;
  /** At the server's root instead, where a standard fixes the place. */
  readonly atRoot?: true;
  readonly summary: string;
  /** Markdown, for the documents: the business rules. */
  readonly description?: string;
  /** The scope that a token must carry; `any`: everybody who is signed in; nothing: everybody. */
  readonly scope?: Scope | 'any' | undefined;
  /** It is good for nothing without the cookies of a browser's session, and then answered with 401. */
  readonly needsCookies?: true;
  /** Somebody could use it to guess, to annoy others or to fill the storage, so it has a limit of its own. */
  readonly sensitive?: true;
  /** Strings. A value that does not fit is a thing that cannot exist: 404. */
  readonly params?: TSchema | undefined;
  readonly query?: TSchema | undefined;
  readonly body?: TSchema | undefined;
  /** `json` also takes a merge patch (RFC 7396) where the method is PATCH. */
  readonly bodyType?: 'json' | 'form';
  /** A body that may be longer than memory: the handler gets its bytes as they come. */
  readonly bodyStream?: BodyStream;
  /** A body that is left out is an empty object. */
  readonly bodyOptional?: true;
  /** Its body says by itself whether it was sent before, so it takes no `Idempotency-Key`. */
  readonly keyedByBody?: true;
  /** Status → the body's schema, or null for an answer without one. */
  readonly returns: Readonly<Record<number, TSchema | null>>;
  /** The media type of an answer that is sent piece by piece, because it may be longer than memory. It has no ETag. */
  readonly streams?: string;
  readonly problems: readonly Code[];
  readonly cache: CachePolicy;
  /**
   * All rows that its answer is made of. Where this is given, the server keeps the answer to a GET, and makes it again when
   * one of them was written; so nothing else may be in it, neither the time nor the session that asks.
   */
  readonly madeOf?: readonly Dependency[];
  /** Its answers have no ETag, though they are private: they are made anew each time, and never the same. */
  readonly untagged?: true;
  /** Turns a problem into another shape where a standard asks for it; RFC 9457 otherwise. */
  readonly problemFormat?: ProblemFormat;
  readonly handle: (request: Request<never, never, never, never>) => Promise<Reply>;
}

export interface BodyStream {
  readonly mediaType: string;
  /** For the documents. */
  readonly example: string;
  /** Bytes, counted after decompression. */
  readonly limit: number;
}

/** Another shape for problems, and its schema for the documents. */
export interface ProblemFormat {
  readonly schema: TSchema;
  readonly contentType: string;
  render(problem: Readonly<Record<string, unknown>> & { readonly status: number; readonly code: string }): {
    readonly status: number;
    readonly body: unknown;
  };
}

/** What a handler gets of a body. */
type BodyOf<Schema, Streamed> = Streamed extends BodyStream ? AsyncIterable<Uint8Array> : StaticOf<Schema>;

type StaticOf<Schema> = Schema extends TSchema ? Static<Schema> : undefined;

/** Checks that a declaration's handler fits its schemas, and that its problems are the context's own. */
export function endpointsThrowing<Code extends string>() {
  return <
    const Params extends TSchema | undefined = undefined,
    const Query extends TSchema | undefined = undefined,
    const Body extends TSchema | undefined = undefined,
    const By extends Endpoint['scope'] = undefined,
    const Streamed extends BodyStream | undefined = undefined,
  >(
    declaration: Omit<Endpoint<Code>, 'params' | 'query' | 'body' | 'bodyStream' | 'scope' | 'handle'> & {
      readonly params?: Params;
      readonly query?: Query;
      readonly body?: Body;
      readonly bodyStream?: Streamed;
      readonly scope?: By;
      readonly handle: (
        request: Request<
          StaticOf<Params>,
          StaticOf<Query>,
          BodyOf<Body, Streamed>,
          By extends string ? Principal : undefined
        >,
      ) => Promise<Reply>;
    },
  ): Endpoint<Code> => declaration as Endpoint<Code>;
}

/** What one context serves: its endpoints, and the status of every error that it throws. */
export interface Api {
  readonly name: string;
  readonly description: string;
  readonly endpoints: readonly Endpoint[];
  readonly problems: Readonly<Record<string, number>>;
}

/**
 * Whether answers carry an ETag: single resources do, and lists that anybody may keep. A private list is asked for to
 * be shown, not to be kept or changed.
 */
export function isTagged({ cache, returns, streams, untagged }: Endpoint): boolean {
  if (streams || untagged) return false;
  return cache === 'public' || (cache === 'private' && !Object.values(returns).some(isPage));
}

function isPage(schema: TSchema | null): boolean {
  const { properties } = (schema ?? {}) as { properties?: Readonly<Record<string, unknown>> };
  return properties?.results !== undefined;
}

const CONDITIONAL: ReadonlySet<Method> = new Set(['PUT', 'PATCH', 'DELETE']);

/** What a change with `If-Match` is held against: the tagged GET at the same path, if there is one. */
export function presentAt({ method, path }: Endpoint, endpoints: readonly Endpoint[]): Endpoint | undefined {
  if (!CONDITIONAL.has(method)) return undefined;
  return endpoints.find(other => other.method === 'GET' && other.path === path && isTagged(other));
}

export function ok(body: unknown, version?: number): Reply {
  return { status: 200, body, version };
}

/** `location` below the API's root. */
export function created(location: string, body: unknown): Reply {
  return { status: 201, body, headers: { Location: `${API_ROOT}${location}` } };
}

/** Something will be done later; `location`, below the API's root, says what becomes of it. */
export function accepted(location: string, body: unknown): Reply {
  return { status: 202, body, headers: { Location: `${API_ROOT}${location}` } };
}

export function noContent(): Reply {
  return { status: 204 };
}

export const API_ROOT = '/api/v1';

/** Where an endpoint is, from the server's root. */
export function fullPath({ path, atRoot }: Endpoint): string {
  return atRoot ? path : API_ROOT + path;
}

/** The same with its parameters as OpenAPI writes them: `/api/v1/posts/{id}`. */
export function documentedPath(endpoint: Endpoint): string {
  return fullPath(endpoint).replace(/:(\w+)/g, '{$1}');
}
