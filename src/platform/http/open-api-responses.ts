import { STATUS_CODES } from 'node:http';
import { type Endpoint, isTagged, type Method, presentAt } from './endpoint.ts';
import type { PLATFORM_PROBLEMS } from './problem.ts';
import { isRepeatable } from './repeated-requests.ts';
import { ProblemSchema } from './schemas.ts';

export type Json = Record<string, unknown>;

/** What the parts of one document share: its components so far, and what is known of the problems. */
export interface DocumentParts {
  readonly schemas: Map<string, Json>;
  readonly statuses: Readonly<Record<string, number>>;
  readonly authenticationProblems: (method: Method) => readonly string[];
  readonly endpoints: readonly Endpoint[];
}

type PlatformErrorCode = keyof typeof PLATFORM_PROBLEMS;

export function successesOf(endpoint: Endpoint, schemas: Map<string, Json>): Json {
  const { method, returns, streams = 'application/json' } = endpoint;
  const tagged = isTagged(endpoint);
  const responses: Json = {};
  for (const [status, schema] of Object.entries(returns)) {
    const headers = {
      ...((status === '201' || (schema && status === '202')) && { Location: { schema: { type: 'string' } } }),
      ...(schema && tagged && { ETag: { schema: { type: 'string' } } }),
    };
    responses[status] = {
      description: STATUS_CODES[status] ?? status,
      ...(Object.keys(headers).length > 0 && { headers }),
      ...(schema && { content: { [streams]: { schema: hoisted(schema, schemas) } } }),
    };
  }
  if (method === 'GET' && tagged) responses['304'] = { description: 'Not Modified' };
  return responses;
}

export function problemsOf(
  endpoint: Endpoint,
  { schemas, statuses, endpoints, authenticationProblems }: DocumentParts,
): Json {
  const format = endpoint.problemFormat;
  const byStatus = new Map<number, string[]>();
  const codes = [
    ...endpoint.problems,
    ...(endpoint.scope ? authenticationProblems(endpoint.method) : []),
    ...ownProblemsOf(endpoint),
    ...(presentAt(endpoint, endpoints) ? CONDITION_PROBLEMS : []),
    ...(isRepeatable(endpoint) ? REPETITION_PROBLEMS : []),
  ];
  for (const code of new Set(codes)) {
    const problem = { status: statuses[code] ?? 500, code };
    const status = format?.render(problem).status ?? problem.status;
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const schema = hoisted(format?.schema ?? ProblemSchema, schemas);
  const content = { [format?.contentType ?? 'application/problem+json']: { schema } };
  const entries = [...byStatus].map(([status, codes]) => {
    const list = codes.map(code => `\`${code}\``).join(', ');
    return [status, { description: `${STATUS_CODES[status]}: ${list}`, content }];
  });
  return Object.fromEntries(entries);
}

const CONDITION_PROBLEMS: readonly PlatformErrorCode[] = [
  'request.precondition_failed',
  'concurrency.version_mismatch',
];

const REPETITION_PROBLEMS: readonly PlatformErrorCode[] = [
  'request.malformed',
  'request.still_running',
  'request.key_reused',
];

/** The errors that follow from what the endpoint declares. */
function ownProblemsOf({
  scope,
  sensitive,
  needsCookies,
  params,
  query,
  body,
  bodyStream,
}: Endpoint): PlatformErrorCode[] {
  const codes: PlatformErrorCode[] = [
    'request.not_acceptable',
    'request.too_many',
    'server.failed',
    'storage.unavailable',
  ];
  if (scope) codes.push('request.unauthenticated');
  if (scope && scope !== 'any') codes.push('access.insufficient_scope');
  if (sensitive) codes.push('server.busy');
  if (needsCookies) codes.push('request.unauthenticated');
  if (params) codes.push('request.bad_id');
  if (query || body || bodyStream) codes.push('request.invalid');
  if (bodyStream) codes.push('request.malformed', 'request.too_large', 'request.unsupported_media_type');
  if (body)
    codes.push(
      'request.malformed_json',
      'request.too_large',
      'request.unsupported_media_type',
      'text.length',
      'text.characters',
    );
  return codes;
}

/** The schema, with every part that has a title moved to the components and referred to. */
export function hoisted(schema: unknown, schemas: Map<string, Json>): unknown {
  if (Array.isArray(schema)) return schema.map(part => hoisted(part, schemas));
  if (typeof schema !== 'object' || schema === null) return schema;
  const copy: Json = {};
  for (const [key, part] of Object.entries(schema))
    copy[key] = key === 'examples' || key === 'default' ? part : hoisted(part, schemas);
  const title = copy.title;
  if (typeof title !== 'string' || copy.type === undefined) return copy;
  const name = title.replace(/\W/g, '');
  schemas.set(name, copy);
  return { $ref: `#/components/schemas/${name}` };
}
