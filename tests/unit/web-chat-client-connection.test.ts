import { describe, expect, it, vi } from 'vitest';
import { ChatError } from '../../src/web/chat/chat-error.ts';
import { pauseAfter } from '../../src/web/chat/pauses.ts';
import { ack, clientWithFakes, joined, message, OTHER_ROOM, ROOM, said } from '../support/chat-client.ts';

describe('the connection of a chat client', () => {
  it('begins with the first room, at the address that it is told, with the subprotocol', async () => {
    const { client, made, last, settle, welcome } = clientWithFakes();
    await settle();
    expect(made).toEqual([]);
    expect(client.state).toBe('idle');
    const states: string[] = [];
    client.subscribe(() => states.push(client.state));
    client.join(ROOM, { history: 20 });
    await settle();
    expect(last()).toMatchObject({ url: 'ws://atrium/1', protocols: ['atrium.chat.v1'], sent: [] });
    const socket = await welcome();
    expect(socket.sent).toEqual([{ type: 'join', room: ROOM, history: 20 }]);
    expect(states).toEqual(['connecting', 'open']);
    client.join(OTHER_ROOM.toUpperCase());
    expect(socket.sent[1]).toEqual({ type: 'join', room: OTHER_ROOM });
  });

  it('comes back after pauses that double up to half a minute, and begins anew once it held', async () => {
    const { client, made, last, settle, welcome } = clientWithFakes();
    client.join(ROOM);
    await settle();
    for (const pause of [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]) {
      const before = made.length;
      last().end(1006);
      expect(client.state).toBe('waiting');
      await vi.advanceTimersByTimeAsync(pause - 1);
      expect(made).toHaveLength(before);
      await vi.advanceTimersByTimeAsync(1);
      expect(made).toHaveLength(before + 1);
    }
    await welcome();
    await vi.advanceTimersByTimeAsync(5000);
    last().end(1006);
    await vi.advanceTimersByTimeAsync(1000);
    expect(client.state).toBe('connecting');
  });

  it('does not begin anew with the pauses where the connection ends at once', async () => {
    const { client, reconnect, last } = clientWithFakes();
    client.join(ROOM);
    await vi.advanceTimersByTimeAsync(0);
    for (let times = 0; times < 6; times += 1) await reconnect();
    last().end(1006);
    await vi.advanceTimersByTimeAsync(29_999);
    expect(client.state).toBe('waiting');
  });

  it.each([
    [1006, 0, 0, 1000],
    [1011, 3, 0, 8000],
    [4408, 0, 0, 1000],
    [4409, 10, 0, 30_000],
    [4401, 0, 0, 1000],
    [undefined, 2, 0, 4000],
    [1012, 5, 0, 10_000],
    [1013, 0, 10_000, 30_000],
    [4429, 0, 10_000, 30_000],
  ])('pauses after %s, %i failures before, between %i and %i milliseconds', (code, failures, least, most) => {
    expect(pauseAfter(code, failures, () => 0)).toBe(least);
    expect(pauseAfter(code, failures, () => 1)).toBe(most);
  });

  it.each([1002, 1003, 1007, 1008, 1009, 1010])('ends for good with %i, and says why', async code => {
    const { client, made, joinedRoom } = clientWithFakes();
    const { room, socket } = await joinedRoom();
    const sending = room.send('lost');
    socket.end(code, 'You may not.');
    await expect(sending).rejects.toMatchObject({ code: 'client.refused' });
    await vi.advanceTimersByTimeAsync(600_000);
    expect(made).toHaveLength(1);
    expect(client.state).toBe('stopped');
    expect(client.failure?.message).toBe(`The server closed with ${code}: You may not.`);
    await expect(room.send('more')).rejects.toBe(client.failure);
    await expect(room.joined()).rejects.toBe(client.failure);
  });

  it('asks for other credentials once they were refused, until it is let in', async () => {
    const { hints, joinedRoom, last, reconnect } = clientWithFakes();
    await joinedRoom();
    await vi.advanceTimersByTimeAsync(5000);
    last().end(4401);
    await vi.advanceTimersByTimeAsync(1000);
    await reconnect();
    await reconnect();
    expect(hints.map(({ isRefused }) => isRefused)).toEqual([false, true, true, false]);
  });

  it('ends where it is told that it will never be let in, and can begin again', async () => {
    const failure = new ChatError('identity.invalid_token', 'Sign in.');
    let isKnown = false;
    const { client, made, settle, welcome } = clientWithFakes({
      connect: async () => {
        if (!isKnown) throw failure;
        return { url: 'ws://atrium' };
      },
    });
    const room = client.join(ROOM);
    const waiting = expect(room.joined()).rejects.toBe(failure);
    await settle();
    await waiting;
    expect(client.state).toBe('stopped');
    isKnown = true;
    client.connect();
    (await welcome()).tell(joined(0));
    await room.joined();
    expect(made).toHaveLength(1);
    expect(client.failure).toBeUndefined();
  });

  it('tries again where credentials cannot be had just now, or never come', async () => {
    let asked = 0;
    const { client } = clientWithFakes({
      connect: () => {
        asked += 1;
        if (asked === 1) throw new TypeError('fetch failed');
        if (asked === 2) return Promise.reject(new TypeError('fetch failed'));
        return new Promise(() => undefined);
      },
    });
    client.join(ROOM);
    await vi.advanceTimersByTimeAsync(3000);
    expect(asked).toBe(3);
    await vi.advanceTimersByTimeAsync(20_000 + 4000);
    expect(asked).toBe(4);
  });

  it('tries again where there is no welcome', async () => {
    const { client, made, settle } = clientWithFakes();
    client.join(ROOM);
    await settle();
    await vi.advanceTimersByTimeAsync(21_000);
    expect(made).toHaveLength(2);
    expect(made[0]?.closedWith).toEqual([undefined]);
  });

  it('is taken for dead where an answer does not come within 15 seconds', async () => {
    const { client, joinedRoom, welcome, made } = clientWithFakes();
    const { room, socket } = await joinedRoom();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(client.state).toBe('open');
    room.typed();
    await vi.advanceTimersByTimeAsync(14_000);
    const sending = room.send('Hello');
    await vi.advanceTimersByTimeAsync(14_999);
    expect(client.state).toBe('open');
    await vi.advanceTimersByTimeAsync(1);
    expect([client.state, room.state]).toEqual(['waiting', 'away']);
    expect(socket.closedWith).toEqual([undefined]);
    socket.tell(said(1));
    socket.end(1006);
    expect(room.seq).toBe(0);
    await vi.advanceTimersByTimeAsync(1000);
    const next = await welcome();
    expect(made).toHaveLength(2);
    next.tell(joined(0));
    next.tell({ type: 'ack', client_id: socket.sent[2].client_id, id: 'x', seq: 1, sent_at: '' });
    expect(await sending).toMatchObject({ seq: 1 });
  });

  it('is taken for dead 15 seconds after the last answer where another is still to come', async () => {
    const { client, joinedRoom } = clientWithFakes();
    const { room, socket } = await joinedRoom();
    const sending = [room.send('one'), client.join(OTHER_ROOM).send('two')];
    const failing = expect(sending[1]).rejects.toMatchObject({ code: 'client.closed' });
    await vi.advanceTimersByTimeAsync(10_000);
    socket.tell(ack(socket.sent[1], 1));
    await sending[0];
    await vi.advanceTimersByTimeAsync(14_999);
    expect(client.state).toBe('open');
    await vi.advanceTimersByTimeAsync(1);
    expect(client.state).toBe('waiting');
    client.close();
    await failing;
  });

  it('is asked for a sign of life where nothing was heard for two heartbeats', async () => {
    const { client, joinedRoom } = clientWithFakes();
    const { room, socket } = await joinedRoom();
    const probe = { type: 'leave', room: expect.any(String) };
    await vi.advanceTimersByTimeAsync(59_000);
    socket.tell(said(1));
    await vi.advanceTimersByTimeAsync(59_999);
    expect(socket.sent).toHaveLength(1);
    for (const times of [1, 2, 3]) {
      await vi.advanceTimersByTimeAsync(times === 1 ? 1 : 50_000);
      expect(socket.sent).toHaveLength(1 + times);
      expect(socket.sent.at(-1)).toEqual(probe);
      await vi.advanceTimersByTimeAsync(10_000);
      socket.tell({ type: 'left', room: socket.sent.at(-1).room });
      await vi.advanceTimersByTimeAsync(10_000);
    }
    expect([client.state, room.state]).toEqual(['open', 'joined']);
    await vi.advanceTimersByTimeAsync(50_000);
    socket.tell(said(2));
    await vi.advanceTimersByTimeAsync(14_000);
    const sending = room.send('one');
    await vi.advanceTimersByTimeAsync(1000);
    expect(client.state).toBe('open');
    socket.tell(ack(socket.sent.at(-1), 3));
    await sending;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(socket.sent).toHaveLength(7);
    await vi.advanceTimersByTimeAsync(14_999);
    expect(client.state).toBe('open');
    await vi.advanceTimersByTimeAsync(1);
    expect(client.state).toBe('waiting');
  });

  it('is the newest: what an earlier one still tells does not count', async () => {
    const { client, joinedRoom, reconnect } = clientWithFakes();
    const { room, socket } = await joinedRoom();
    (await reconnect()).tell(joined(0));
    socket.tell(said(1));
    socket.end(1008);
    expect([room.seq, client.state]).toEqual([0, 'open']);
  });

  it('is taken for dead where it tells nonsense', async () => {
    const { client, joinedRoom } = clientWithFakes();
    const { socket } = await joinedRoom();
    socket.tellText('{');
    expect(client.state).toBe('waiting');
  });

  it('follows hints of the network', async () => {
    let hint: (isOnline: boolean) => void = () => undefined;
    let isListening = true;
    const subscribe = (listener: typeof hint) => {
      hint = listener;
      return () => {
        isListening = false;
      };
    };
    const { client, joinedRoom, made } = clientWithFakes({ network: { subscribe } });
    await joinedRoom();
    hint(false);
    await vi.advanceTimersByTimeAsync(600_000);
    expect([client.state, made.length]).toEqual(['waiting', 1]);
    hint(true);
    expect(client.state).toBe('connecting');
    await vi.advanceTimersByTimeAsync(0);
    made.at(-1)?.end(1006);
    hint(true);
    await vi.advanceTimersByTimeAsync(0);
    expect(made).toHaveLength(3);
    client.close();
    expect(isListening).toBe(false);
  });

  it('ends when it is closed, with everything that waits', async () => {
    const { client, joinedRoom, made } = clientWithFakes();
    const { room, socket } = await joinedRoom();
    const sending = room.send('lost');
    client.close();
    await expect(sending).rejects.toMatchObject({ code: 'client.closed' });
    expect(socket.closedWith).toEqual([1000]);
    expect(room.state).toBe('left');
    await vi.advanceTimersByTimeAsync(600_000);
    expect(made).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('sends no more than the server bears', async () => {
    const { client, welcome } = clientWithFakes();
    const ids = Array.from({ length: 150 }, (_, index) => `room-${index}`);
    for (const id of ids) client.join(id);
    const socket = await welcome();
    socket.hear = ({ type, room }) =>
      type === 'join' && queueMicrotask(() => socket.tell(joined(0, { room })));
    expect(socket.sent).toHaveLength(20);
    for (const { room } of [...socket.sent]) socket.tell(joined(0, { room }));
    await vi.advanceTimersByTimeAsync(0);
    expect(socket.sent).toHaveLength(100);
    await vi.advanceTimersByTimeAsync(500);
    expect(socket.sent).toHaveLength(120);
    await vi.advanceTimersByTimeAsync(1000);
    expect(socket.sent.map(({ room }) => room)).toEqual(ids);
    const room = client.join('room-149');
    expect(room.state).toBe('joined');
    socket.tell(said(1, { room: 'room-149' }));

    for (let seq = 2; seq <= 200; seq += 1) {
      socket.tell(said(seq, { room: 'room-149' }));
      room.markRead(seq);
    }
    const before = socket.sent.length;
    await vi.advanceTimersByTimeAsync(1000);
    expect(socket.sent.length - before).toBeLessThanOrEqual(1);
    expect(socket.sent.at(-1)).toEqual({ type: 'read', room: 'room-149', seq: 200 });
  });

  it('does not mind frames and fields that it does not know', async () => {
    const { joinedRoom } = clientWithFakes();
    const { room, socket } = await joinedRoom();
    for (const frame of [{ type: 'thread', room: ROOM }, { type: 'news' }, { type: 'typing', room: 'other' }])
      socket.tell(frame);
    socket.tell({ type: 'batch', frames: [{ type: 'news' }, { ...said(1), mood: 'fine' }] });
    expect(room.messages).toMatchObject([message(1)]);
  });
});
