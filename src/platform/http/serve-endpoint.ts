import type { IncomingHttpHeaders } from 'node:http';
import { parse } from 'node:querystring';
import type { Context, Middleware } from 'koa';
import type { TSchema } from 'typebox';
import { MissingScope } from '../../kernel/errors.ts';
import type { Identified, Principal } from '../../kernel/principal.ts';
import { type AnswerOptions, answerer, replyChecker, representer } from './answer.ts';
import type { RequestState } from './answer-problems.ts';
import { bodyStreamReader } from './body-stream.ts';
import { type CachedAnswersOptions, cachedAnswers } from './cached-answers.ts';
import { coerceTexts } from './coerce-texts.ts';
import type { Endpoint, Reply } from './endpoint.ts';
import { type AnyRequest, EndpointRequest } from './endpoint-request.ts';
import type { LimitsOf } from './limit-requests.ts';
import { RequestError } from './problem.ts';
import { isRepeatable, type RepeatedRequests, requireKey } from './repeated-requests.ts';
import { etagOf, requireMatch } from './representation.ts';
import { bodyReader, type ReadBody } from './request-body.ts';
import { validatorOf } from './validation.ts';

/** Finds out who sends a request, or throws where nobody good does. */
export type Authenticate = (method: string, headers: IncomingHttpHeaders) => Promise<Identified>;

export interface ServeOptions extends AnswerOptions {
  readonly authenticate: Authenticate;
  readonly repeated: RepeatedRequests;
  readonly cached: CachedAnswersOptions;
  readonly limits?: LimitsOf;
  readonly bodyLimit: number;
  /** Checks every answer against its declaration. */
  readonly validateResponses: boolean;
}

/**
 * The way of one request, in this order: are there too many, who asks, may they, can they read the answer, is the path an id, is the
 * query right, is the body right, is it still what the client saw, is the answer cached; then the handler; then the answer.
 * `current` is the GET at the same path, which says what `If-Match` is held against.
 */
export function serveEndpoint(
  endpoint: Endpoint,
  current: Endpoint | undefined,
  options: ServeOptions,
): Middleware {
  const limit = options.limits?.(endpoint);
  const readQuery = queryReader(endpoint);
  const readBody = endpoint.bodyStream
    ? bodyStreamReader(endpoint.bodyStream)
    : endpoint.body && bodyOf(endpoint, options.bodyLimit);
  const checkBody = endpoint.body && validatorOf(endpoint.body);
  const readParams = endpoint.params && paramsReader(endpoint.params);
  const checkReply = options.validateResponses ? replyChecker(endpoint) : undefined;
  const handle = endpoint.handle as (request: AnyRequest) => Promise<Reply>;
  const answered = isRepeatable(endpoint)
    ? answeredOnce(handle, options.repeated)
    : (_: Context, request: AnyRequest) => handle(request);
  const represent = representer(endpoint);
  const answer = answerer(endpoint, options);
  const cached = endpoint.madeOf && cachedAnswers(endpoint, options.cached);
  const absentBody = endpoint.bodyOptional && Object.freeze({});
  const { streams: contentType = 'application/json' } = endpoint;

  return async context => {
    (context.state as RequestState).endpoint = endpoint;
    if (limit) await limit(context);
    const principal = endpoint.scope && (await authorise(context, endpoint.scope, options.authenticate));
    if (!accepts(context, contentType)) throw notAcceptable(contentType);
    const params = readParams?.(context);
    const query = readQuery(context);
    const sent = readBody && (await readBody(context));
    const body = sent === undefined ? absentBody : sent;
    checkBody?.(body);
    const request = new EndpointRequest(context, { params, query, body, principal });
    if (current) request.expectedVersion = await presentVersion(context, current, request);
    const checked = async (): Promise<Reply> => {
      const reply = await answered(context, request);
      checkReply?.(reply);
      return reply;
    };
    if (cached) {
      const make = async () => represent(await checked());
      return answer.send(context, await cached({ url: context.url, principal }, make));
    }
    const reply = await checked();
    if (reply.stream) return answer.stream(context, reply, reply.stream);
    answer.send(context, represent(reply));
  };
}

/** Answers a request with an `Idempotency-Key` once, however often it comes. */
function answeredOnce(
  handle: (request: AnyRequest) => Promise<Reply>,
  repeated: RepeatedRequests,
): (context: Context, request: AnyRequest) => Promise<Reply> {
  return async (context, request) => {
    const { 'idempotency-key': key } = context.req.headers;
    if (key === undefined) return handle(request);
    requireKey(String(key));
    const { userId } = request.principal as Principal;
    const { method, path } = context;
    return repeated.once({ key: String(key), userId, method, path, body: request.body }, () =>
      handle(request),
    );
  };
}

async function authorise(
  context: Context,
  scope: NonNullable<Endpoint['scope']>,
  authenticate: Authenticate,
): Promise<Principal> {
  const { method = '', headers } = context.req;
  const known = await authenticate(method, headers);
  if (scope !== 'any' && !known.scopes.has(scope)) throw new MissingScope(scope);
  return { ...known, address: context.ip };
}

function accepts(context: Context, contentType: string): boolean {
  const { accept } = context.req.headers;
  return accept === undefined || accept === '*/*' || context.accepts(contentType) !== false;
}

function notAcceptable(contentType: string): RequestError {
  return new RequestError(
    'request.not_acceptable',
    `The answer is ${contentType}, which Accept does not allow.`,
  );
}

/** A path with an id that none can have leads to nothing. */
function paramsReader(schema: TSchema): (context: Context) => unknown {
  const check = validatorOf(schema);
  return context => {
    const params = coerceTexts(schema, context.params);
    try {
      check(params);
    } catch (error) {
      const { message, errors = [] } = error as RequestError;
      throw new RequestError('request.bad_id', `There can be no such thing: ${message}`, { errors });
    }
    return params;
  };
}

function queryReader({ query: schema }: Endpoint): (context: Context) => unknown {
  if (!schema) return () => undefined;
  const check = validatorOf(schema);
  const empty = Object.freeze({});
  const { required = [] } = schema as { required?: readonly string[] };
  return context => {
    if (context.querystring === '' && required.length === 0) return empty;
    const query = coerceTexts(schema, parse(context.querystring));
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
  { params, principal }: AnyRequest,
): Promise<number | undefined> {
  const ifMatch = context.get('If-Match');
  if (ifMatch === '') return undefined;
  const read = current.handle as (request: AnyRequest) => Promise<Reply>;
  const request = new EndpointRequest(context, { params, principal, query: {}, body: undefined });
  const { body, version } = await read(request);
  requireMatch(ifMatch, etagOf(JSON.stringify(body)));
  return version;
}
