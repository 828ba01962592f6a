import { STATUS_CODES } from 'node:http';
import type { TSchema } from 'typebox';
import { API_ROOT, type Api, type Endpoint, isTagged } from './endpoint.ts';
import { PLATFORM_PROBLEMS, type RequestErrorCode } from './problem.ts';
import { ProblemSchema } from './schemas.ts';

type Json = Record<string, unknown>;

const DESCRIPTION = `The workspace of a small team: posts, to-dos, and the people who write them.

Everything is JSON in snake case, except where a standard says otherwise. Times are RFC 3339 in UTC. Errors are problem
documents (RFC 9457) with a stable \`code\`. Single resources carry an \`ETag\`: send it back as \`If-None-Match\` to save
a transfer, or as \`If-Match\` so that a change does not overwrite somebody else's.`;

/** The OpenAPI 3.1 document of all endpoints, made of the declarations that also serve them. */
export function openApiDocument(
  apis: readonly Api[],
  { version, publicUrl }: { version: string; publicUrl: string },
) {
  const schemas = new Map<string, Json>();
  const statuses: Readonly<Record<string, number>> = Object.assign(
    {},
    PLATFORM_PROBLEMS,
    ...apis.map(api => api.problems),
  );
  const paths: Record<string, Json> = {};
  for (const api of apis) {
    for (const endpoint of api.endpoints) {
      const path = `${API_ROOT}${endpoint.path.replace(/:(\w+)/g, '{$1}')}`;
      const operations = paths[path] ?? {};
      operations[endpoint.method.toLowerCase()] = operationOf(endpoint, api, statuses, schemas);
      paths[path] = operations;
    }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Atrium', version, description: DESCRIPTION },
    servers: [{ url: publicUrl }],
    tags: apis.map(({ name, description }) => ({ name, description })),
    paths,
    components: {
      schemas: Object.fromEntries(schemas),
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'An access token of `/auth/token`.' },
      },
    },
  };
}

function operationOf(
  endpoint: Endpoint,
  api: Api,
  statuses: Readonly<Record<string, number>>,
  schemas: Map<string, Json>,
): Json {
  const { name, summary, description, scope, body, bodyType = 'json', method } = endpoint;
  const rules = scope ? `${description ?? ''}\n\nNeeds the scope \`${scope}\`.`.trim() : description;
  const mediaTypes =
    bodyType === 'form'
      ? ['application/x-www-form-urlencoded']
      : method === 'PATCH'
        ? ['application/merge-patch+json', 'application/json']
        : ['application/json'];
  return {
    operationId: name,
    tags: [api.name],
    summary,
    ...(rules && { description: rules }),
    ...(scope && { security: [{ bearer: [] }] }),
    parameters: [
      ...parametersOf(endpoint.params, 'path', schemas),
      ...parametersOf(endpoint.query, 'query', schemas),
      ...headersOf(endpoint),
    ],
    ...(body && {
      requestBody: {
        required: true,
        content: Object.fromEntries(mediaTypes.map(type => [type, { schema: hoisted(body, schemas) }])),
      },
    }),
    responses: { ...successesOf(endpoint, schemas), ...problemsOf(endpoint, statuses, schemas) },
  };
}

function parametersOf(
  schema: TSchema | undefined,
  place: 'path' | 'query',
  schemas: Map<string, Json>,
): Json[] {
  const { properties = {}, required = [] } = (schema ?? {}) as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: hoisted(property, schemas),
    ...(property.description !== undefined && { description: property.description }),
  }));
}

function headersOf(endpoint: Endpoint): Json[] {
  const { method, params } = endpoint;
  if (!isTagged(endpoint)) return [];
  const header = (name: string, description: string) => ({
    name,
    in: 'header',
    required: false,
    description,
    schema: { type: 'string' },
  });
  if (method === 'GET') return [header('If-None-Match', 'The `ETag` of a copy: 304 if it is still true.')];
  if (method === 'POST' || !params) return [];
  return [header('If-Match', 'The `ETag` that the change is based on: 412 if it is not the present one.')];
}

function successesOf(endpoint: Endpoint, schemas: Map<string, Json>): Json {
  const { method, returns } = endpoint;
  const tagged = isTagged(endpoint);
  const responses: Json = {};
  for (const [status, schema] of Object.entries(returns)) {
    const headers = {
      ...(status === '201' && { Location: { schema: { type: 'string' } } }),
      ...(schema && tagged && { ETag: { schema: { type: 'string' } } }),
    };
    responses[status] = {
      description: STATUS_CODES[status] ?? status,
      ...(Object.keys(headers).length > 0 && { headers }),
      ...(schema && { content: { 'application/json': { schema: hoisted(schema, schemas) } } }),
    };
  }
  if (method === 'GET' && tagged) responses['304'] = { description: 'Not Modified' };
  return responses;
}

function problemsOf(
  endpoint: Endpoint,
  statuses: Readonly<Record<string, number>>,
  schemas: Map<string, Json>,
): Json {
  const format = endpoint.problemFormat;
  const byStatus = new Map<number, string[]>();
  for (const code of [...endpoint.problems, ...ownProblemsOf(endpoint)]) {
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

/** The errors that follow from what the endpoint declares. */
function ownProblemsOf({
  scope,
  params,
  query,
  body,
  method,
}: Endpoint): (RequestErrorCode | keyof typeof PLATFORM_PROBLEMS)[] {
  const codes: (keyof typeof PLATFORM_PROBLEMS)[] = [
    'request.not_acceptable',
    'server.failed',
    'storage.unavailable',
  ];
  if (scope) codes.push('request.unauthenticated', 'access.insufficient_scope');
  if (params) codes.push('request.bad_id');
  if (query || body) codes.push('request.invalid');
  if (body)
    codes.push(
      'request.malformed_json',
      'request.too_large',
      'request.unsupported_media_type',
      'text.length',
      'text.characters',
    );
  if (params && method !== 'GET') codes.push('request.precondition_failed', 'concurrency.version_mismatch');
  return codes;
}

/** The schema, with every part that has a title moved to the components and referred to. */
function hoisted(schema: unknown, schemas: Map<string, Json>): unknown {
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
