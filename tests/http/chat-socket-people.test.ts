import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STORAGES } from '../support/application.ts';
import type { ChatClient, Frame } from '../support/chat-socket.ts';
import { ChatWorld } from '../support/chat-world.ts';

const byId = (people: readonly { readonly id: string }[]) =>
  people.toSorted((one, other) => one.id.localeCompare(other.id));

describe.each(STORAGES)('people in the chat over sockets on %s', storage => {
  let world: ChatWorld;
  let alice: { readonly id: string; readonly name: string };
  let bob: { readonly id: string; readonly name: string };
  beforeAll(async () => {
    world = await ChatWorld.start(storage);
    alice = { id: world.alice.id, name: 'alice' };
    bob = { id: world.bob.id, name: 'bob' };
  });
  afterAll(() => world.server.stop());

  const openAll = () => Promise.all([world.open(), world.open(world.bob)]);
  const joinAll = async (room: string, ...sockets: readonly ChatClient[]) => {
    for (const socket of sockets) await socket.join(room);
  };

  describe('who are taken out of a room', () => {
    it('are told so, and get nothing more, whoever stays goes on', async () => {
      const room = await world.room('private', world.bob);
      const sockets = [await world.open(world.bob), await world.open(world.bob)];
      const own = await world.open();
      await joinAll(room, own, ...sockets);
      await world.call('DELETE', `/chat/rooms/${room}/members/${bob.id}`);
      for (const socket of sockets)
        expect(await socket.next({ type: 'left' })).toEqual({ type: 'left', room, reason: 'removed' });
      await own.say(room, 'secret');
      await own.next({ type: 'message' });
      for (const socket of sockets) {
        await socket.settle();
        expect(socket.of('message')).toEqual([]);
        expect(socket.of('left')).toHaveLength(1);
        socket.send({ type: 'join', room });
        await socket.next({ type: 'error', code: 'chat.room_not_found' });
        socket.send({ type: 'send', room, client_id: 'mine', text: 'let me in' });
        await socket.next({ type: 'error', code: 'chat.room_not_found', client_id: 'mine' });
      }
      await world.call('PUT', `/chat/rooms/${room}/members/${bob.id}`);
      expect(await sockets[0]?.join(room, { after: 0 })).toMatchObject({ seq: 1 });
    });

    it('while they join are in it afterwards neither for others nor for themselves', async () => {
      const room = await world.room('private', world.bob);
      const [own, socket] = await openAll();
      await own.join(room);
      const removed = world.call('DELETE', `/chat/rooms/${room}/members/${bob.id}`);
      const joining = (async () => {
        for (let number = 0; number < 20; number += 1) {
          socket.send({ type: 'join', room });
          await socket.settle();
        }
      })();
      await Promise.all([removed, joining]);
      await own.say(room, 'secret');
      await own.next({ type: 'message', text: 'secret' });
      await socket.settle();
      expect(socket.of('message')).toEqual([]);
    });

    it('are told in a team’s room, once they lose the team', async () => {
      const team = await world.team(world.alice, world.bob);
      const content = { name: 'Crew', kind: 'team', team_id: team.id };
      const { id: room } = (await world.call('POST', '/chat/rooms', content)).body;
      const [own, socket] = await openAll();
      await joinAll(room, own, socket);
      await world.call('DELETE', `/teams/${team.id}/members/${team.heroes[1]}`, undefined, world.root);
      expect(await socket.next({ type: 'left' })).toEqual({ type: 'left', room, reason: 'removed' });
      await own.say(room, 'secret');
      await own.next({ type: 'message' });
      await socket.settle();
      expect(socket.of('message')).toEqual([]);
      expect(own.of('left')).toEqual([]);
      socket.send({ type: 'join', room });
      await socket.next({ type: 'error', code: 'chat.room_not_found' });
    });
  });

  describe('who type', () => {
    it('are shown to others only, by name, and not again and again', async () => {
      const room = await world.room('private', world.bob);
      const [typist, other] = await openAll();
      const tablet = await world.open();
      await joinAll(room, typist, other, tablet);
      const typing = { type: 'typing', room };
      typist.send(typing, typing, typing);
      expect(await other.next({ type: 'typing' })).toEqual({ ...typing, user: alice });
      await typist.settle();
      await other.settle();
      await tablet.settle();
      expect([typist, tablet].flatMap(socket => socket.of('typing'))).toEqual([]);
      expect(other.of('typing')).toHaveLength(1);
    });

    it('must have joined the room', async () => {
      const room = await world.room();
      const socket = await world.open();
      socket.send({ type: 'typing', room });
      await socket.next({ type: 'error', code: 'chat.not_joined' });
    });
  });

  it('who read are told so on their own devices', async () => {
    const room = await world.room('private', world.bob);
    await world.fill(room, 5);
    const [phone, tablet] = [await world.open(world.bob), await world.open(world.bob)];
    const other = await world.open();
    await joinAll(room, other, phone);
    phone.send({ type: 'read', room, seq: 3 });
    for (const socket of [phone, tablet])
      expect(await socket.next({ type: 'read' })).toEqual({ type: 'read', room, seq: 3 });
    const unread = async () => (await world.call('GET', '/chat/unread', undefined, world.bob)).body.results;
    expect(await unread()).toContainEqual({ room, seq: 5, read: 3, unread: 2 });
    // Neither backwards nor past the last message.
    phone.send({ type: 'read', room, seq: 1 }, { type: 'read', room: room.toUpperCase(), seq: 99 });
    expect(await tablet.next({ type: 'read' })).toEqual({ type: 'read', room, seq: 5 });
    expect(tablet.of('read')).toHaveLength(2);
    await other.settle();
    expect(other.of('read')).toEqual([]);
    const closed = await world.room();
    phone.send({ type: 'read', room: closed, seq: 1 });
    await phone.next({ type: 'error', code: 'chat.room_not_found' });
  });

  describe('who are there', () => {
    const presence = async (socket: ChatClient): Promise<Frame> => {
      const { joined, left, ...rest } = await socket.next({ type: 'presence' });
      return { ...rest, joined: byId(joined), left: byId(left) };
    };

    it('are told of once, gathered, however many sockets they have', async () => {
      const room = await world.room('private', world.bob);
      const [own, first] = await openAll();
      const second = await world.open(world.bob);
      await joinAll(room, own, first, second);
      const expected = { type: 'presence', room, joined: byId([alice, bob]), left: [] };
      const told = await presence(own);
      // A tick may have come between two of them.
      if (told.joined.length === 1) expect((await presence(own)).joined).toEqual([bob]);
      else expect(told).toEqual(expected);
      const later = await world.open();
      expect(byId((await later.join(room)).members)).toEqual(expected.joined);
      first.ws.close();
      await first.closed;
      later.send({ type: 'leave', room });
      await later.next({ type: 'left' });
      const marker = await world.open(world.bob);
      await marker.join(room);
      second.send({ type: 'leave', room });
      await second.next({ type: 'left' });
      marker.ws.close();
      expect(await presence(own)).toEqual({ type: 'presence', room, joined: [], left: [bob] });
      const last = await world.open();
      expect((await last.join(room)).members).toEqual([alice]);
      await first.closed;
      expect(own.of('presence').flatMap(({ left }) => left)).toEqual([bob]);
    });

    it('are not told of who is refused, or in a room that is left', async () => {
      const room = await world.room('private');
      const [own, other] = await openAll();
      other.send({ type: 'join', room });
      await other.next({ type: 'error' });
      await own.join(room);
      expect(await presence(own)).toEqual({ type: 'presence', room, joined: [alice], left: [] });
      own.send({ type: 'join', room });
      await own.next({ type: 'joined' });
      const again = await world.open();
      expect((await again.join(room)).members).toEqual([alice]);
      expect(other.of('presence')).toEqual([]);
    });
  });
});
