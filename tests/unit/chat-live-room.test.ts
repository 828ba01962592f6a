import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fakeLive, PERMITTED, Reader, ROOM } from '../support/chat-live.ts';

/** Milliseconds after which a hole is filled from storage. */
const PATIENCE = 100;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);
const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

describe('changes of a room', () => {
  it('come once, however often they are heard', async () => {
    const { room, hear, join } = await fakeLive();
    const ann = await join();
    const one = room.send();
    hear(one);
    hear(one);
    const two = room.send();
    hear(two, one, two);
    await pass(50);
    expect(ann.order).toEqual([1, 2]);
    expect(ann.texts).toEqual(room.texts);
  });

  it('come in order, in whichever they are heard, and nothing is read for that', async () => {
    const { room, hear, join } = await fakeLive();
    const ann = await join();
    const { length: before } = room.reads;
    const [one, two, three] = [room.send(), room.send(), room.send()];
    const edited = room.edit(2, 'two');
    hear(edited);
    hear(three);
    hear(two);
    await pass(PATIENCE / 2);
    expect(ann.order).toEqual([]);
    hear(one);
    await pass(10 * PATIENCE - 200);
    expect(ann.order).toEqual([1, 2, 3]);
    expect(ann.texts).toEqual(['1', 'two', '3']);
    expect(room.reads.slice(before)).toEqual([]);
  });

  it('are read from storage where one of them never comes', async () => {
    const { room, hear, join } = await fakeLive();
    const ann = await join();
    room.send();
    room.send();
    hear(room.send());
    await pass(PATIENCE - 1);
    expect(ann.order).toEqual([]);
    await pass(2);
    expect(ann.order).toEqual([1, 2, 3]);
    hear(room.send());
    expect(ann.order).toEqual([1, 2, 3]);
    await pass(25);
    expect(ann.order).toEqual([1, 2, 3, 4]);
  });

  it.each([
    [false, 1000],
    [true, 2000],
  ])('are found by looking where none was heard (hears others: %s)', async (hearsOthers, soon) => {
    const { room, join } = await fakeLive({ hearsOthers });
    const ann = await join();
    room.send();
    room.edit(1, 'uno');
    room.send();
    await pass(soon + 1);
    expect(ann.order).toEqual([1, 2]);
    expect(ann.texts).toEqual(room.texts);
    expect(ann.rev).toBe(3);
  });

  it('are heard while others are read, and come after them', async () => {
    const { room, hear, join } = await fakeLive();
    const ann = await join();
    const missed = room.send();
    const go = room.hold('after');
    hear(room.send());
    await pass(PATIENCE + 1);
    hear(missed);
    hear(room.send());
    hear(room.edit(1, 'uno'));
    await pass(1);
    expect(ann.order).toEqual([]);
    go();
    await pass(50);
    expect(ann.order).toEqual([1, 2, 3]);
    expect(ann.texts).toEqual(room.texts);
  });

  it('are not lost where storage fails in the middle of reading them', async () => {
    for (const failing of ['positions', 'changed', 'after']) {
      const { room, hear, join, lines } = await fakeLive();
      hear(room.send());
      hear(room.send());
      const ann = await join({ after: 0 });
      room.edit(1, 'uno');
      room.send();
      room.gate = name => {
        room.fails = name === failing;
      };
      hear(room.send());
      await pass(PATIENCE + 50);
      expect(ann.order).toEqual([1, 2]);
      expect(ann.rev).toBe(2);
      expect(lines.length).toBe(1);
      room.gate = () => {
        room.fails = false;
      };
      await pass(1100);
      expect(ann.order).toEqual([1, 2, 3, 4]);
      expect(ann.texts, failing).toEqual(room.texts);
    }
  });

  it('are read seldom while storage is away, and nothing is kept that is there anyway', async () => {
    const { room, hear, join, lines } = await fakeLive();
    const ann = await join();
    room.fails = true;
    room.send();
    for (let number = 0; number < 3000; number += 1) {
      hear(room.send());
      await pass(2);
    }
    expect(lines.length).toBeLessThan(20);
    room.fails = false;
    await pass(1500);
    expect(ann.order).toEqual(upTo(3001));
  });

  it('are delivered page by page where very many were missed, and nobody passes a part for the whole', async () => {
    const { room, live, hear, join } = await fakeLive();
    const ann = await join();
    for (let number = 0; number < 1200; number += 1) hear(room.send());
    await pass(50);
    for (let seq = 1; seq <= 1100; seq += 1) room.edit(seq, `edited ${seq}`);
    for (let number = 0; number < 1300; number += 1) room.send();
    for (let seq = 1201; seq <= 2400; seq += 2) room.edit(seq, `edited ${seq}`);
    const others: Reader[] = [];
    const states: Pick<Reader, 'texts' | 'seq' | 'rev'>[] = [];
    ann.onDelivery = ({ texts, seq, rev }) => {
      states.push({ texts: [...texts], seq, rev });
      // Somebody who has seen as much comes at this moment.
      const other = Object.assign(new Reader(), { texts: [...texts], seq, rev });
      others.push(other);
      void other.join(live, other.resume);
    };
    let reads = 0;
    room.gate = name => {
      const isPage = name === 'after' || name === 'changed';
      reads += isPage ? 1 : 0;
      room.fails = isPage && reads === 3;
    };
    hear(room.send());
    await pass(5000);
    expect(ann.order).toEqual(upTo(2501));
    expect(Math.max(...ann.deliveries.map(({ items }) => items.length))).toBeLessThanOrEqual(1200);
    expect(states.length).toBeGreaterThan(4);
    for (const reader of [ann, ...others]) {
      expect(reader.rev).toBe(room.rev);
      expect(reader.texts).toEqual(room.texts);
    }
    // What they do not have as it is now is told to them when they come back.
    for (const { texts, seq, rev } of states)
      for (const message of room.all.slice(0, seq))
        if (message.rev <= rev) expect(texts[message.seq - 1]).toBe(message.text);
  });

  it('that are read later than where the room is said to be are told again, with their own numbers', async () => {
    const { room, hear, join } = await fakeLive();
    for (const message of [room.send(), room.send()]) hear(message);
    const ann = await join({ after: 0 });
    room.send();
    const late: Parameters<typeof hear> = [];
    room.gate = name => {
      if (name !== 'changed' || late.length > 0) return;
      // Stored after it was read how far the room has come: the greater number is read before the lesser one is heard.
      late.push(room.edit(1, 'uno'), room.edit(3, 'tre'), room.edit(2, 'due'));
    };
    hear(room.send());
    await pass(PATIENCE + 50);
    expect(ann.rev).toBe(4);
    const bob = await join(ann.resume);
    expect(bob.missed?.changes.map(({ seq }) => seq)).toEqual([]);
    hear(...late);
    await pass(50);
    expect(ann.rev).toBe(7);
    expect(ann.texts).toEqual(room.texts);
    expect(ann.order).toEqual([1, 2, 3, 4]);
    expect(bob.texts.slice(0, 3)).toEqual(room.texts.slice(0, 3));
  });
});

describe('who comes to a room', () => {
  it('gets what is stored between reading and following', async () => {
    const { room, hear, join } = await fakeLive();
    room.send();
    let first = true;
    room.after = name => {
      if (name !== 'find' || !first) return;
      first = false;
      // Nobody follows yet: this is not heard.
      hear(room.send());
      room.edit(1, 'uno');
    };
    const ann = await join({ after: 0 });
    await pass(50);
    expect(ann.order).toEqual([1, 2]);
    expect(ann.texts).toEqual(room.texts);
  });

  it('gets what is delivered meanwhile afterwards, each once', async () => {
    const { room, hear, join } = await fakeLive();
    for (const message of [room.send(), room.send()]) hear(message);
    await join();
    const go = room.hold('after');
    const joining = join({ after: 0 });
    await pass(0);
    hear(room.send());
    hear(room.edit(1, 'uno'));
    await pass(50);
    hear(room.send());
    await pass(50);
    go();
    const bob = await joining;
    expect(bob.order).toEqual([1, 2, 3, 4]);
    expect(bob.texts).toEqual(room.texts);
    expect(bob.rev).toBe(5);
  });

  it('is not told again what they have from a process that heard of it sooner', async () => {
    const { room, hear, join } = await fakeLive();
    const ann = await join();
    const late = [room.send(), room.send(), room.edit(1, 'uno')];
    const bob = await join({ after: 2, rev: 3 });
    expect(bob.missed).toMatchObject({ seq: 2, rev: 3, messages: [], changes: [] });
    hear(...late);
    await pass(50);
    expect(bob.deliveries).toEqual([]);
    expect(ann.order).toEqual([1, 2]);
  });

  it('gets a change that was made while others at the same place were answered', async () => {
    const { room, hear, join } = await fakeLive();
    for (const message of [room.send(), room.send(), room.send()]) hear(message);
    await join();
    // Stored, but not heard yet: the answer that is kept shows it already.
    const [uno, due] = [room.edit(1, 'uno'), room.edit(2, 'due')];
    const first = await join({ after: 1, rev: 1 });
    expect(first.rev).toBe(3);
    room.edit(3, 'tre');
    const second = await join({ after: 1, rev: 1 });
    expect(second.rev).toBe(3);
    hear(uno, due);
    await pass(PATIENCE);
    hear(room.edit(1, 'one'));
    await pass(PATIENCE + 100);
    for (const reader of [first, second]) {
      expect(reader.texts.slice(1)).toEqual(room.texts.slice(1));
      expect(reader.rev).toBe(room.rev);
      const again = await join(reader.resume);
      expect(again.missed).toMatchObject({ messages: [], changes: [] });
    }
  });

  it('follows, though the last one left while the room was being opened', async () => {
    const { room, live, hear, join } = await fakeLive();
    const go = room.hold('positions');
    const ann = new Reader();
    const following = live.follow(ROOM, ann, {}, PERMITTED);
    await pass(0);
    const passing = await join();
    passing.followed?.end();
    go();
    (await following).begin();
    hear(room.send());
    await pass(50);
    expect(ann.order).toEqual([1]);
    expect(passing.order).toEqual([]);
  });

  it('is delivered nothing after they left, and hinders nobody who comes', async () => {
    const { room, hear, live, join } = await fakeLive();
    const ann = await join();
    ann.followed?.end();
    expect(live.isFollowed(ROOM)).toBe(false);
    hear(room.send());
    const bob = await join({ after: 0 });
    hear(room.send());
    await pass(50);
    expect(ann.order).toEqual([]);
    expect(bob.order).toEqual([1, 2]);
  });

  it('and cannot be answered is not kept', async () => {
    const { room, live, join } = await fakeLive();
    room.send();
    room.gate = name => {
      room.fails = name === 'before';
    };
    await expect(join({ history: 5 })).rejects.toThrow('The storage is away.');
    expect(live.isFollowed(ROOM)).toBe(false);
    room.gate = () => {
      room.fails = false;
    };
    expect((await join({ history: 5 })).order).toEqual([1]);
  });
});
