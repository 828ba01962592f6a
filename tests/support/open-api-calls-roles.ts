import { SCOPES } from '../../src/kernel/principal.ts';
import { administrator, tokenFor } from './administrator.ts';
import type { Call, MakeCall } from './open-api-calls.ts';
import type { World } from './open-api-world.ts';

const newName = () => `role-${crypto.randomUUID().slice(0, 8)}`;

const asRoot = ({ server, root }: World, path: string, body?: object): Call => ({
  server,
  token: root,
  path,
  body,
});

const create = (world: World, body: object = {}): Call =>
  asRoot(world, '/roles', { name: newName(), scopes: ['todos'], ...body });

/** A request about a new role. */
const role =
  (body?: object): MakeCall =>
  async world => {
    const { path, ...options } = create(world);
    const { name } = (await world.server.request('POST', path, options)).body;
    return asRoot(world, `/roles/${name}`, body);
  };

/** The same, by somebody who may administer roles and nothing else. */
const limited =
  (make: MakeCall): MakeCall =>
  async world => {
    const { server, root } = world;
    const { path, ...options } = create(world, { scopes: ['profile', 'roles:admin'] });
    const { name } = (await server.request('POST', path, options)).body;
    const username = `user-${crypto.randomUUID().slice(0, 8)}`;
    const { id } = await server.signUp(username);
    await server.request('PATCH', `/users/${id}`, { token: root, body: { role: name } });
    return { ...(await make(world)), token: await tokenFor(server, username) };
  };

const full: MakeCall = async world => {
  const server = await world.fresh();
  const { token } = await administrator(server);
  const call = (name: string) => ({ server, token, path: '/roles', body: { name, scopes: ['todos'] } });
  for (let count = 3; count <= 100; count += 1) await server.request('POST', '/roles', call(`role-${count}`));
  return call('one-more');
};

/** The role of somebody. */
const inUse: MakeCall = async world => {
  const call = await role()(world);
  const { id } = await world.server.signUp(`user-${crypto.randomUUID().slice(0, 8)}`);
  const body = { role: call.path.replace('/roles/', '') };
  await world.server.request('PATCH', `/users/${id}`, { token: world.root, body });
  return call;
};

export const ROLE_CALLS: Readonly<Record<string, Readonly<Record<number, readonly MakeCall[]>>>> = {
  listRoles: {
    200: [world => asRoot(world, '/roles'), world => asRoot(world, '/roles?sort=created_at&per_page=1')],
  },
  createRole: {
    201: [world => create(world), world => create(world, { scopes: [...SCOPES] })],
    403: [limited(world => create(world))],
    409: [world => create(world, { name: 'member' }), full],
    422: [world => create(world, { scopes: ['nonsense'] })],
  },
  readRole: {
    200: [role(), world => asRoot(world, '/roles/admin')],
    404: [world => asRoot(world, '/roles/none')],
  },
  replaceRole: {
    200: [role({ scopes: ['chat'] })],
    403: [limited(role({ scopes: ['chat'] }))],
    404: [world => asRoot(world, '/roles/none', { scopes: ['chat'] })],
    409: [world => asRoot(world, '/roles/admin', { scopes: ['chat'] })],
  },
  deleteRole: {
    204: [role()],
    403: [limited(role())],
    404: [world => asRoot(world, '/roles/none')],
    409: [world => asRoot(world, '/roles/member'), inUse],
  },
};
