import { tokens } from '../../src/composition/tokens.ts';
import { MOST_MEMBERS, MOST_ROOMS } from '../../src/modules/chat/domain/limits.ts';
import { RoomMember } from '../../src/modules/chat/domain/room-member.ts';
import { addRooms } from './chat.ts';
import { UNKNOWN_ID } from './endpoints.ts';
import type { Call, MakeCall } from './open-api-calls.ts';
import type { World } from './open-api-world.ts';
import { BIRTH } from './people.ts';

const ROOMS = '/chat/rooms';
const GARDEN = { name: 'Garden', kind: 'public' };
const SECRET = { name: 'Secret', kind: 'private' };

const by = (token: string, { server }: World, path: string, body?: object): Call => ({
  server,
  token,
  path,
  body,
});

const asAlice = (world: World, path: string, body?: object): Call => by(world.alice, world, path, body);

const idOf = async ({ server }: World, token: string): Promise<string> =>
  (await server.request('GET', '/users/me', { token })).body.id;

const guest = ({ server }: World) => server.signUp(`guest-${crypto.randomUUID().slice(0, 8)}`);

const made = async (world: World, content: object): Promise<string> =>
  (await world.server.request('POST', ROOMS, { token: world.alice, body: content })).body.id;

/** A room of two, the first time that it is asked for. */
const direct: MakeCall = async world =>
  asAlice(world, ROOMS, { kind: 'direct', with: (await guest(world)).id });

/** The same, when it is there already. */
const directAgain: MakeCall = async world => {
  const call = await direct(world);
  await world.server.request('POST', call.path, call);
  return call;
};

/** Of a team that Alice is in. */
const teamContent = async (world: World): Promise<object> => {
  const { server, root: token } = world;
  const post = async (path: string, body: object) =>
    (await server.request('POST', path, { token, body })).body.id;
  const team = await post('/teams', { name: 'Preventers' });
  const hero = await post('/heroes', { name: 'Hero', user_id: await idOf(world, world.alice) });
  await server.request('PUT', `/teams/${team}/members/${hero}`, { token, body: {} });
  return { name: 'Ours', kind: 'team', team_id: team };
};

/** By somebody who has made as many rooms as anybody can. */
const busy: MakeCall = async world => {
  const { id, token } = await guest(world);
  await addRooms(world.server.application, id, MOST_ROOMS);
  return by(token, world, ROOMS, GARDEN);
};

/** A request about a room of Alice's. */
const own =
  (content: object, body?: object): MakeCall =>
  async world =>
    asAlice(world, `${ROOMS}/${await made(world, content)}`, body);

const archived =
  (body?: object): MakeCall =>
  async world => {
    const call = await own(GARDEN, body)(world);
    const { server, alice: token } = world;
    await server.request('PATCH', call.path, { token, body: { archived: true } });
    return call;
  };

/** The same about Bob as a member of it. */
const withBob =
  (make: MakeCall): MakeCall =>
  async world => {
    const call = await make(world);
    return { ...call, path: `${call.path}/members/${await idOf(world, world.bob)}` };
  };

const asBob =
  (make: MakeCall): MakeCall =>
  async world => ({ ...(await make(world)), token: world.bob });

/** About Alice as a member of a room of hers. */
const withAlice: MakeCall = async world => {
  const call = await own(GARDEN)(world);
  return { ...call, path: `${call.path}/members/${await idOf(world, world.alice)}` };
};

const fixed: MakeCall = async world => {
  const path = `${ROOMS}/${await made(world, { kind: 'direct', with: (await guest(world)).id })}`;
  return withBob(() => asAlice(world, path))(world);
};

const full: MakeCall = async world => {
  const call = await own(GARDEN)(world);
  const id = call.path.slice(ROOMS.length + 1);
  await world.server.application.get(tokens.chatStorage).work.run(async ({ members }) => {
    for (let number = 1; number < MOST_MEMBERS; number += 1)
      await members.add(new RoomMember(id, `nobody-${number}`, BIRTH));
  });
  return withBob(() => call)(world);
};

export const CHAT_CALLS: Readonly<Record<string, Readonly<Record<number, readonly MakeCall[]>>>> = {
  createSocketTicket: { 201: [world => asAlice(world, '/chat/tickets')] },
  listRooms: {
    200: [
      world => asAlice(world, ROOMS),
      world => asAlice(world, `${ROOMS}?cursor=&count=true&kind=public&archived=false`),
    ],
    422: [world => asAlice(world, `${ROOMS}?cursor=nonsense`)],
  },
  createRoom: {
    200: [directAgain],
    201: [
      world => asAlice(world, ROOMS, GARDEN),
      world => asAlice(world, ROOMS, { ...SECRET, team_id: null, with: null }),
      async world => asAlice(world, ROOMS, await teamContent(world)),
      direct,
    ],
    409: [busy],
    422: [
      world => asAlice(world, ROOMS, { kind: 'public' }),
      world => asAlice(world, ROOMS, { ...GARDEN, with: UNKNOWN_ID }),
      world => asAlice(world, ROOMS, { ...GARDEN, kind: 'team', team_id: UNKNOWN_ID }),
      world => asAlice(world, ROOMS, { kind: 'direct', with: UNKNOWN_ID }),
      async world => asAlice(world, ROOMS, { kind: 'direct', with: await idOf(world, world.alice) }),
    ],
  },
  readRoom: { 200: [own(GARDEN), asBob(own(GARDEN)), own(SECRET)], 404: [asBob(own(SECRET))] },
  changeRoom: {
    200: [own(GARDEN, { name: 'Kitchen' }), archived({ archived: false })],
    403: [asBob(own(GARDEN, { name: 'Mine' }))],
    404: [asBob(own(SECRET, {}))],
    409: [archived({ name: 'Kitchen' })],
    422: [
      own(GARDEN, { name: '\0' }),
      async world =>
        asAlice(world, `${ROOMS}/${await made(world, (await direct(world)).body as object)}`, { name: 'Us' }),
    ],
  },
  putRoomMember: {
    204: [withBob(own(SECRET)), asBob(withBob(own(GARDEN)))],
    403: [
      async world => {
        const { path } = await own(GARDEN)(world);
        return by(world.bob, world, `${path}/members/${(await guest(world)).id}`);
      },
    ],
    404: [
      asBob(withBob(own(SECRET))),
      async world => asAlice(world, `${(await own(SECRET)(world)).path}/members/${UNKNOWN_ID}`),
    ],
    409: [fixed, withBob(archived()), full],
  },
  removeRoomMember: {
    204: [withBob(own(GARDEN)), withAlice],
    403: [asBob(withAlice)],
    404: [asBob(withBob(own(SECRET)))],
    409: [fixed, withBob(archived())],
  },
};
