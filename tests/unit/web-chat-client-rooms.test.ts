import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { ChatMessage } from '../../src/web/chat/frames.ts';
import {
  ALICE,
  ack,
  BOB,
  clientWithFakes,
  edited,
  joined,
  message,
  messages,
  OTHER_ROOM,
  ROOM,
  said,
  seqs,
} from '../support/chat-client.ts';

const error = (code: string, client_id?: string) => ({
  type: 'error',
  code,
  detail: 'No.',
  ...(client_id !== undefined && { client_id }),
});

describe('a room of a chat client', () => {
  it('has what came with joining it, and what is said and changed', async () => {
    const { client, welcome } = clientWithFakes();
    const room = client.join(ROOM, { history: 2 });
    expect(client.join(ROOM)).toBe(room);
    expect([room.state, room.messages]).toEqual(['joining', []]);
    const socket = await welcome();
    socket.tell(joined(4, { rev: 6, messages: messages(3, 4) }));
    await room.joined();
    expect(room).toMatchObject({ state: 'joined', seq: 4, rev: 6, isComplete: true, members: [ALICE] });
    expect(client.userId).toBe(ALICE.id);
    const before = room.messages;
    expect(before).toEqual(messages(3, 4));
    socket.tell(said(5, { rev: 7 }));
    socket.tell({ type: 'batch', frames: [edited(4, 8, 'vier'), said(6, { rev: 9 }), said(7, { rev: 10 })] });
    expect(seqs(room.messages)).toEqual([3, 4, 5, 6, 7]);
    expect(room.messages[1]).toMatchObject({ text: 'vier', rev: 8 });
    expect([room.seq, room.rev]).toEqual([7, 10]);
    expect(before).toEqual(messages(3, 4));
    expect(room.messages[0]).not.toHaveProperty('type');
  });

  it('shows deletions, and no earlier state after a later one', async () => {
    const { joinedRoom } = clientWithFakes();
    const { room, socket } = await joinedRoom(1, { messages: messages(1, 1) });
    socket.tell({ type: 'deleted', ...message(1, { rev: 3, text: '', deleted: true }) });
    socket.tell(edited(1, 2, 'late'));
    expect(room.messages).toMatchObject([{ seq: 1, rev: 3, text: '', deleted: true }]);
    expect(room.rev).toBe(3);
  });

  it('takes each message once, and of changes only those of messages that it has', async () => {
    const { joinedRoom } = clientWithFakes();
    const { room, socket } = await joinedRoom(4, { messages: messages(3, 4) });
    socket.tell(said(5));
    socket.tell(said(5));
    socket.tell(said(4));
    socket.tell(edited(1, 6, 'older'));
    expect(seqs(room.messages)).toEqual([3, 4, 5]);
    expect(room.rev).toBe(6);
  });

  it('tells its listeners once of what came at once, and all of them though one fails', async () => {
    const { joinedRoom } = clientWithFakes();
    const { room, socket } = await joinedRoom();
    const later: (() => void)[] = [];
    vi.stubGlobal('queueMicrotask', (run: () => void) => later.push(run));
    onTestFinished(() => void vi.unstubAllGlobals());
    let told = 0;
    const fail = room.subscribe(() => {
      fail();
      throw new Error('A listener fails.');
    });
    const end = room.subscribe(() => {
      told += 1;
    });
    socket.tell({ type: 'batch', frames: [said(1), said(2), said(3)] });
    expect(told).toBe(1);
    end();
    socket.tell(said(4));
    expect(told).toBe(1);
    expect(later).toHaveLength(1);
    expect(later[0]).toThrow('A listener fails.');
  });

  it('goes on where it was when the connection comes back', async () => {
    const { joinedRoom, reconnect } = clientWithFakes();
    const { room, socket } = await joinedRoom(3, { rev: 5, messages: messages(2, 3) });
    socket.tell({ type: 'batch', frames: [said(4, { rev: 6 }), edited(2, 7, 'zwei')] });
    const next = await reconnect();
    expect(next.sent).toEqual([{ type: 'join', room: ROOM, after: 4, rev: 7 }]);
    expect(room.state).toBe('away');
    const changes = [message(3, { rev: 8, text: 'drei' }), message(1, { rev: 9 })];
    next.tell(joined(6, { rev: 11, messages: messages(5, 6), changes }));
    expect(room).toMatchObject({ state: 'joined', seq: 6, rev: 11, isComplete: true });
    expect(room.messages.map(({ text }) => text)).toEqual(['zwei', 'drei', '4', '5', '6']);
  });

  it('keeps what it has where the server is behind', async () => {
    const { joinedRoom, reconnect } = clientWithFakes();
    const { room } = await joinedRoom(3, { messages: messages(1, 3) });
    const next = await reconnect();
    next.tell(joined(1));
    expect([room.seq, room.rev, room.isComplete]).toEqual([3, 3, true]);
    for (const seq of [2, 3, 4]) next.tell(said(seq));
    expect(seqs(room.messages)).toEqual([1, 2, 3, 4]);
  });

  it('keeps the newest messages', async () => {
    const { joinedRoom, reconnect } = clientWithFakes({ mostMessages: 3 });
    const { room, socket } = await joinedRoom(3, { messages: messages(1, 3) });
    socket.tell(said(4));
    socket.tell(edited(1, 5, 'gone'));
    expect(seqs(room.messages)).toEqual([2, 3, 4]);
    (await reconnect()).tell(joined(90, { messages: messages(80, 90), gap: true }));
    expect(seqs(room.messages)).toEqual([88, 89, 90]);
    expect(room.isComplete).toBe(true);
  });

  it('asks where the room is when something was not told, and takes nothing until it knows', async () => {
    const { joinedRoom } = clientWithFakes();
    const { room, socket } = await joinedRoom(1, { messages: messages(1, 1) });
    socket.tell(said(3));
    socket.tell(edited(1, 5, 'eins'));
    expect(socket.sent.slice(1)).toEqual([{ type: 'join', room: ROOM, after: 1, rev: 1 }]);
    expect(room.messages).toEqual(messages(1, 1));
    const changes = [message(1, { rev: 5, text: 'eins' })];
    socket.tell(joined(4, { rev: 5, messages: messages(2, 4), changes }));
    expect(room.messages.map(({ text }) => text)).toEqual(['eins', '2', '3', '4']);
    expect(room.isComplete).toBe(true);
  });

  describe('where more was missed than is told', () => {
    const missed = joined(10, { rev: 20, messages: messages(8, 10), gap: true });

    it('says that it is not complete, and loads nothing without anything to load with', async () => {
      const { joinedRoom, reconnect } = clientWithFakes();
      const { room } = await joinedRoom(2, { messages: messages(1, 2) });
      const next = await reconnect();
      next.tell(missed);
      next.tell(said(11, { rev: 21 }));
      expect(room.isComplete).toBe(false);
      expect(seqs(room.messages)).toEqual([1, 2, 8, 9, 10, 11]);
      await expect(room.complete()).rejects.toThrow('loadBefore');
    });

    it('loads it page by page, with what was changed, also meanwhile', async () => {
      const asked: number[] = [];
      let answer: (page: readonly ChatMessage[]) => void = () => undefined;
      const loadBefore = (id: string, before: number) => {
        expect(id).toBe(ROOM);
        asked.push(before);
        return new Promise<readonly ChatMessage[]>(resolve => {
          answer = resolve;
        });
      };
      const { joinedRoom, reconnect, settle } = clientWithFakes({ loadBefore });
      const { room } = await joinedRoom(2, { messages: messages(1, 2) });
      const next = await reconnect();
      next.tell(missed);
      expect(asked).toEqual([8]);
      next.tell(edited(5, 21, 'fünf'));
      answer(messages(5, 7));
      await settle();
      expect(asked).toEqual([8, 5]);
      expect(room.isComplete).toBe(false);
      let told = 0;
      room.subscribe(() => {
        told += 1;
      });
      answer([message(1, { rev: 19, text: 'eins' }), message(2), message(3), message(4)]);
      await settle();
      expect([room.isComplete, told]).toEqual([true, 1]);
      expect(room.messages.map(({ text }) => text)).toEqual([
        ...['eins', '2', '3', '4', 'fünf', '6', '7', '8', '9', '10'],
      ]);
    });

    it('loads what was missed before anything was said to it', async () => {
      const loadBefore = async (_: string, before: number) => messages(before - 3, before - 1);
      const { joinedRoom, reconnect, settle } = clientWithFakes({ loadBefore });
      const { room } = await joinedRoom(4);
      (await reconnect()).tell(missed);
      expect(room.isComplete).toBe(false);
      await settle();
      expect(room.isComplete).toBe(true);
      expect(seqs(room.messages)).toEqual([5, 6, 7, 8, 9, 10]);
    });

    it('begins anew where more is missed while it loads, and after a failure', async () => {
      const answers: ((page: readonly ChatMessage[] | Error) => void)[] = [];
      const loadBefore = () =>
        new Promise<readonly ChatMessage[]>((resolve, reject) => {
          answers.push(page => (page instanceof Error ? reject(page) : resolve(page)));
        });
      const { joinedRoom, reconnect, settle } = clientWithFakes({ loadBefore });
      const { room } = await joinedRoom(2, { messages: messages(1, 2) });
      (await reconnect()).tell(missed);
      (await reconnect()).tell(joined(15, { messages: messages(14, 15), gap: true }));
      answers[0]?.(messages(1, 7));
      answers[1]?.(new Error('There is no network.'));
      await settle();
      expect(room.isComplete).toBe(false);
      const fail = expect(room.complete()).rejects.toThrow('again');
      for (const answer of answers) answer(new Error('There is no network again.'));
      await fail;
      const completing = room.complete();
      answers.at(-1)?.(messages(1, 13));
      await completing;
      expect(room.isComplete).toBe(true);
      expect(seqs(room.messages)).toEqual(seqs(messages(1, 15)));
    });

    it('does not load for ever where it gets what it did not ask for', async () => {
      const { joinedRoom, reconnect, settle } = clientWithFakes({ loadBefore: async () => messages(9, 10) });
      const { room } = await joinedRoom(2, { messages: messages(1, 2) });
      (await reconnect()).tell(missed);
      await settle();
      expect(room.isComplete).toBe(true);
    });
  });

  it('loads older messages until there are none, or no place', async () => {
    const loadBefore = async (_: string, before: number) => messages(Math.max(1, before - 2), before - 1);
    const { joinedRoom } = clientWithFakes({ loadBefore });
    const { room } = await joinedRoom(5, { messages: messages(4, 5) });
    expect([await room.loadOlder(), seqs(room.messages)]).toEqual([true, [2, 3, 4, 5]]);
    expect([await room.loadOlder(), seqs(room.messages)]).toEqual([true, [1, 2, 3, 4, 5]]);
    expect(await room.loadOlder()).toBe(false);
    expect(room.isComplete).toBe(true);
    const { joinedRoom: joinedOther } = clientWithFakes({ loadBefore, mostMessages: 3 });
    const { room: small } = await joinedOther(5, { messages: messages(4, 5) });
    expect([await small.loadOlder(), seqs(small.messages)]).toEqual([true, [3, 4, 5]]);
    expect(await small.loadOlder()).toBe(false);
  });

  it('shows older messages as they are, though they were changed while they were loaded', async () => {
    let answer: (page: readonly ChatMessage[]) => void = () => undefined;
    const loadBefore = () =>
      new Promise<readonly ChatMessage[]>(resolve => {
        answer = resolve;
      });
    const { joinedRoom, settle } = clientWithFakes({ loadBefore });
    const { room, socket } = await joinedRoom(3, { messages: messages(3, 3) });
    const loading = room.loadOlder();
    await settle();
    socket.tell(edited(1, 4, 'eins'));
    expect(seqs(room.messages)).toEqual([3]);
    answer(messages(1, 2));
    expect(await loading).toBe(true);
    expect(room.messages.map(({ text }) => text)).toEqual(['eins', '2', '3']);
  });

  it('knows who is there, who types and how far it was read', async () => {
    const { joinedRoom, reconnect } = clientWithFakes();
    const { room, socket } = await joinedRoom(3);
    socket.tell({ type: 'presence', room: ROOM, joined: [BOB], left: [] });
    socket.tell({ type: 'typing', room: ROOM, user: BOB });
    expect([room.members, room.typing]).toEqual([[ALICE, BOB], [BOB]]);
    await vi.advanceTimersByTimeAsync(3000);
    socket.tell({ type: 'typing', room: ROOM, user: BOB });
    await vi.advanceTimersByTimeAsync(4999);
    expect(room.typing).toEqual([BOB]);
    await vi.advanceTimersByTimeAsync(1);
    expect(room.typing).toEqual([]);
    socket.tell({ type: 'typing', room: ROOM, user: BOB });
    socket.tell(said(4));
    expect(room.typing).toEqual([]);
    socket.tell({ type: 'typing', room: ROOM, user: BOB });
    socket.tell({ type: 'presence', room: ROOM, joined: [], left: [BOB] });
    expect([room.members, room.typing]).toEqual([[ALICE], []]);
    socket.tell({ type: 'read', room: ROOM, seq: 2 });
    expect(room.readSeq).toBe(2);
    (await reconnect()).tell(joined(4, { members: [BOB] }));
    expect(room.members).toEqual([BOB]);
  });

  it('tells that somebody types, now and then, and how far it was read, until that is known', async () => {
    const { joinedRoom, reconnect } = clientWithFakes();
    const { room, socket } = await joinedRoom(3);
    room.typed();
    room.typed();
    await vi.advanceTimersByTimeAsync(2000);
    room.typed();
    room.markRead(9);
    room.markRead(2);
    const typing = { type: 'typing', room: ROOM };
    const read = { type: 'read', room: ROOM, seq: 3 };
    expect(socket.sent.slice(1)).toEqual([typing, typing, read]);
    const next = await reconnect();
    room.typed();
    next.tell(joined(3));
    expect(next.sent.slice(1)).toEqual([read]);
    next.tell(read);
    const last = await reconnect();
    last.tell(joined(3));
    room.markRead(3);
    expect(last.sent).toHaveLength(1);
  });

  it('is left, and joined anew once the server has answered', async () => {
    const { client, joinedRoom, reconnect } = clientWithFakes();
    const { room, socket } = await joinedRoom(1, { messages: messages(1, 1) });
    room.leave();
    expect(room.state).toBe('left');
    await expect(room.send('late')).rejects.toMatchObject({ code: 'client.left' });
    await expect(room.joined()).rejects.toMatchObject({ code: 'client.left' });
    const again = client.join(ROOM);
    socket.tell(said(2));
    expect(socket.sent.slice(1)).toEqual([{ type: 'leave', room: ROOM }]);
    socket.tell({ type: 'left', room: ROOM });
    expect(socket.sent.slice(2)).toEqual([{ type: 'join', room: ROOM }]);
    socket.tell(joined(2));
    expect([again.state, again.messages, room.messages]).toEqual(['joined', [], messages(1, 1)]);
    again.leave();
    expect((await reconnect()).sent).toEqual([]);
  });

  it('is left once it is joined, where it is left before', async () => {
    const { client, welcome } = clientWithFakes();
    const room = client.join(ROOM);
    const socket = await welcome();
    room.leave();
    const again = client.join(ROOM);
    expect(socket.sent).toEqual([{ type: 'join', room: ROOM }]);
    socket.tell(joined(1));
    expect(again.state).toBe('joining');
    socket.tell({ type: 'left', room: ROOM });
    expect(socket.sent.map(({ type }) => type)).toEqual(['join', 'leave', 'join']);
  });

  it('is left though the server tells once more that it is joined', async () => {
    const { client, joinedRoom } = clientWithFakes();
    const { room, socket } = await joinedRoom();
    room.leave();
    const again = client.join(ROOM);
    socket.tell(joined(1));
    socket.tell({ type: 'left', room: ROOM, reason: 'removed' });
    expect([again.state, socket.sent.length]).toEqual(['joining', 2]);
    socket.tell({ type: 'left', room: ROOM });
    expect(socket.sent).toHaveLength(3);
  });

  it('leaves what the server thinks that it follows', async () => {
    const { joinedRoom } = clientWithFakes();
    const { socket } = await joinedRoom();
    socket.tell(joined(1, { room: OTHER_ROOM }));
    socket.tell({ type: 'left', room: OTHER_ROOM });
    expect(socket.sent.slice(1)).toEqual([{ type: 'leave', room: OTHER_ROOM }]);
  });

  it('ends where somebody is taken out of it', async () => {
    const { joinedRoom, reconnect } = clientWithFakes();
    const { room, socket } = await joinedRoom();
    socket.tell({ type: 'left', room: ROOM, reason: 'removed' });
    expect(room).toMatchObject({ state: 'left', members: [], failure: { code: 'client.left' } });
    expect(room.failure?.message).toContain('removed');
    expect((await reconnect()).sent).toEqual([]);
  });

  it('ends where it cannot be joined, after it was asked once more', async () => {
    const { client, welcome } = clientWithFakes();
    const room = client.join(ROOM);
    const socket = await welcome();
    socket.tell(error('chat.room_not_found'));
    expect([room.state, socket.sent.length]).toEqual(['joining', 2]);
    socket.tell(error('chat.room_not_found'));
    await expect(room.joined()).rejects.toMatchObject({ code: 'chat.room_not_found', message: 'No.' });
    expect([room.state, socket.sent.length, client.state]).toEqual(['left', 2, 'open']);
  });

  it('finds out which of several cannot be joined', async () => {
    const { client, welcome } = clientWithFakes();
    const ids = ['a', 'b', 'c', 'd'];
    const rooms = ids.map(id => client.join(id));
    const socket = await welcome();
    const known = ['b', 'd'];
    const answer = (id: string) =>
      socket.tell(known.includes(id) ? joined(0, { room: id }) : error('chat.room_not_found'));
    socket.hear = ({ room }) => queueMicrotask(() => answer(room));
    for (const id of ['a', 'c', 'd', 'b']) answer(id);
    await vi.advanceTimersByTimeAsync(0);
    expect(rooms.map(({ state }) => state)).toEqual(['left', 'joined', 'left', 'joined']);
    expect(client.join('e').state).toBe('joining');
  });

  it('is not ended by the error of something else', async () => {
    const { client, joinedRoom } = clientWithFakes();
    const { room, socket } = await joinedRoom();
    socket.tell(error('chat.not_joined'));
    const other = client.join(OTHER_ROOM);
    socket.tell(error('chat.not_joined'));
    socket.tell(joined(0, { room: OTHER_ROOM }));
    socket.tell(joined(0, { room: OTHER_ROOM }));
    expect([room.state, other.state]).toEqual(['joined', 'joined']);
  });

  it('is asked for again where the server cannot answer just now', async () => {
    const { client, welcome } = clientWithFakes();
    const room = client.join(ROOM);
    const socket = await welcome();
    socket.tell(error('storage.unavailable'));
    socket.tell(error('storage.unavailable'));
    await vi.advanceTimersByTimeAsync(999);
    expect(socket.sent).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1);
    socket.tell(error('server.busy'));
    socket.tell(error('server.busy'));
    await vi.advanceTimersByTimeAsync(1999);
    expect([room.state, socket.sent.length]).toEqual(['joining', 4]);
    await vi.advanceTimersByTimeAsync(1);
    socket.tell(joined(0));
    await room.joined();
  });
});

describe('what a chat client sends', () => {
  it('is pending until it is acknowledged and told', async () => {
    const { joinedRoom } = clientWithFakes();
    const { room, socket } = await joinedRoom();
    const [one, two] = [room.send('one'), room.send('two')];
    const [, first] = socket.sent;
    expect(first).toEqual({ type: 'send', room: ROOM, client_id: expect.any(String), text: 'one' });
    expect(room.pending).toMatchObject([
      { text: 'one', state: 'sent', clientId: first.client_id },
      { text: 'two', state: 'waiting' },
    ]);
    socket.tell(ack(first, 1));
    expect(await one).toEqual({ id: message(1).id, seq: 1, sent_at: message(1).sent_at });
    expect(room.pending.map(({ state }) => state)).toEqual(['stored', 'sent']);
    socket.tell(said(1, { text: 'one', author: ALICE }));
    expect(room.pending).toMatchObject([{ text: 'two' }]);
    socket.tell(said(2, { text: 'two', author: ALICE }));
    socket.tell(ack(socket.sent[2], 2));
    expect((await two).seq).toBe(2);
    expect(room.pending).toEqual([]);
  });

  it('goes one after the other in each room, in order', async () => {
    const { client, joinedRoom } = clientWithFakes();
    const { room, socket } = await joinedRoom();
    const other = client.join(OTHER_ROOM);
    const all = [...['one', 'two', 'three'].map(text => room.send(text)), other.send('elsewhere')];
    const sent = () => socket.sent.filter(({ type }) => type === 'send');
    expect(sent().map(({ text }) => text)).toEqual(['one', 'elsewhere']);
    socket.tell(ack(sent()[0], 1));
    socket.tell(ack(sent()[0], 1));
    expect(sent().map(({ text }) => text)).toEqual(['one', 'elsewhere', 'two']);
    client.close();
    expect((await Promise.allSettled(all)).map(({ status }) => status)).toEqual([
      'fulfilled',
      ...Array.from({ length: 3 }, () => 'rejected'),
    ]);
  });

  it('goes again, in order and under the same names, when the connection comes back', async () => {
    const { joinedRoom, reconnect } = clientWithFakes();
    const { room, socket } = await joinedRoom();
    const all = ['one', 'two', 'three'].map(text => room.send(text));
    socket.tell(ack(socket.sent[1], 1));
    const [, first, second] = socket.sent;
    const next = await reconnect();
    expect(room.pending.map(({ state }) => state)).toEqual(['stored', 'sent', 'waiting']);
    next.tell(joined(1, { messages: messages(1, 1) }));
    next.tell(ack(next.sent[1], 2));
    next.tell(ack(next.sent[2], 3));
    expect(next.sent.map(({ text }) => text)).toEqual([undefined, 'two', 'three']);
    expect(next.sent[1]).toEqual(second);
    expect(new Set([first, ...next.sent.slice(1)].map(({ client_id }) => client_id)).size).toBe(3);
    expect(seqs(await Promise.all(all))).toEqual([1, 2, 3]);
  });

  it('may be said before there is a connection', async () => {
    const { client, welcome } = clientWithFakes();
    const room = client.join(ROOM);
    const sending = room.send('early');
    const socket = await welcome();
    expect(socket.sent.map(({ type }) => type)).toEqual(['join', 'send']);
    socket.tell(ack(socket.sent[1], 1));
    await sending;
  });

  it('is rejected with what the server says, and the next goes on', async () => {
    const { joinedRoom } = clientWithFakes();
    const { room, socket } = await joinedRoom();
    const [bad, good] = [room.send(''), room.send('good')];
    socket.tell(error('request.invalid', socket.sent[1].client_id));
    await expect(bad).rejects.toMatchObject({ code: 'request.invalid', message: 'No.' });
    socket.tell(error('request.invalid', 'unknown'));
    socket.tell(ack(socket.sent[2], 1));
    await good;
  });

  it.each(['server.busy', 'storage.unavailable', 'request.too_many'])(
    'goes again later after %s',
    async code => {
      const { joinedRoom } = clientWithFakes();
      const { room, socket } = await joinedRoom();
      const [one, two] = [room.send('one'), room.send('two')];
      const [, first] = socket.sent;
      socket.tell(error(code, first.client_id));
      expect(room.pending.map(({ state }) => state)).toEqual(['waiting', 'waiting']);
      await vi.advanceTimersByTimeAsync(1000);
      socket.tell(error(code, first.client_id));
      await vi.advanceTimersByTimeAsync(1999);
      expect(socket.sent.slice(1)).toEqual([first, first]);
      await vi.advanceTimersByTimeAsync(1);
      socket.tell(ack(first, 1));
      await one;
      socket.tell(ack(socket.sent[4], 2));
      await two;
      expect(socket.sent[4].text).toBe('two');
    },
  );

  it('goes again at once with a new connection, though it was to wait', async () => {
    const { joinedRoom, reconnect } = clientWithFakes();
    const { room, socket } = await joinedRoom();
    const sending = room.send('one');
    socket.tell(error('server.busy', socket.sent[1].client_id));
    const next = await reconnect();
    expect(next.sent[1]).toEqual(socket.sent[1]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(next.sent).toHaveLength(2);
    next.tell(ack(next.sent[1], 1));
    await sending;
  });

  it('is refused where too much waits', async () => {
    const { client, joinedRoom } = clientWithFakes({ mostPending: 2 });
    const { room, socket } = await joinedRoom();
    const [one, two] = [room.send('one'), client.join(OTHER_ROOM).send('two')];
    await expect(room.send('three')).rejects.toMatchObject({ code: 'client.too_many_pending' });
    socket.tell(ack(socket.sent[1], 1));
    await one;
    const four = room.send('four');
    client.close();
    for (const sending of [two, four]) await expect(sending).rejects.toMatchObject({ code: 'client.closed' });
  });
});
