import type { TSchema } from 'typebox';
import { type Api, documentedPath, type Endpoint, isTagged, type Method, presentAt } from './endpoint.ts';
import { type DocumentParts, hoisted, type Json, problemsOf, successesOf } from './open-api-responses.ts';
import { PLATFORM_PROBLEMS } from './problem.ts';
import { isRepeatable } from './repeated-requests.ts';

const DESCRIPTION = `The workspace of a small team: posts, to-dos, and the people who write them.

Everything is JSON in snake case, except where a standard says otherwise. Times are RFC 3339 in UTC. Errors are problem
documents (RFC 9457) with a stable \`code\`. Single resources carry an \`ETag\`: send it back as \`If-None-Match\` to save
a transfer, or as \`If-Match\` so that a change does not overwrite somebody else's.

This is at [/docs](/docs) to be tried out, and at [/redoc](/redoc) to be read. What goes over WebSocket is at
[/docs/chat](/docs/chat).`;

export interface OpenApiOptions {
  readonly version: string;
  /** Empty: wherever the document was got from. */
  readonly publicUrl: string;
  /** The codes of what can be wrong with an access token, at endpoints of this method that want one. */
  readonly authenticationProblems: (method: Method) => readonly string[];
  readonly sessionCookie: string;
}

/** The OpenAPI 3.1 document of all endpoints, made of the declarations that also serve them. */
export function openApiDocument(
  apis: readonly Api[],
  { version, publicUrl, authenticationProblems, sessionCookie }: OpenApiOptions,
) {
  const schemas = new Map<string, Json>();
  const statuses: Readonly<Record<string, number>> = Object.assign(
    {},
    PLATFORM_PROBLEMS,
    ...apis.map(api => api.problems),
  );
  const endpoints = apis.flatMap(api => api.endpoints);
  const paths: Record<string, Json> = {};
  for (const api of apis) {
    for (const endpoint of api.endpoints) {
      const path = documentedPath(endpoint);
      const operations = paths[path] ?? {};
      operations[endpoint.method.toLowerCase()] = operationOf(endpoint, api, {
        schemas,
        statuses,
        endpoints,
        authenticationProblems,
      });
      paths[path] = operations;
    }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Atrium', version, description: DESCRIPTION },
    servers: [{ url: publicUrl || '/' }],
    tags: apis.map(({ name, description }) => ({ name, description })),
    paths,
    components: {
      schemas: Object.fromEntries(schemas),
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'An access token of `/auth/token`.' },
        cookie: {
          type: 'apiKey',
          in: 'cookie',
          name: sessionCookie,
          description: 'What `/auth/login` gives to a browser.',
        },
      },
    },
  };
}

function operationOf(endpoint: Endpoint, api: Api, document: DocumentParts): Json {
  const { schemas, endpoints } = document;
  const {
    name,
    summary,
    description,
    scope,
    needsCookies,
    body,
    bodyType = 'json',
    bodyStream,
    bodyOptional,
    method,
  } = endpoint;
  const rules = scope ? `${description ?? ''}\n\n${whoMay(scope)}`.trim() : description;
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
    ...(scope && { security: [{ bearer: [] }, { cookie: [] }] }),
    ...(needsCookies && { security: [{ cookie: [] }] }),
    parameters: [
      ...parametersOf(endpoint.params, 'path', schemas),
      ...parametersOf(endpoint.query, 'query', schemas),
      ...headersOf(endpoint, endpoints),
    ],
    ...(body && {
      requestBody: {
        required: bodyOptional === undefined,
        content: Object.fromEntries(mediaTypes.map(type => [type, { schema: hoisted(body, schemas) }])),
      },
    }),
    ...(bodyStream && {
      requestBody: {
        required: true,
        description: `At most ${bodyStream.limit} bytes`,
        content: { [bodyStream.mediaType]: { schema: { type: 'string', examples: [bodyStream.example] } } },
      },
    }),
    responses: { ...successesOf(endpoint, schemas), ...problemsOf(endpoint, document) },
  };
}

function whoMay(scope: NonNullable<Endpoint['scope']>): string {
  return scope === 'any' ? 'For everybody who is signed in.' : `Needs the scope \`${scope}\`.`;
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

function headersOf(endpoint: Endpoint, endpoints: readonly Endpoint[]): Json[] {
  const header = (name: string, description: string) => ({
    name,
    in: 'header',
    required: false,
    description,
    schema: { type: 'string' },
  });
  if (endpoint.method === 'GET' && isTagged(endpoint))
    return [header('If-None-Match', 'The `ETag` of a copy: 304 if it is still true.')];
  if (isRepeatable(endpoint))
    return [header('Idempotency-Key', 'The same key and body get the same answer again, for 24 hours.')];
  if (!presentAt(endpoint, endpoints)) return [];
  return [header('If-Match', 'The `ETag` that the change is based on: 412 if it is not the present one.')];
}
