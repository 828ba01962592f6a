import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RoomStream } from '../../src/modules/chat/adapters/live/room-stream.ts';
import { RoomNotFound } from '../../src/modules/chat/domain/errors.ts';
import { EVERYTHING, type RowsChanged } from '../../src/platform/cache/tags.ts';
import { fakeLive, PERMITTED, Reader, ROOM } from '../support/chat-live.ts';
import { principal } from '../support/people.ts';

/** Milliseconds between two deliveries to a busy room. */
const PACE = 25;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

describe('the pace of a room', () => {
  it('is at once where it was quiet', async () => {
    const { room, hear, join } = await fakeLive();
    const ann = await join();
    for (let number = 1; number <= 3; number += 1) {
      hear(room.send());
      expect(ann.deliveries).toHaveLength(number);
      await pass(PACE);
    }
  });

  it('is at most one delivery each 25 ms where it is busy', async () => {
    const { room, hear, join } = await fakeLive();
    const ann = await join();
    for (let millisecond = 0; millisecond < 1000; millisecond += 1) {
      hear(room.send());
      await pass(1);
    }
    await pass(PACE);
    expect(ann.order).toHaveLength(1000);
    expect(ann.deliveries.length).toBeLessThanOrEqual(1000 / PACE + 2);
    expect(ann.deliveries.length).toBeGreaterThan(1000 / PACE / 2);
  });

  it('lets many share what is delivered', async () => {
    const { room, hear, join } = await fakeLive();
    const readers = [await join(), await join(), await join()];
    hear(room.send(), room.send());
    await pass(PACE);
    const frames = readers.map(({ deliveries }) => deliveries.map(({ frame }) => frame));
    for (const [index, frame] of (frames[0] ?? []).entries())
      for (const other of frames) expect(other[index]).toBe(frame);
  });
});

describe('who follows', () => {
  it('and is removed is told so, and gets nothing more', async () => {
    const { room, hear, join, remove } = await fakeLive();
    const [ann, bob] = [await join({}, 'ann'), await join({}, 'bob')];
    remove('bob');
    hear(room.send());
    expect([ann.ended, bob.ended]).toEqual([[], ['removed']]);
    expect([ann.order, bob.order]).toEqual([[1], []]);
  });

  it('does not, where they may not', async () => {
    const { room, live, hear, join } = await fakeLive();
    await join({}, 'ann');
    const bob = new Reader('bob');
    const forbidding = () => Promise.reject(new RoomNotFound());
    await expect(live.follow(ROOM, bob, {}, forbidding)).rejects.toBeInstanceOf(RoomNotFound);
    hear(room.send());
    expect(bob.deliveries).toEqual([]);
  });

  it('and is removed while it is found out whether they may is told so', async () => {
    const { room, live, hear, remove } = await fakeLive();
    const bob = new Reader('bob');
    await live.follow(ROOM, bob, {}, async () => remove('bob'));
    expect(bob.ended).toEqual(['removed']);
    hear(room.send());
    expect(bob.deliveries).toEqual([]);
  });

  it('is found to be removed by another process that is not heard', async () => {
    const { room, join } = await fakeLive();
    room.kind = 'private';
    room.members.add('ann').add('bob');
    const [ann, bob] = [await join({}, 'ann'), await join({}, 'bob')];
    room.members.delete('bob');
    await pass(11_000);
    expect([ann.ended, bob.ended]).toEqual([[], ['removed']]);
  });

  it('keeps the room; who opened it and may not follow it does not', async () => {
    const { room, live, join } = await fakeLive();
    const forbidding = () => Promise.reject(new RoomNotFound());
    await expect(live.follow(ROOM, new Reader(), {}, forbidding)).rejects.toBeInstanceOf(RoomNotFound);
    await pass(1001);
    room.reads.length = 0;
    await pass(5000);
    expect(room.reads).toEqual([]);
    const ann = await join();
    await pass(5000);
    expect(live.isFollowed(ROOM)).toBe(true);
    ann.followed?.end();
    room.reads.length = 0;
    await pass(5000);
    expect(room.reads).toEqual([]);
  });

  it('hears at once of what was missed, when that is known', async () => {
    const { room, events, join } = await fakeLive({ hearsOthers: true });
    const ann = await join();
    room.send();
    const missed: RowsChanged = { type: 'platform.rows_changed', tags: [EVERYTHING] };
    events.publish(missed);
    await pass(1);
    expect(ann.order).toEqual([1]);
  });

  it('and leaves while it is being found out what they missed is gone', async () => {
    const { room, live, hear } = await fakeLive();
    hear(room.send());
    const go = room.hold('after');
    const reader = new Reader();
    const following = live.follow(ROOM, reader, { after: 0 }, PERMITTED);
    await pass(1);
    live.drain();
    expect(reader.ended).toEqual(['restart']);
    go();
    const { begin, end } = await following;
    end();
    begin();
    hear(room.send());
    expect(reader.deliveries).toEqual([]);
    expect(live.isFollowed(ROOM)).toBe(false);
  });

  it('is answered together with all who come back to the same place', async () => {
    const { room, hear, join } = await fakeLive();
    for (let number = 0; number < 200; number += 1) hear(room.send());
    await join();
    room.reads.length = 0;
    const readers = await Promise.all(Array.from({ length: 1000 }, () => join({ after: 0, rev: 0 })));
    expect(readers.every(({ order }) => order.length === 200)).toBe(true);
    expect(new Set(readers.map(({ missed }) => missed)).size).toBe(1);
    expect(room.reads.length).toBeLessThan(5);
  });
});

describe('a stream of a room', () => {
  it('ends for who takes nothing, and lets go of the room', async () => {
    const { room, live, hear } = await fakeLive();
    const { stream } = await RoomStream.open(live, ROOM, {}, principal('ann'), PERMITTED);
    for (let number = 0; number <= 1000; number += 1) {
      hear(room.send());
      await pass(PACE);
    }
    expect(live.isFollowed(ROOM)).toBe(false);
    expect(await stream.next(0, new AbortController().signal)).toBeUndefined();
  });
});
