import { type ApiRequest, bearer, jsonRequest, signIn, signInRequest } from './api-client.ts';
import { READER, WRITER } from './sample-data.ts';

export interface Scenario {
  readonly name: string;
  readonly connections: number;
  /** The request that is repeated, with a fresh access token where one is needed. */
  request(origin: string): Promise<ApiRequest>;
}

const CONNECTIONS = 32;

async function reading(path: string, headers: Readonly<Record<string, string>> = {}): Promise<ApiRequest> {
  return { method: 'GET', path, headers };
}

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
    name: 'todos list',
    connections: CONNECTIONS,
    request: async origin =>
      reading('/api/v1/todos?page=1&per_page=10', bearer(await signIn(origin, READER))),
  },
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
