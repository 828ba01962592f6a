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

/** A request below a room of Alice's, in which she said something. */
const below =
  (rest: string, content: object = SECRET, body?: object): MakeCall =>
  async world => {
    const { path } = await own(content)(world);
    await said(world, path);
    return asAlice(world, `${path}${rest}`, body);
  };

const said = async ({ server, alice: token }: World, path: string): Promise<string> => {
  const body = { text: 'Hello', client_id: 'hello' };
  return (await server.request('POST', `${path}/messages`, { token, body })).body.id;
};

/** A request about a message of Alice's, after what was done to it. */
const message =
  (
    rest = '',
    body?: object,
    before: (world: World, path: string) => Promise<unknown> = async () => undefined,
  ): MakeCall =>
  async world => {
    const { path: room } = await own(SECRET)(world);
    const path = `/chat/messages/${await said(world, room)}`;
    await before(world, path);
    return asAlice(world, `${path}${rest}`, body);
  };

/** A request about what Alice said where Bob is too. */
const sharedMessage = (body?: object): MakeCall =>
  asBob(async world => {
    const { path } = await own(GARDEN)(world);
    return asAlice(world, `/chat/messages/${await said(world, path)}`, body);
  });

/** The same in a room that was archived since. */
const archivedMessage =
  (body?: object): MakeCall =>
  async world => {
    const { path } = await own(GARDEN)(world);
    const id = await said(world, path);
    await world.server.request('PATCH', path, { token: world.alice, body: { archived: true } });
    return asAlice(world, `/chat/messages/${id}`, body);
  };

const asAliceDoes =
  (method: string, body?: object) =>
  ({ server, alice: token }: World, path: string) =>
    server.request(method, path, { token, body });

/** A stream that ends: Bob, who follows Alice's room, is taken out of it as soon as he does. */
const leaving: MakeCall = async world => {
  const { server, alice: token } = world;
  const { path } = await own(SECRET)(world);
  const member = `${path}/members/${await idOf(world, world.bob)}`;
  await server.request('PUT', member, { token });
  const live = server.application.get(tokens.liveRooms);
  const timer = setInterval(() => {
    if (!live.isFollowed(path.slice(ROOMS.length + 1))) return;
    clearInterval(timer);
    void server.request('DELETE', member, { token });
  }, 10);
  setTimeout(() => clearInterval(timer), 5000).unref();
  return by(world.bob, world, `${path}/events`);
};

const HELLO = { text: 'Hello', client_id: 'again' };

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
  listRoomMembers: {
    200: [below('/members'), below('/members?page=2&per_page=1')],
    404: [asBob(below('/members'))],
    422: [below('/members?page=0')],
  },
  listRoomMessages: {
    200: [below('/messages'), below('/messages?after=0&before=9&limit=5')],
    404: [asBob(below('/messages'))],
    422: [below('/messages?limit=0')],
  },
  sendMessage: {
    201: [below('/messages', SECRET, HELLO)],
    404: [asBob(below('/messages', SECRET, HELLO))],
    409: [
      async world => {
        const call = await archived(HELLO)(world);
        return { ...call, path: `${call.path}/messages` };
      },
    ],
    422: [below('/messages', SECRET, { ...HELLO, text: '' })],
  },
  searchMessages: {
    200: [
      async world => {
        await below('')(world);
        return asAlice(world, '/chat/messages?q=hello');
      },
      world =>
        asAlice(world, `/chat/messages?q=hello&cursor=&count=true&room=${UNKNOWN_ID}&author=${UNKNOWN_ID}`),
    ],
    422: [world => asAlice(world, '/chat/messages?q=a&cursor=nonsense')],
  },
  readMessage: { 200: [message(), message('', undefined, asAliceDoes('DELETE'))], 404: [asBob(message())] },
  editMessage: {
    200: [message('', { text: 'Bye' }), message('', {})],
    403: [sharedMessage({ text: 'Bye' })],
    404: [asBob(message('', { text: 'Bye' }))],
    409: [message('', { text: 'Bye' }, asAliceDoes('DELETE')), archivedMessage({ text: 'Bye' })],
    422: [message('', { text: '' })],
  },
  deleteMessage: {
    204: [message()],
    403: [sharedMessage()],
    404: [asBob(message())],
    409: [archivedMessage()],
  },
  listMessageHistory: {
    200: [message('/history?cursor=', undefined, asAliceDoes('PATCH', { text: 'Bye' })), message('/history')],
    404: [asBob(message('/history'))],
    422: [message('/history?cursor=nonsense')],
  },
  markRoomRead: {
    200: [below('/read', SECRET, { seq: 1 })],
    404: [asBob(below('/read', SECRET, { seq: 1 }))],
    422: [below('/read', SECRET, { seq: -1 })],
  },
  listUnread: {
    200: [
      async world => {
        await below('')(world);
        return asAlice(world, '/chat/unread');
      },
    ],
  },
  streamRoomEvents: {
    200: [leaving],
    404: [asBob(below('/events'))],
    422: [below('/events?after=x')],
  },
  pollRoom: {
    200: [below('/poll'), below('/poll?after=1&rev=1&wait=0')],
    404: [asBob(below('/poll'))],
    422: [below('/poll?wait=99')],
  },
};
