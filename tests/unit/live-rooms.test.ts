import { pino } from 'pino';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Follower } from '../../src/modules/chat/adapters/live/live-room.ts';
import { LiveRooms } from '../../src/modules/chat/adapters/live/live-rooms.ts';
import { RoomStream } from '../../src/modules/chat/adapters/live/room-stream.ts';
import type { MemberRemoved } from '../../src/modules/chat/application/events.ts';
import type { ChatStorage } from '../../src/modules/chat/application/ports.ts';
import { RoomNotFound } from '../../src/modules/chat/domain/errors.ts';
import { LocalEventBus } from '../../src/platform/events/local-event-bus.ts';
import { principal } from '../support/people.ts';

const ROOM = 'room';
const log = pino({ level: 'silent' });

/** Whoever follows, and how it ended. */
class Watcher implements Follower {
  readonly userId = 'ann';
  readonly sessionId = 'session';
  readonly ended: string[] = [];

  deliver(): void {}

  end(reason: string): void {
    this.ended.push(reason);
  }
}

describe('rooms that somebody follows', () => {
  let events: LocalEventBus;
  let live: LiveRooms;
  let asked: string[];
  /** Memberships that are no more. */
  let hidden: Set<string>;
  const storage = {
    rooms: {
      find: async (id: string) => ({
        id,
        kind: id === 'team' ? 'team' : 'private',
        teamId: id === 'team' ? 'crew' : null,
        seq: 0,
        rev: 0,
      }),
    },
    work: {
      run: (task: (repositories: object) => unknown) =>
        task({
          members: {
            present: async (ids: readonly string[]) => {
              asked.push(...ids);
              return new Set(ids.filter(id => !hidden.has(id)));
            },
          },
          people: {
            areOf: async (pairs: readonly (readonly string[])[]) => {
              asked.push(...pairs.map(pair => pair.join('.')));
              return pairs.map(pair => !hidden.has(pair.join('.')));
            },
          },
        }),
    },
    messages: { positions: async () => [], before: async () => [] },
  };

  const start = async (hearsOthers: boolean) => {
    events = new LocalEventBus(log);
    const options = { hearsOthers: () => hearsOthers, teamTables: ['heroes'] };
    live = new LiveRooms(storage as unknown as ChatStorage, events, log, options);
    await live.start();
    onTestFinished(() => live.stop());
  };
  beforeEach(async () => {
    asked = [];
    hidden = new Set();
    await start(true);
  });

  const removed: MemberRemoved = { type: 'chat.member_removed', roomId: ROOM, userId: 'ann' };
  const all = async () => undefined;

  it('are closed when nobody does', async () => {
    const [one, other] = [new Watcher(), new Watcher()];
    const followed = await Promise.all([live.follow(ROOM, one, {}, all), live.follow(ROOM, other, {}, all)]);
    followed[0]?.end();
    expect(live.isFollowed(ROOM)).toBe(true);
    followed[1]?.end();
    expect(live.isFollowed(ROOM)).toBe(false);
  });

  it('are closed where whoever comes is refused', async () => {
    const refuse = () => Promise.reject(new RoomNotFound());
    await expect(live.follow(ROOM, new Watcher(), {}, refuse)).rejects.toBeInstanceOf(RoomNotFound);
    expect(live.isFollowed(ROOM)).toBe(false);
  });

  it('tell who is taken out while it is being found out whether they may', async () => {
    const watcher = new Watcher();
    const followed = await live.follow(ROOM, watcher, {}, async () => events.publish(removed));
    expect(watcher.ended).toEqual(['removed']);
    followed.end();
  });

  it('are opened anew where all left while somebody came', async () => {
    const first = await live.follow(ROOM, new Watcher(), {}, all);
    const following = live.follow(ROOM, new Watcher(), {}, all);
    first.end();
    const second = await following;
    expect(live.isFollowed(ROOM)).toBe(true);
    second.end();
    expect(live.isFollowed(ROOM)).toBe(false);
  });

  it('send away who comes while the server stops', async () => {
    live.drain();
    const watcher = new Watcher();
    await live.follow(ROOM, watcher, {}, all);
    expect(watcher.ended).toEqual(['restart']);
    const { stream } = await RoomStream.open(live, ROOM, {}, principal('ann'), all);
    expect(await stream.next(10_000, new AbortController().signal)).toBeUndefined();
  });

  it('are looked at again when teams change, but only those of teams', async () => {
    const [own, crew] = [new Watcher(), new Watcher()];
    await live.follow(ROOM, own, {}, all);
    await live.follow('team', crew, {}, all);
    hidden.add('room.ann').add('ann.crew');
    events.publish({ type: 'platform.rows_changed', tags: ['heroes'] } as never);
    await expect.poll(() => crew.ended).toEqual(['removed']);
    expect([asked, own.ended]).toEqual([['ann.crew'], []]);
    // Something was missed, be it that somebody was taken out of a private room.
    events.publish({ type: 'platform.rows_changed', tags: ['*'] } as never);
    await expect.poll(() => own.ended).toEqual(['removed']);
  });

  it('are looked at again now and then where others are not heard', async () => {
    const watcher = new Watcher();
    await start(false);
    await live.follow(ROOM, watcher, {}, all);
    hidden.add('room.ann');
    await expect.poll(() => watcher.ended, { timeout: 6000 }).toContain('removed');
  });
});
