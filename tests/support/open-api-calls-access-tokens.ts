import { PASSWORD } from './client.ts';
import type { Call, MakeCall } from './open-api-calls.ts';
import type { World } from './open-api-world.ts';

const LIST = '/auth/access-tokens';

const asAlice = ({ server, alice }: World, path: string, body?: object): Call => ({
  server,
  token: alice,
  path,
  body,
});

const create = (world: World, body: object = {}): Call => asAlice(world, LIST, { name: 'Script', ...body });

const made = async (world: World): Promise<{ id: string; token: string }> => {
  const { path, ...options } = create(world);
  return (await world.server.request('POST', path, options)).body;
};

const withPersonalToken =
  (path: string, body?: object): MakeCall =>
  async world => ({ ...asAlice(world, path, body), token: (await made(world)).token });

/** Somebody who has as many tokens as anybody can have. */
const rich: MakeCall = async world => {
  const { token } = await world.server.signUp(`rich-${crypto.randomUUID().slice(0, 8)}`);
  const call = { ...create(world), token };
  for (let count = 0; count < 50; count += 1) await world.server.request('POST', LIST, call);
  return call;
};

export const ACCESS_TOKEN_CALLS: Readonly<Record<string, Readonly<Record<number, readonly MakeCall[]>>>> = {
  listAccessTokens: { 200: [world => asAlice(world, LIST)], 403: [withPersonalToken(LIST)] },
  createAccessToken: {
    201: [
      world => create(world),
      world =>
        create(world, { scope: 'todos', expires_at: '2999-01-01T00:00:00.000Z', current_password: PASSWORD }),
    ],
    400: [world => create(world, { scope: 'nonsense' })],
    403: [withPersonalToken(LIST, { name: 'Another' })],
    409: [rich],
    422: [
      world => create(world, { current_password: 'wrong' }),
      world => create(world, { expires_at: '2000-01-01T00:00:00.000Z' }),
    ],
  },
  deleteAccessToken: {
    204: [async world => asAlice(world, `${LIST}/${(await made(world)).id}`)],
    403: [withPersonalToken(`${LIST}/019ab0f4-7c1e-7d3a-8a51-0e6f3c9d2b47`)],
  },
};
