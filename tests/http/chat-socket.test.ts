import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STORAGES } from '../support/application.ts';
import { ChatWorld } from '../support/chat-world.ts';
import { UNKNOWN_ID } from '../support/endpoints.ts';

const seqs = (messages: readonly { readonly seq: number }[]) => messages.map(({ seq }) => seq);
const upTo = (last: number, first = 1) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

describe.each(STORAGES)('the chat over sockets on %s', storage => {
  let world: ChatWorld;
  beforeAll(async () => {
    world = await ChatWorld.start(storage);
  });
  afterAll(() => world.server.stop());

  it('welcomes', async () => {
    const socket = await world.open();
    expect(socket.frames).toEqual([
      { type: 'welcome', user_id: world.alice.id, heartbeat_ms: 30_000, max_frame_bytes: 65_536 },
    ]);
  });

  describe('lets somebody join', () => {
    it('from here on', async () => {
      const room = await world.room();
      await world.post(room, 'before');
      const socket = await world.open();
      expect(await socket.join(room)).toEqual({
        type: 'joined',
        room,
        seq: 1,
        rev: 1,
        members: [],
        messages: [],
        changes: [],
        gap: false,
      });
      const after = await world.post(room, 'after');
      expect(await socket.next({ type: 'message' })).toEqual({ type: 'message', ...after });
    });

    it('after the last message that they saw', async () => {
      const room = await world.room();
      const [, two, three] = [
        await world.post(room, 'one'),
        await world.post(room, 'two'),
        await world.post(room, 'three'),
      ];
      const socket = await world.open();
      expect(await socket.join(room, { after: 1 })).toMatchObject({ messages: [two, three], gap: false });
      expect(await socket.join(room, { after: 0 })).toMatchObject({ seq: 3, rev: 3 });
      expect(await socket.join(room, { after: 3 })).toMatchObject({ messages: [], changes: [], gap: false });
      expect(await socket.join(room, { after: 99 })).toMatchObject({ seq: 3, messages: [], changes: [] });
    });

    it('with some of the last messages', async () => {
      const room = await world.room();
      await world.fill(room, 30);
      const socket = await world.open();
      expect(seqs((await socket.join(room, { history: 20 })).messages)).toEqual(upTo(30, 11));
      expect(seqs((await socket.join(room, { history: 200 })).messages)).toEqual(upTo(30));
      expect((await socket.join(room, { history: 0 })).messages).toEqual([]);
      expect(seqs((await socket.join(room, { history: 5, after: 28 })).messages)).toEqual([29, 30]);
    });

    it('and tells of changes to earlier messages', async () => {
      const room = await world.room();
      const one = await world.post(room, 'one');
      const two = await world.post(room, 'two');
      const uno = await world.edit(one, 'uno');
      await world.call('DELETE', `/chat/messages/${two.id}`);
      const three = await world.post(room, 'three');
      const socket = await world.open();
      const gone = { id: two.id, seq: 2, rev: 4, text: '', deleted: true };
      expect(await socket.join(room, { after: 2, rev: 2 })).toMatchObject({
        rev: 5,
        changes: [uno, gone],
        messages: [three],
      });
      expect(await socket.join(room, { after: 2, rev: 3 })).toMatchObject({ changes: [gone] });
      // Since the message that was seen last came, where it is not known up to which change.
      expect(await socket.join(room, { after: 2 })).toMatchObject({ changes: [uno, gone] });
      expect(await socket.join(room, { after: 3 })).toMatchObject({ changes: [], messages: [] });
      expect(await socket.join(room, { after: 3, rev: 4 })).toMatchObject({ changes: [] });
      // What is told anyway is no change.
      expect(await socket.join(room, { after: 0 })).toMatchObject({
        changes: [],
        messages: [uno, gone, three],
      });
    });

    it('and says where more was missed than is told', async () => {
      const room = await world.room();
      await world.fill(room, 502);
      const socket = await world.open();
      const whole = await socket.join(room, { after: 2 });
      expect([whole.gap, seqs(whole.messages)]).toEqual([false, upTo(502, 3)]);
      const cut = await socket.join(room, { after: 1 });
      expect([cut.gap, seqs(cut.messages)]).toEqual([true, upTo(502, 3)]);
    });

    it('twice, and tells of each message once', async () => {
      const room = await world.room();
      const socket = await world.open();
      await socket.join(room);
      socket.send({ type: 'join', room }, { type: 'join', room, after: 0 });
      await socket.next({ type: 'joined', room });
      await world.post(room, 'once');
      await socket.next({ type: 'message', seq: 1 });
      await socket.settle();
      expect(socket.of('message')).toHaveLength(1);
    });

    it('two rooms, and tells which is which', async () => {
      const [one, other] = [await world.room(), await world.room('public')];
      const socket = await world.open();
      await socket.join(one);
      await socket.join(other);
      await socket.say(one, 'in one');
      await socket.say(other, 'in the other');
      await socket.settle();
      expect(socket.of('message').map(({ room, seq, text }) => [room, seq, text])).toEqual([
        [one, 1, 'in one'],
        [other, 1, 'in the other'],
      ]);
    });

    it('a room by upper-case letters', async () => {
      const room = await world.room();
      const socket = await world.open();
      await socket.join(room.toUpperCase());
      await socket.say(room.toUpperCase(), 'loud');
      expect(await socket.next({ type: 'message' })).toMatchObject({ room, text: 'loud' });
      socket.send({ type: 'leave', room: room.toUpperCase() });
      expect(await socket.next({ type: 'left' })).toEqual({ type: 'left', room });
      expect(world.isFollowed(room)).toBe(false);
    });

    it.each(['private', 'unknown'])('no %s room that they may not see', async which => {
      const room = which === 'private' ? await world.room() : UNKNOWN_ID;
      const socket = await world.open(world.bob);
      socket.send({ type: 'join', room, after: 0 });
      expect(await socket.next({ type: 'error' })).toMatchObject({ code: 'chat.room_not_found' });
      expect(world.isFollowed(room)).toBe(false);
      const other = await world.open();
      if (which === 'private') await other.join(room);
      if (which === 'private') await other.say(room, 'secret');
      await socket.settle();
      expect(socket.of('message')).toEqual([]);
    });

    it('an archived room, and takes no messages for it', async () => {
      const room = await world.room();
      const one = await world.post(room, 'one');
      await world.call('PATCH', `/chat/rooms/${room}`, { archived: true });
      const socket = await world.open();
      expect(await socket.join(room, { after: 0 })).toMatchObject({ messages: [one] });
      socket.send({ type: 'send', room, client_id: 'late', text: 'late' });
      expect(await socket.next({ type: 'error' })).toMatchObject({
        code: 'chat.room_archived',
        client_id: 'late',
      });
    });
  });

  describe('takes messages', () => {
    it('acknowledges them, and tells everybody', async () => {
      const room = await world.room('private', world.bob);
      const [alice, bob] = [await world.open(), await world.open(world.bob)];
      await alice.join(room);
      await bob.join(room);
      const ack = await alice.say(room, 'hello', 'mine-1');
      const { id, seq, sent_at } = ack;
      expect(ack).toEqual({ type: 'ack', client_id: 'mine-1', id, seq: 1, sent_at });
      const author = { id: world.alice.id, name: 'alice' };
      const message = { type: 'message', room, seq, rev: 1, id, author, text: 'hello', sent_at };
      expect(await bob.next({ type: 'message' })).toEqual(message);
      await alice.settle();
      expect(alice.of('message')).toEqual([message]);
    });

    it('once, however often they are sent', async () => {
      const room = await world.room();
      const socket = await world.open();
      await socket.join(room);
      const ack = await socket.say(room, 'hello', 'mine-1');
      expect(await socket.say(room, 'something else', 'mine-1')).toEqual(ack);
      const again = { type: 'send', room, client_id: 'mine-2', text: 'at once' };
      socket.send(again, again, again);
      for (let number = 0; number < 3; number += 1)
        expect(await socket.next({ type: 'ack' })).toMatchObject({ client_id: 'mine-2', seq: 2 });
      const { body } = await world.call('GET', `/chat/rooms/${room}/messages?after=0`);
      expect(seqs(body.results)).toEqual([1, 2]);
      await world.post(room, 'the next');
      await socket.next({ type: 'message', seq: 3 });
      expect(seqs(socket.of('message'))).toEqual([1, 2, 3]);
    });

    it('of three who talk at once, in one order for all', async () => {
      const room = await world.room('private', world.bob, world.carol);
      const sockets = await Promise.all([world.alice, world.bob, world.carol].map(who => world.open(who)));
      for (const socket of sockets) await socket.join(room);
      for (let number = 0; number < 50; number += 1)
        for (const [index, socket] of sockets.entries())
          socket.send({ type: 'send', room, client_id: `${index}-${number}`, text: `${index} ${number}` });
      for (const socket of sockets) await socket.next({ type: 'message', seq: 150 });
      const [first, ...others] = sockets.map(socket => socket.of('message'));
      expect(seqs(first ?? [])).toEqual(upTo(150));
      for (const other of others) expect(other).toEqual(first);
      for (const [index] of sockets.entries()) {
        const own = (first ?? []).filter(({ text }) => text.startsWith(`${index} `));
        expect(own.map(({ text }) => text)).toEqual(upTo(49, 0).map(number => `${index} ${number}`));
      }
    });

    it('of who has not joined', async () => {
      const room = await world.room('public');
      const socket = await world.open(world.bob);
      expect(await socket.say(room, 'from outside')).toMatchObject({ seq: 1 });
      await socket.settle();
      expect(socket.of('message')).toEqual([]);
    });

    it('over HTTP too, and tells there what came by sockets', async () => {
      const room = await world.room();
      const socket = await world.open();
      await socket.join(room);
      const over = await world.post(room, 'over HTTP');
      expect(await socket.next({ type: 'message' })).toEqual({ type: 'message', ...over });
      await socket.say(room, 'by socket');
      const { body } = await world.call('GET', `/chat/rooms/${room}/messages?after=0`);
      await socket.next({ type: 'message', seq: 2 });
      expect(socket.of('message').map(({ type: _, ...message }) => message)).toEqual(body.results);
    });

    it('and tells of edits and deletions', async () => {
      const room = await world.room();
      const socket = await world.open();
      await socket.join(room);
      const one = await world.post(room, 'one');
      const uno = await world.edit(one, 'uno');
      expect(await socket.next({ type: 'edited' })).toEqual({ type: 'edited', ...uno });
      await world.call('DELETE', `/chat/messages/${one.id}`);
      const deleted = await socket.next({ type: 'deleted' });
      expect(deleted).toMatchObject({ id: one.id, seq: 1, rev: 3, text: '', deleted: true });
    });
  });

  describe('lets somebody leave', () => {
    it('and tells no more', async () => {
      const room = await world.room('private', world.bob);
      const [alice, bob] = [await world.open(), await world.open(world.bob)];
      await alice.join(room);
      await bob.join(room);
      bob.send({ type: 'leave', room });
      expect(await bob.next({ type: 'left' })).toEqual({ type: 'left', room });
      await alice.say(room, 'gone?');
      await alice.next({ type: 'message' });
      await bob.settle();
      expect(bob.of('message')).toEqual([]);
    });

    it('while joining', async () => {
      const room = await world.room();
      const socket = await world.open();
      socket.send({ type: 'join', room }, { type: 'leave', room });
      await socket.next({ type: 'left', room });
      await world.post(room, 'too late');
      await socket.settle();
      await expect.poll(() => world.isFollowed(room)).toBe(false);
      expect(socket.of('message')).toEqual([]);
      expect(socket.frames.at(-2)).toEqual({ type: 'left', room });
    });

    it('by closing the socket, also while joining', async () => {
      const rooms = await Promise.all(upTo(10).map(() => world.room()));
      const [room = ''] = rooms;
      const joined = await world.open();
      await joined.join(room);
      expect(world.isFollowed(room)).toBe(true);
      joined.ws.close();
      await joined.closed;
      await expect.poll(() => world.isFollowed(room)).toBe(false);
      const joining = await world.open();
      joining.send(...rooms.map(each => ({ type: 'join', room: each, after: 0 })));
      joining.ws.close();
      await joining.closed;
      await expect.poll(() => rooms.filter(each => world.isFollowed(each))).toEqual([]);
      // Nothing that was under way comes later.
      await new Promise(resolve => setTimeout(resolve, 100));
      expect(rooms.filter(each => world.isFollowed(each))).toEqual([]);
    });
  });
});
