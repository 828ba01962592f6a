import type { Context, Middleware } from 'koa';
import type { TSchema } from 'typebox';
import { MissingScope } from '../../kernel/errors.ts';
import type { Principal } from '../../kernel/principal.ts';
import type { RequestState } from './answer-problems.ts';
import type { CachePolicy, Endpoint, Reply, Request } from './endpoint.ts';
import { RequestError } from './problem.ts';
import { etagOf, namesEtag, requireMatch } from './representation.ts';
import { bodyReader, type ReadBody } from './request-body.ts';
import { coerceQuery } from './request-query.ts';
import { type Validate, validatorOf } from './validation.ts';

export interface ServeOptions {
  /** Turns an access token into who it stands for, or throws. */
  readonly authenticate: (accessToken: string) => Promise<Principal>;
  readonly bodyLimit: number;
  /** Checks every answer against its declaration. */
  readonly validateResponses: boolean;
  /** The request headers that every answer depends on, for `Vary`. */
  readonly variesBy: string;
}

type AnyRequest = Request<unknown, unknown, unknown, unknown>;

const JSON_TYPE = 'application/json; charset=utf-8';

const CACHE_CONTROL: Readonly<Record<CachePolicy, string>> = {
  public: 'public, no-cache',
  private: 'private, no-cache',
  'no-store': 'no-store',
};

/**
 * The way of one request, in this order: who asks, may they, can they read the answer, is the path an id, is the
 * query right, is the body right, is it still what the client saw; then the handler; then the answer.
 * `current` is the GET at the same path, which says what `If-Match` is held against.
 */
export function serveEndpoint(
  endpoint: Endpoint,
  current: Endpoint | undefined,
  options: ServeOptions,
): Middleware {
  const readQuery = queryReader(endpoint);
  const readBody = endpoint.body && bodyOf(endpoint, options.bodyLimit);
  const checkBody = endpoint.body && validatorOf(endpoint.body);
  const checkParams = endpoint.params && validatorOf(endpoint.params);
  const checkReply = options.validateResponses ? replyChecker(endpoint) : undefined;
  const handle = endpoint.handle as (request: AnyRequest) => Promise<Reply>;
  const answer = answerer(endpoint, options.variesBy);

  return async context => {
    (context.state as RequestState).endpoint = endpoint;
    const principal = endpoint.scope && (await authorise(context, endpoint.scope, options.authenticate));
    if (!acceptsJson(context)) throw notAcceptable();
    if (checkParams) requireId(checkParams, context.params);
    const query = readQuery(context);
    const body = readBody && (await readBody(context));
    checkBody?.(body);
    const asked = {
      params: context.params,
      query,
      body,
      principal,
      url: context.url,
      address: context.ip,
    };
    const expectedVersion = current && (await presentVersion(context, current, asked));
    const reply = await handle({ ...asked, expectedVersion });
    checkReply?.(reply);
    answer(context, reply);
  };
}

async function authorise(
  context: Context,
  scope: NonNullable<Endpoint['scope']>,
  authenticate: ServeOptions['authenticate'],
): Promise<Principal> {
  const header = context.get('Authorization');
  if (header === '')
    throw new RequestError('request.unauthenticated', 'Send an access token: Authorization: Bearer …');
  if (header.slice(0, 7).toLowerCase() !== 'bearer ')
    throw new RequestError('request.unauthenticated', 'The Authorization header must be: Bearer …');
  const principal = await authenticate(header.slice(7).trim());
  if (!principal.scopes.has(scope)) throw new MissingScope(scope);
  return principal;
}

function acceptsJson(context: Context): boolean {
  const { accept } = context.req.headers;
  return accept === undefined || accept === '*/*' || context.accepts('json') !== false;
}

function notAcceptable(): RequestError {
  return new RequestError(
    'request.not_acceptable',
    'The answer is application/json, which Accept does not allow.',
  );
}

function requireId(check: Validate, params: unknown): void {
  try {
    check(params);
  } catch (error) {
    const { message, errors = [] } = error as RequestError;
    throw new RequestError('request.bad_id', `There can be no such thing: ${message}`, { errors });
  }
}

function queryReader({ query: schema }: Endpoint): (context: Context) => unknown {
  if (!schema) return () => undefined;
  const check = validatorOf(schema);
  const empty = Object.freeze({});
  return context => {
    if (context.querystring === '') return empty;
    const query = coerceQuery(schema, context.query);
    check(query);
    return query;
  };
}

function bodyOf({ method, bodyType = 'json' }: Endpoint, limit: number): ReadBody {
  return bodyReader(bodyType === 'json' && method === 'PATCH' ? 'merge-patch' : bodyType, limit);
}

/** The version of what `If-Match` names, or undefined where the client does not ask for the check. */
async function presentVersion(
  context: Context,
  current: Endpoint,
  asked: Omit<AnyRequest, 'expectedVersion'>,
): Promise<number | undefined> {
  const ifMatch = context.get('If-Match');
  if (ifMatch === '') return undefined;
  const read = current.handle as (request: AnyRequest) => Promise<Reply>;
  const { body, version } = await read({ ...asked, query: {}, body: undefined, expectedVersion: undefined });
  requireMatch(ifMatch, etagOf(JSON.stringify(body)));
  return version;
}

function replyChecker({ name, returns }: Endpoint): (reply: Reply) => void {
  const checks = new Map(
    Object.entries(returns).map(([status, schema]) => [Number(status), schema && validatorOf(schema)]),
  );
  return ({ status, body }) => {
    const check = checks.get(status);
    if (check === undefined) throw new Error(`${name} answered ${status}, which it does not declare.`);
    if (check === null && body !== undefined) throw new Error(`${name} answered ${status} with a body.`);
    try {
      check?.(JSON.parse(JSON.stringify(body)));
    } catch (error) {
      throw new Error(`${name} answered ${status} otherwise than it declares: ${(error as Error).message}`);
    }
  };
}

/** Puts a reply on the wire: its status, its headers, and its body as JSON with an ETag. */
function answerer(
  { cache, method, returns }: Endpoint,
  variesBy: string,
): (context: Context, reply: Reply) => void {
  const cacheControl = CACHE_CONTROL[cache];
  const vary = cache === 'private' ? `Authorization, Cookie, ${variesBy}` : variesBy;
  // A private list is asked for to be shown, not to be changed or kept.
  const isTagged = cache === 'public' || (cache === 'private' && !Object.values(returns).some(isPage));
  return (context, { status, body, headers }) => {
    const { res } = context;
    context.status = status;
    res.setHeader('Cache-Control', cacheControl);
    res.setHeader('Vary', vary);
    if (headers) context.set(headers);
    if (body === undefined) return;
    const representation = JSON.stringify(body);
    if (isTagged) {
      const etag = etagOf(representation);
      res.setHeader('ETag', etag);
      const ifNoneMatch = method === 'GET' ? context.get('If-None-Match') : '';
      if (ifNoneMatch !== '' && namesEtag(ifNoneMatch, etag)) {
        context.status = 304;
        return;
      }
    }
    context.type = JSON_TYPE;
    context.body = representation;
  };
}

function isPage(schema: TSchema | null): boolean {
  const { properties } = (schema ?? {}) as { properties?: Record<string, unknown> };
  return properties?.results !== undefined;
}
