import { tokens } from '../../src/composition/tokens.ts';
import type { Endpoint } from '../../src/platform/http/endpoint.ts';
import { PASSWORD, type RequestOptions, type TestServer } from './client.ts';
import { ACCESS_TOKEN_CALLS } from './open-api-calls-access-tokens.ts';
import { ACCOUNT_CALLS, lateSignIn } from './open-api-calls-accounts.ts';
import { BROWSER_CALLS } from './open-api-calls-browser.ts';
import { CHAT_CALLS } from './open-api-calls-chat.ts';
import { IMPORT_CALLS } from './open-api-calls-imports.ts';
import { INVITATION_CALLS, withoutInvitation } from './open-api-calls-invitations.ts';
import { JOB_CALLS } from './open-api-calls-jobs.ts';
import { OPERATION_CALLS } from './open-api-calls-operations.ts';
import { RECOVERY_CALLS } from './open-api-calls-recovery.ts';
import { ROLE_CALLS } from './open-api-calls-roles.ts';
import { ROSTER_CALLS } from './open-api-calls-roster.ts';
import { TASK_CALLS } from './open-api-calls-tasks.ts';
import type { World } from './open-api-world.ts';
import { sessionIdOf, signedIn } from './token-requests.ts';

/** One request, and the server that it goes to. */
export interface Call extends RequestOptions {
  readonly server: TestServer;
  readonly path: string;
}

export type MakeCall = (world: World) => Promise<Call> | Call;

const account = () => ({ email: `${crypto.randomUUID()}@example.org`, password: PASSWORD });

const register = (server: TestServer, body: object = {}): Call => ({
  server,
  path: '/auth/register',
  body: { ...account(), ...body },
});

const setUp = (server: TestServer, body: object = {}): Call => ({
  server,
  path: '/auth/setup',
  body: { token: server.application.get(tokens.setupToken).value, ...account(), ...body },
});

const asAlice = ({ server, alice }: World, path: string, body?: unknown): Call => ({
  server,
  token: alice,
  path,
  body,
});

/** The request that succeeds with something of Alice's at this list. */
const own =
  (list: string, content: unknown, body?: unknown): MakeCall =>
  async world => {
    const { server, alice } = world;
    const created = await server.request('POST', list, { token: alice, body: content });
    return asAlice(world, `${list}/${created.body.id}`, body);
  };

const asBob =
  (make: MakeCall): MakeCall =>
  async world => ({ ...(await make(world)), token: world.bob });

/** An administrator's question about a token. */
const inQuestion =
  (tokenOf: (world: World) => Promise<string>): MakeCall =>
  async world => ({
    server: world.server,
    token: world.root,
    path: '/auth/introspect',
    form: { token: await tokenOf(world) },
  });

/** The end of another session of Alice's. */
const otherSession: MakeCall = async world =>
  asAlice(world, `/auth/sessions/${sessionIdOf(await signedIn(world.server))}`);

const POST = { title: 'Hello', content: 'World' };
const TODO = { text: 'Water the plants' };

/** operationId → status → requests that are answered so. What every endpoint refuses is in `commonCall`. */
export const CALLS: Readonly<Record<string, Readonly<Record<number, readonly MakeCall[]>>>> = {
  ...BROWSER_CALLS,
  ...ACCOUNT_CALLS,
  ...ACCESS_TOKEN_CALLS,
  ...RECOVERY_CALLS,
  ...INVITATION_CALLS,
  ...ROLE_CALLS,
  ...ROSTER_CALLS,
  ...TASK_CALLS,
  ...OPERATION_CALLS,
  ...IMPORT_CALLS,
  ...CHAT_CALLS,
  ...JOB_CALLS,
  registerUser: {
    201: [({ server }) => register(server), ({ server }) => register(server, { full_name: 'Alice Arden' })],
    403: [({ closed }) => register(closed), withoutInvitation],
    409: [
      ({ server }) => register(server, { email: 'alice@example.org' }),
      ({ server }) => register(server, { username: 'alice' }),
    ],
    422: [
      ({ server }) => register(server, { email: 'nonsense' }),
      ({ server }) => register(server, { password: 'short' }),
      ({ server }) => register(server, { password: 'password1' }),
      ({ server }) => register(server, { username: 'walter-w', password: 'walter-w' }),
      ({ server }) => register(server, { full_name: '\0' }),
      ({ server }) => register(server, { invitation: 'nonsense' }),
    ],
  },
  setUpAdministrator: {
    201: [async world => setUp(await world.fresh())],
    403: [async world => setUp(await world.fresh(), { token: 'wrong' })],
    404: [
      async world => {
        const call = setUp(await world.fresh());
        await call.server.request('POST', call.path, call);
        return call;
      },
    ],
    409: [
      async world => {
        const server = await world.fresh();
        await server.signUp('alice');
        return setUp(server, { email: 'alice@example.org' });
      },
    ],
    422: [async world => setUp(await world.fresh(), { password: 'short' })],
  },
  issueTokens: {
    200: [
      ({ server }) => ({
        server,
        path: '/auth/token',
        form: { grant_type: 'password', username: 'alice', password: PASSWORD },
      }),
      async ({ server }) => ({
        server,
        path: '/auth/token',
        form: { grant_type: 'refresh_token', refresh_token: (await signedIn(server)).refresh_token },
      }),
    ],
    400: [
      { grant_type: 'password', username: 'alice', password: 'wrong' },
      { grant_type: 'password', username: 'alice', password: PASSWORD, scope: 'nonsense' },
      { grant_type: 'password', username: 'alice', password: PASSWORD, device_name: '\0' },
      { grant_type: 'nonsense' },
      { grant_type: 'refresh_token', refresh_token: 'nonsense' },
    ].map(form => ({ server }) => ({
      server,
      path: '/auth/token',
      form: form as unknown as Record<string, string>,
    })),
    429: [lateSignIn],
  },
  revokeToken: {
    200: [
      ({ server }) => ({ server, path: '/auth/revoke', form: { token: 'nonsense' } }),
      async ({ server }) => ({
        server,
        path: '/auth/revoke',
        form: { token: (await signedIn(server)).refresh_token, token_type_hint: 'refresh_token' },
      }),
    ],
  },
  introspectToken: {
    200: [
      inQuestion(async ({ server }) => (await signedIn(server)).refresh_token),
      inQuestion(async ({ alice }) => alice),
      inQuestion(async () => 'nonsense'),
    ],
  },
  listSessions: {
    200: [
      world => asAlice(world, '/auth/sessions'),
      world => asAlice(world, '/auth/sessions?per_page=1&sort=-last_used_at'),
    ],
  },
  endSession: { 204: [otherSession], 404: [asBob(otherSession)] },
  endOtherSessions: { 204: [world => asAlice(world, '/auth/sessions')] },
  readServerMetadata: {
    200: [({ server }) => ({ server, path: '//.well-known/oauth-authorization-server' })],
  },
  readPublicKeys: { 200: [({ server }) => ({ server, path: '//.well-known/paserks.json' })] },
  listAuditLog: {
    200: [
      ({ server, root }) => ({ server, token: root, path: '/audit-log' }),
      ({ server, root }) => ({ server, token: root, path: '/audit-log?cursor=&count=true' }),
    ],
  },
  readOwnProfile: { 200: [world => asAlice(world, '/users/me')] },
  listPosts: {
    200: [
      world => asAlice(world, '/posts'),
      world => asAlice(world, '/posts?cursor=&count=true'),
      world => asAlice(world, '/posts?q=hello&per_page=1'),
    ],
    422: [world => asAlice(world, '/posts?q=!'), world => asAlice(world, '/posts?cursor=nonsense')],
  },
  publishPost: { 201: [world => asAlice(world, '/posts', POST)] },
  readPost: { 200: [own('/posts', POST)] },
  replacePost: { 200: [own('/posts', POST, POST)], 403: [asBob(own('/posts', POST, POST))] },
  editPost: {
    200: [own('/posts', POST, { title: 'New' })],
    403: [asBob(own('/posts', POST, {}))],
    422: [own('/posts', POST, { title: '\0' })],
  },
  deletePost: { 204: [own('/posts', POST)], 403: [asBob(own('/posts', POST))] },
  listTodos: { 200: [world => asAlice(world, '/todos'), world => asAlice(world, '/todos?completed=true')] },
  addTodo: { 201: [world => asAlice(world, '/todos', TODO)] },
  readTodo: { 200: [own('/todos', TODO)], 404: [asBob(own('/todos', TODO))] },
  replaceTodo: { 200: [own('/todos', TODO, TODO)], 404: [asBob(own('/todos', TODO, TODO))] },
  changeTodo: {
    200: [own('/todos', TODO, { completed: null })],
    404: [asBob(own('/todos', TODO, {}))],
    422: [own('/todos', TODO, { text: '\0' })],
  },
  deleteTodo: { 204: [own('/todos', TODO)], 404: [asBob(own('/todos', TODO))] },
};

/** What needs nothing that could fail. */
export const UNFAILING: ReadonlySet<string> = new Set(['readServerMetadata']);

/** The request that an endpoint of this kind answers with this status, made of one that succeeds. */
export function commonCall(
  status: number,
  endpoint: Endpoint,
  good: Call,
  world: World,
): Promise<Call> | Call | undefined {
  const isForm = endpoint.bodyType === 'form';
  const { form: _, ...unformed } = good;
  const formType = { 'content-type': 'application/x-www-form-urlencoded' };
  const { scope } = endpoint;
  switch (status) {
    case 304:
      return { ...good, headers: { 'if-none-match': '*' } };
    case 400:
      if (!endpoint.body) return scope && world.deactivatedToken().then(token => ({ ...good, token }));
      return isForm ? { ...unformed, body: 'a=1', headers: formType } : { ...good, body: '{' };
    case 401:
      return scope && { ...good, token: undefined };
    case 403:
      if (scope === 'any') return undefined;
      return scope && world.tokenWithout(scope).then(token => ({ ...good, token }));
    case 404:
      return endpoint.params && { ...good, path: good.path.replace(/[0-9a-f-]{36}|[^/]*$/, 'x') };
    case 406:
      return { ...good, headers: { accept: 'text/html' } };
    case 412:
      return { ...good, headers: { 'if-match': '"other"' } };
    case 413:
      if (endpoint.bodyStream) return undefined;
      return { ...unformed, body: `"${'x'.repeat(70_000)}"`, headers: isForm ? formType : {} };
    case 415:
      return { ...unformed, body: 'Hello', headers: { 'content-type': 'text/plain' } };
    case 422:
      if (endpoint.body) return { ...good, body: { unknown: 1 } };
      return (
        endpoint.query && { ...good, path: `${good.path}${good.path.includes('?') ? '&' : '?'}unknown=1` }
      );
    case 429:
      return world.exhausted().then(headers => ({ ...good, server: world.limited, headers }));
    case 500:
      return { ...good, server: world.broken };
    case 503:
      return { ...good, server: world.unavailable };
  }
  return undefined;
}
