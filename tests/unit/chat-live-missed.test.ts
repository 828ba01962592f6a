import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  MissedMessages,
  MOST_MISSED,
  type Resume,
} from '../../src/modules/chat/adapters/live/missed-messages.ts';
import { FakeRoom, ROOM } from '../support/chat-live.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A room of so many messages, and what is answered to who comes back to it. */
function roomOf(amount: number, text?: string) {
  const room = new FakeRoom();
  for (let number = 0; number < amount; number += 1) room.send(text);
  const missed = new MissedMessages(ROOM, room.storage.messages);
  const since = (resume: Resume, at = { seq: room.seq, rev: room.rev }) => missed.since(resume, at);
  return { room, missed, since };
}

const numbers = (messages: readonly { readonly seq: number }[]) => messages.map(({ seq }) => seq);
const between = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

describe('what a client missed', () => {
  it('is what was sent after the last that it saw, and what was changed of the others since', async () => {
    const { room, since } = roomOf(5);
    room.edit(1, 'uno');
    room.delete(2);
    room.edit(4, 'quattro');
    const { messages, changes, gap } = await since({ after: 3, rev: 6 });
    expect(numbers(messages)).toEqual([4, 5]);
    expect(numbers(changes)).toEqual([2]);
    expect(gap).toBe(false);
    expect(numbers((await since({ after: 3 })).changes)).toEqual([1, 2]);
  });

  it('is nothing to who only comes now, but for the last where they want them', async () => {
    const { room, since } = roomOf(5);
    room.edit(5, 'cinque');
    expect(await since({})).toMatchObject({ seq: 5, rev: 6, messages: [], changes: [], gap: false });
    expect((await since({ history: 2 })).messages.map(({ text }) => text)).toEqual(['4', 'cinque']);
  });

  it('ends where the room was delivered, and never says more than that of it', async () => {
    const { room, since } = roomOf(5);
    const at = { seq: room.seq, rev: room.rev };
    room.edit(5, 'cinque');
    room.send();
    room.edit(1, 'uno');
    const { messages, changes, rev } = await since({ after: 3, rev: 2 }, at);
    expect(messages).toMatchObject([
      { seq: 4, rev: 4 },
      { seq: 5, rev: 5 },
    ]);
    expect(changes).toMatchObject([{ seq: 1, rev: 5, text: 'uno' }]);
    expect(rev).toBe(5);
  });

  it('is the last of it where it is too much', async () => {
    const { since } = roomOf(MOST_MISSED + 20);
    const { messages, gap } = await since({ after: 10 });
    expect(gap).toBe(true);
    expect(numbers(messages)).toEqual(between(21, MOST_MISSED + 20));
    expect(await since({ after: 20 })).toMatchObject({ gap: false });
    expect((await since({ after: 20 })).messages).toHaveLength(MOST_MISSED);
  });

  it('is the last of it where there is too much text, be it new or changed', async () => {
    const { room, since } = roomOf(100, 'x'.repeat(4000));
    const { messages, gap } = await since({ after: 0 });
    expect(gap).toBe(true);
    expect(messages.at(-1)?.seq).toBe(100);
    expect(messages.length).toBeGreaterThan(60);
    expect(messages.length).toBeLessThan(65);
    const { rev } = room;
    for (let seq = 1; seq <= 100; seq += 1) room.edit(seq, 'y'.repeat(4000));
    const changed = await since({ after: 100, rev });
    expect(changed.gap).toBe(true);
    expect(changed.changes.length).toBeLessThan(65);
  });

  it('is more than can be told where very much was changed', async () => {
    const { room, since } = roomOf(MOST_MISSED + 1);
    const { rev } = room;
    for (let seq = 1; seq <= MOST_MISSED; seq += 1) room.edit(seq, 'x');
    expect((await since({ after: room.seq, rev })).gap).toBe(false);
    room.edit(MOST_MISSED + 1, 'x');
    const { changes, gap } = await since({ after: room.seq, rev });
    expect(changes).toHaveLength(MOST_MISSED);
    expect(gap).toBe(true);
  });
});

describe('an answer that is kept', () => {
  it('is for all who were at the same place, while the room is at its own', async () => {
    const { room, missed, since } = roomOf(5);
    const first = await since({ after: 3, rev: 3 });
    expect(await since({ after: 3, rev: 3 })).toBe(first);
    for (const other of [{ after: 2, rev: 3 }, { after: 3, rev: 2 }, { after: 3 }, { history: 2 }])
      expect(await since(other)).not.toBe(first);
    room.edit(1, 'uno');
    missed.forget();
    const next = await since({ after: 3, rev: 3 });
    expect(next).not.toBe(first);
    expect(numbers(next.changes)).toEqual([1]);
  });

  it('is none for another position, though nobody has said that it be forgotten', async () => {
    const { room, since } = roomOf(5);
    await since({ after: 3, rev: 3 });
    room.edit(1, 'uno');
    expect(numbers((await since({ after: 3, rev: 3 })).changes)).toEqual([1]);
  });

  it('is not kept where there are many, nor where it failed', async () => {
    const { room, since } = roomOf(30);
    const resume = { after: 3, rev: 3 };
    const second = await since(resume);
    for (let after = 4; after < 24; after += 1) await since({ after });
    expect(await since(resume)).not.toBe(second);
    room.fails = true;
    await expect(since({ after: 1 })).rejects.toThrow('The storage is away.');
    room.fails = false;
    expect((await since({ after: 1 })).messages).toHaveLength(29);
  });
});
