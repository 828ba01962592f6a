import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokens } from '../../src/composition/tokens.ts';
import { STORAGES } from '../support/application.ts';
import { type Answer, PASSWORD, type TestServer, testServer } from '../support/client.ts';
import { authenticatedEndpoints, declaredEndpoints, pathOf } from '../support/endpoints.ts';
import { idleJob } from '../support/job-worker.ts';
import { expectProblem } from '../support/problem.ts';
import { sessionIdOf, signedIn } from '../support/token-requests.ts';

/** What belongs to somebody: how they get one, and how they see whether it is as it was. */
interface Kind {
  create(server: TestServer, token: string): Promise<string>;
  read(server: TestServer, token: string, id: string): Promise<Answer>;
}

const inList = (path: string) => async (server: TestServer, token: string, id: string) => {
  const list = await server.request('GET', path, { token });
  return { ...list, body: list.body.results.find((one: { id: string }) => one.id === id) };
};

const POST: Kind = {
  create: async (server, token) =>
    (await server.request('POST', '/posts', { token, body: { title: 'a', content: 'b' } })).body.id,
  read: (server, token, id) => server.request('GET', `/posts/${id}`, { token }),
};

const TODO: Kind = {
  create: async (server, token) =>
    (await server.request('POST', '/todos', { token, body: { text: 'a' } })).body.id,
  read: (server, token, id) => server.request('GET', `/todos/${id}`, { token }),
};

const SESSION: Kind = {
  create: async server => sessionIdOf(await signedIn(server, 'alice')),
  read: inList('/auth/sessions'),
};

const ACCESS_TOKEN: Kind = {
  create: async (server, token) =>
    (await server.request('POST', '/auth/access-tokens', { token, body: { name: 'a' } })).body.id,
  read: inList('/auth/access-tokens'),
};

const TASK: Kind = {
  create: async (server, token) =>
    (await server.request('POST', '/tasks', { token, body: { title: 'Title' } })).body.id,
  read: (server, token, id) => server.request('GET', `/tasks/${id}`, { token }),
};

const OPERATION: Kind = {
  create: async (server, token) => {
    const body = { quantity: '1.50', date: '2026-01-31', type: 'buy' };
    return (await server.request('POST', '/operations', { token, body })).body.id;
  },
  read: (server, token, id) => server.request('GET', `/operations/${id}`, { token }),
};

const ROOM: Kind = {
  create: async (server, token) =>
    (await server.request('POST', '/chat/rooms', { token, body: { name: 'a', kind: 'private' } })).body.id,
  read: (server, token, id) => server.request('GET', `/chat/rooms/${id}`, { token }),
};

const MESSAGE: Kind = {
  create: async (server, token) => {
    const room = await ROOM.create(server, token);
    const body = { text: 'a', client_id: 'a' };
    return (await server.request('POST', `/chat/rooms/${room}/messages`, { token, body })).body.id;
  },
  read: (server, token, id) => server.request('GET', `/chat/messages/${id}`, { token }),
};

const JOB: Kind = {
  create: async (server, token) => {
    const { id } = (await server.request('GET', '/users/me', { token })).body;
    return idleJob(server.application, id);
  },
  read: (server, token, id) => server.request('GET', `/jobs/${id}`, { token }),
};

interface Case {
  readonly of: Kind;
  /** A good one, were it one's own. */
  readonly body?: object;
  readonly status: number;
  readonly code: string;
}

/** What endpoints answer to whoever asks for what belongs to somebody else. */
const OWNED: Readonly<Record<string, Case>> = {
  replacePost: { of: POST, body: { title: 'Mine', content: 'now' }, status: 403, code: 'posts.not_author' },
  editPost: { of: POST, body: { title: 'Mine' }, status: 403, code: 'posts.not_author' },
  deletePost: { of: POST, status: 403, code: 'posts.not_author' },
  readTodo: { of: TODO, status: 404, code: 'todos.not_found' },
  replaceTodo: { of: TODO, body: { text: 'Mine' }, status: 404, code: 'todos.not_found' },
  changeTodo: { of: TODO, body: { completed: true }, status: 404, code: 'todos.not_found' },
  deleteTodo: { of: TODO, status: 404, code: 'todos.not_found' },
  readTask: { of: TASK, status: 404, code: 'tasks.not_found' },
  replaceTask: { of: TASK, body: { title: 'Mine' }, status: 404, code: 'tasks.not_found' },
  changeTask: { of: TASK, body: { completed: true }, status: 404, code: 'tasks.not_found' },
  deleteTask: { of: TASK, status: 404, code: 'tasks.not_found' },
  listTaskHistory: { of: TASK, status: 404, code: 'tasks.not_found' },
  readOperation: { of: OPERATION, status: 404, code: 'operations.not_found' },
  replaceOperation: {
    of: OPERATION,
    body: { quantity: '2', date: '2026-01-31', type: 'sell' },
    status: 404,
    code: 'operations.not_found',
  },
  changeOperation: { of: OPERATION, body: { quantity: '2' }, status: 404, code: 'operations.not_found' },
  deleteOperation: { of: OPERATION, status: 404, code: 'operations.not_found' },
  readTaskInsights: { of: TASK, status: 404, code: 'tasks.not_found' },
  readRoom: { of: ROOM, status: 404, code: 'chat.room_not_found' },
  changeRoom: { of: ROOM, body: { name: 'Mine' }, status: 404, code: 'chat.room_not_found' },
  putRoomMember: { of: ROOM, status: 404, code: 'chat.room_not_found' },
  removeRoomMember: { of: ROOM, status: 404, code: 'chat.room_not_found' },
  listRoomMembers: { of: ROOM, status: 404, code: 'chat.room_not_found' },
  listRoomMessages: { of: ROOM, status: 404, code: 'chat.room_not_found' },
  sendMessage: {
    of: ROOM,
    body: { text: 'Mine', client_id: 'a' },
    status: 404,
    code: 'chat.room_not_found',
  },
  markRoomRead: { of: ROOM, body: { seq: 0 }, status: 404, code: 'chat.room_not_found' },
  streamRoomEvents: { of: ROOM, status: 404, code: 'chat.room_not_found' },
  pollRoom: { of: ROOM, status: 404, code: 'chat.room_not_found' },
  readMessage: { of: MESSAGE, status: 404, code: 'chat.message_not_found' },
  editMessage: { of: MESSAGE, body: { text: 'Mine' }, status: 404, code: 'chat.message_not_found' },
  deleteMessage: { of: MESSAGE, status: 404, code: 'chat.message_not_found' },
  listMessageHistory: { of: MESSAGE, status: 404, code: 'chat.message_not_found' },
  readJob: { of: JOB, status: 404, code: 'jobs.not_found' },
  endSession: { of: SESSION, status: 404, code: 'identity.session_not_found' },
  deleteAccessToken: { of: ACCESS_TOKEN, status: 404, code: 'identity.access_token_not_found' },
};

/** Endpoints of single things that belong to nobody in particular, and why. */
const NOT_OWNED: Readonly<Record<string, string>> = {
  readPost: 'everybody reads posts',
  readUser: 'every administrator of users sees all accounts',
  changeUser: 'every administrator of users changes all accounts',
  readRole: 'every administrator of roles sees all of them',
  replaceRole: 'roles are held against what one’s own allows (http/roles)',
  deleteRole: 'roles are held against what one’s own allows (http/roles)',
  readHero: 'the roster is everybody’s who is signed in',
  replaceHero: 'whoever may administer the roster changes all of it',
  changeHero: 'the same',
  deleteHero: 'the same',
  readTeam: 'the roster is everybody’s who is signed in',
  replaceTeam: 'whoever may administer the roster changes all of it',
  changeTeam: 'the same',
  deleteTeam: 'the same',
  putTeamMember: 'the same',
  removeTeamMember: 'the same',
  withdrawInvitation: 'invitations are held against what one’s own role allows (http/invitations)',
};

const ofOneThing = (await declaredEndpoints()).filter(({ path }) => path.includes('/:'));
const owned = ofOneThing.filter(({ name }) => name in OWNED);

it('every endpoint of a single thing has an owner to hold it against, or is known to have none', () => {
  const names = ofOneThing.map(({ name }) => name).sort();
  expect([...Object.keys(OWNED), ...Object.keys(NOT_OWNED)].sort()).toEqual(names);
});

describe.each(STORAGES)('what belongs to others, on %s', storage => {
  let server: TestServer;
  let alice: string;
  let bob: string;
  beforeAll(async () => {
    server = await testServer(storage);
    ({ token: alice } = await server.signUp('alice'));
    ({ token: bob } = await server.signUp('bob'));
  });
  afterAll(() => server.stop());

  it.each(owned.map(endpoint => [endpoint.name, endpoint] as const))(
    'is kept from %s, and stays as it is',
    async (name, endpoint) => {
      const { of: kind, body, status, code } = OWNED[name] as Case;
      const id = await kind.create(server, alice);
      const before = await kind.read(server, alice, id);
      expect(before.body).toBeDefined();
      const etag = before.headers.get('etag') ?? '"none"';
      // Of what everybody may read, everybody may learn that it is not as they think.
      const wrong = status === 404 ? [{ 'if-match': '"other"' }] : [];
      for (const headers of [{}, { 'if-match': etag }, { 'if-match': '*' }, ...wrong]) {
        const path = pathOf(endpoint, id);
        const answer = await server.request(endpoint.method, path, { token: bob, body, headers });
        expectProblem(answer, status, code);
      }
      expect((await kind.read(server, alice, id)).body).toEqual(before.body);
    },
  );

  it('keeps the to-dos of others out of lists and their counts', async () => {
    await server.request('POST', '/todos', { token: bob, body: { text: "Bob's" } });
    const { body } = await server.request('GET', '/todos', { token: bob });
    expect(body.total_count).toBe(1);
    expect(body.results.map(({ text }: { text: string }) => text)).toEqual(["Bob's"]);
  });
});

describe.each(STORAGES)('a deactivated account, on %s', storage => {
  it('can use no endpoint with a token that it has, nor get a new one', async () => {
    const server = await testServer(storage);
    const { id, token, refreshToken } = await server.signUp('alice');
    await server.application.get(tokens.identityStorage).work.run(async ({ users }) => {
      const user = await users.get(id);
      if (user) user.isActive = false;
    });
    const profile = await server.request('GET', '/users/me', { token });
    const answers = await Promise.all(
      (await authenticatedEndpoints()).map(async endpoint => {
        const { status, body } = await server.request(endpoint.method, pathOf(endpoint), { token });
        return [endpoint.name, status, body?.code];
      }),
    );
    const refresh = { grant_type: 'refresh_token', refresh_token: refreshToken };
    const signIn = { grant_type: 'password', username: 'alice', password: PASSWORD };
    const grants = await Promise.all(
      [refresh, signIn].map(form => server.request('POST', '/auth/token', { form })),
    );
    await server.stop();
    expectProblem(profile, 400, 'identity.inactive');
    expect(grants.map(({ body }) => body.error)).toEqual(['invalid_grant', 'invalid_grant']);
    expect(answers.filter(([, , code]) => code !== 'identity.inactive')).toEqual([]);
  });
});
