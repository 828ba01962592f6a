import { tokens } from '../../src/composition/tokens.ts';
import type { Identified } from '../../src/kernel/principal.ts';
import { administrator } from './administrator.ts';
import { PASSWORD, type TestServer } from './client.ts';
import { UNKNOWN_ID } from './endpoints.ts';
import type { Call, MakeCall } from './open-api-calls.ts';
import type { World } from './open-api-world.ts';
import { openAccount } from './sign-in.ts';

const WRONG = 'wrong horse battery';

/** Somebody of their own for each call: changes would be in the way of others. */
const newName = () => `user-${crypto.randomUUID().slice(0, 8)}`;

const changeAs = (server: TestServer, token: string, body: object | undefined): Call => ({
  server,
  token,
  path: '/users/me',
  body,
});

/** A patch of somebody's own account. */
const profile =
  (body: object): MakeCall =>
  async ({ server }) =>
    changeAs(server, (await server.signUp(newName())).token, body);

const password =
  (change: object = {}): MakeCall =>
  async ({ server }) => ({
    server,
    token: (await server.signUp(newName())).token,
    path: '/users/me/password',
    body: { current_password: PASSWORD, new_password: 'another horse battery', ...change },
  });

const deletion =
  (body?: object): MakeCall =>
  async ({ server }) =>
    changeAs(server, (await server.signUp(newName())).token, body);

const asRoot = ({ server, root }: World, path: string, body?: object): Call => ({
  server,
  token: root,
  path,
  body,
});

/** What an administrator asks of somebody. */
const user =
  (body?: object): MakeCall =>
  async world =>
    asRoot(world, `/users/${(await world.server.signUp(newName())).id}`, body);

/** The same request, after five with the wrong password. */
async function exhausted(method: string, guess: Call): Promise<Call> {
  for (let count = 0; count < 5; count++) await guess.server.request(method, guess.path, guess);
  return guess;
}

/** A guess at the password of somebody who is signed in, which is not looked at any more. */
const lateGuess =
  (method: string, path: string, body: object): MakeCall =>
  async world => {
    const server = await world.fresh({ rateLimit: 'on' });
    const { token } = await server.signUp('alice');
    return exhausted(method, { server, token, path, body: { current_password: WRONG, ...body } });
  };

/** A request that comes with a sign-in of long ago. */
const signedInLongAgo =
  (path: string, body?: object): MakeCall =>
  async world => {
    const server = await world.fresh();
    const { token } = await server.signUp('alice');
    const { principal: who } = await server.application.get(tokens.identityProvider).verify(token);
    believe(server, { ...who, signedInAt: new Date(0) });
    return { server, token, path, body };
  };

/** A request against the only administrator, by somebody who was one when it was let in. */
const lastAdministrator: MakeCall = async world => {
  const server = await world.fresh();
  const { id } = await openAccount(server.application, 'root', 'admin');
  const { token, ...late } = await administrator(server, 'late');
  const provider = server.application.get(tokens.identityProvider);
  believe(server, (await provider.verify(token)).principal);
  await server.application.get(tokens.identityStorage).work.run(async ({ users }) => {
    (await users.get(late.id))?.changeAccess({ role: 'member', isActive: true }, new Date());
  });
  return { server, token, path: `/users/${id}`, body: { role: 'member' } };
};

/** From now on every token is taken for this person's. */
function believe({ application }: TestServer, principal: Identified): void {
  const verified = { principal, expiresAt: Number.POSITIVE_INFINITY };
  Object.assign(application.get(tokens.identityProvider), { verify: async () => verified });
}

export const lateSignIn: MakeCall = async world =>
  exhausted('POST', {
    server: await world.fresh({ rateLimit: 'on' }),
    path: '/auth/token',
    form: { grant_type: 'password', username: 'alice', password: WRONG },
  });

export const lateLogin: MakeCall = async world =>
  exhausted('POST', {
    server: await world.fresh({ rateLimit: 'on' }),
    path: '/auth/login',
    body: { username: 'alice', password: WRONG },
  });

export const ACCOUNT_CALLS: Readonly<Record<string, Readonly<Record<number, readonly MakeCall[]>>>> = {
  changeOwnProfile: {
    200: [
      profile({ full_name: 'Alice Arden' }),
      profile({}),
      profile({ username: null, full_name: null }),
      profile({ email: `${newName()}@example.org`, current_password: PASSWORD }),
    ],
    403: [signedInLongAgo('/users/me', { email: 'new@example.org' })],
    409: [profile({ email: 'ALICE@example.org' }), profile({ username: 'alice' })],
    422: [
      profile({ email: 'nonsense' }),
      profile({ username: 'No Name' }),
      profile({ full_name: '\0' }),
      profile({ email: 'new@example.org', current_password: WRONG }),
    ],
    429: [lateGuess('PATCH', '/users/me', { email: 'new@example.org' })],
  },
  changeOwnPassword: {
    204: [password()],
    422: [
      password({ current_password: WRONG }),
      password({ new_password: 'short' }),
      password({ new_password: 'password1' }),
    ],
    429: [lateGuess('PUT', '/users/me/password', { new_password: 'another horse battery' })],
  },
  deleteOwnAccount: {
    204: [deletion(), deletion({}), deletion({ current_password: PASSWORD })],
    403: [signedInLongAgo('/users/me')],
    409: [
      async world => {
        const server = await world.fresh();
        return { server, token: (await administrator(server)).token, path: '/users/me' };
      },
    ],
    422: [deletion({ current_password: WRONG })],
    429: [lateGuess('DELETE', '/users/me', {})],
  },
  exportOwnData: {
    200: [
      async ({ server }) => {
        const { token } = await server.signUp(newName());
        await server.request('POST', '/posts', { token, body: { title: 'Hello', content: 'World' } });
        await server.request('POST', '/todos', { token, body: { text: 'Water the plants' } });
        const name = { name: 'Backup script' };
        await server.request('POST', '/auth/access-tokens', { token, body: name });
        return { server, token, path: '/users/me/export' };
      },
    ],
    403: [signedInLongAgo('/users/me/export')],
  },
  listPeople: {
    200: [
      world => asRoot(world, '/people'),
      world => asRoot(world, '/people?q=ALI&per_page=1&sort=created_at'),
    ],
    422: [world => asRoot(world, '/people?q=!')],
  },
  listUsers: {
    200: [
      world => asRoot(world, '/users'),
      world => asRoot(world, '/users?role=admin&is_active=true&sort=updated_at&per_page=1'),
      world => asRoot(world, '/users?page=1000'),
    ],
    422: [world => asRoot(world, '/users?role=Owner')],
  },
  readUser: {
    200: [user()],
    404: [world => asRoot(world, `/users/${UNKNOWN_ID}`)],
  },
  changeUser: {
    200: [user({ role: 'admin' }), user({ is_active: false }), user({})],
    403: [
      async world => {
        const { body } = await world.server.request('GET', '/users/me', { token: world.root });
        return asRoot(world, `/users/${body.id}`, { role: 'member' });
      },
    ],
    404: [world => asRoot(world, `/users/${UNKNOWN_ID}`, {})],
    409: [lastAdministrator],
    422: [user({ role: 'owner' })],
  },
};
