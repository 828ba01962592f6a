import { administrator, tokenFor } from './administrator.ts';
import { PASSWORD } from './client.ts';
import { UNKNOWN_ID } from './endpoints.ts';
import type { Call, MakeCall } from './open-api-calls.ts';
import type { World } from './open-api-world.ts';

const newAddress = () => `guest-${crypto.randomUUID().slice(0, 8)}@example.org`;

const asRoot = ({ server, root }: World, path: string, body?: object): Call => ({
  server,
  token: root,
  path,
  body,
});

const invite = (world: World, body: object = {}): Call =>
  asRoot(world, '/invitations', { email: newAddress(), role: 'member', ...body });

/** A request about a new invitation. */
const invitation =
  (change: object = {}): MakeCall =>
  async world => {
    const { path, ...options } = invite(world, change);
    const { id } = (await world.server.request('POST', path, options)).body;
    return asRoot(world, `/invitations/${id}`);
  };

/** The same, by somebody who may administer people and nothing else. */
const limited =
  (make: MakeCall): MakeCall =>
  async world => {
    const { server, root } = world;
    const name = `role-${crypto.randomUUID().slice(0, 8)}`;
    const role = { name, scopes: ['profile', 'users:admin'] };
    await server.request('POST', '/roles', { token: root, body: role });
    const username = `user-${name}`.slice(0, 20);
    const { id } = await server.signUp(username);
    await server.request('PATCH', `/users/${id}`, { token: root, body: { role: name } });
    return { ...(await make(world)), token: await tokenFor(server, username) };
  };

const whereClosed: MakeCall = async world => {
  const server = await world.fresh({ registration: 'closed' });
  const { token } = await administrator(server);
  return { server, token, path: '/invitations', body: { email: newAddress(), role: 'member' } };
};

export const withoutInvitation: MakeCall = async world => ({
  server: await world.fresh({ registration: 'invite' }),
  path: '/auth/register',
  body: { email: newAddress(), password: PASSWORD },
});

export const INVITATION_CALLS: Readonly<Record<string, Readonly<Record<number, readonly MakeCall[]>>>> = {
  listInvitations: {
    200: [
      async world => {
        await invitation()(world);
        return asRoot(world, '/invitations?sort=created_at&per_page=1');
      },
    ],
  },
  invitePerson: {
    201: [world => invite(world), world => invite(world, { role: 'admin' })],
    403: [limited(world => invite(world)), whereClosed],
    409: [world => invite(world, { email: 'Alice@Example.org' })],
    422: [
      world => invite(world, { email: 'nonsense' }),
      world => invite(world, { role: 'nobodys-role' }),
      world => invite(world, { role: undefined }),
    ],
  },
  withdrawInvitation: {
    204: [invitation()],
    403: [limited(invitation({ role: 'admin' }))],
    404: [world => asRoot(world, `/invitations/${UNKNOWN_ID}`)],
  },
};
