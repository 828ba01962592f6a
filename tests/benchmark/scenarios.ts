import { type ApiRequest, bearer, jsonRequest, send, signIn, signInRequest } from './api-client.ts';
import { READER, WRITER } from './sample-data.ts';

export interface Scenario {
  readonly name: string;
  readonly connections: number;
  /** The service keeps answers, as it does unless it is told not to. */
  readonly cached?: true;
  /** The request that is repeated, with a fresh access token where one is needed. */
  request(origin: string): Promise<ApiRequest>;
}

const CONNECTIONS = 32;

async function reading(path: string, headers: Readonly<Record<string, string>> = {}): Promise<ApiRequest> {
  return { method: 'GET', path, headers };
}

/** The first page of a list of the reader's. */
const listing = (path: string) => async (origin: string) =>
  reading(`${path}?page=1&per_page=10`, bearer(await signIn(origin, READER)));

/** One thing of such a list. */
const readingOne = (path: string) => async (origin: string) => {
  const list = await listing(path)(origin);
  const { results } = (await send(origin, list)).body as { results: readonly { readonly id: string }[] };
  return reading(`${path}/${results[0]?.id}`, list.headers);
};

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'users/me',
    connections: CONNECTIONS,
    request: async origin => reading('/api/v1/users/me', bearer(await signIn(origin, READER))),
  },
  {
    name: 'posts list',
    connections: CONNECTIONS,
    request: () => reading('/api/v1/posts?page=1&per_page=10'),
  },
  {
    name: 'posts list, cached',
    connections: CONNECTIONS,
    cached: true,
    request: () => reading('/api/v1/posts?page=1&per_page=10'),
  },
  { name: 'todos list', connections: CONNECTIONS, request: listing('/api/v1/todos') },
  { name: 'tasks list', connections: CONNECTIONS, request: listing('/api/v1/tasks') },
  { name: 'tasks list, cached', connections: CONNECTIONS, cached: true, request: listing('/api/v1/tasks') },
  { name: 'read task', connections: CONNECTIONS, request: readingOne('/api/v1/tasks') },
  { name: 'operations list', connections: CONNECTIONS, request: listing('/api/v1/operations') },
  { name: 'read operation', connections: CONNECTIONS, request: readingOne('/api/v1/operations') },
  {
    name: 'create todo',
    connections: CONNECTIONS,
    request: async origin =>
      jsonRequest(
        '/api/v1/todos',
        { text: 'A to-do made under load, of some sixty characters of text' },
        bearer(await signIn(origin, WRITER)),
      ),
  },
  {
    // Each costs a password hash, tens of milliseconds of processor time: more connections only wait longer.
    name: 'sign-in',
    connections: 4,
    request: async () => signInRequest(READER),
  },
];
