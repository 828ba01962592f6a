import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Presence, type PresenceChange } from '../../src/modules/chat/adapters/live/presence.ts';
import type { ChatDirectory } from '../../src/modules/chat/application/ports.ts';
import { LocalEventBus } from '../../src/platform/events/local-event-bus.ts';

const log = pino({ level: 'silent' });
const ROOM = 'garden';

describe('who is there', () => {
  let bus: LocalEventBus;
  let names: Map<string, string>;
  let isDown: boolean;
  let one: Presence;
  let other: Presence;
  let told: PresenceChange[];
  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    bus = new LocalEventBus(log);
    names = new Map([
      ['ann', 'Ann'],
      ['bob', 'Bob'],
    ]);
    isDown = false;
    const directory = {
      names: async (ids: readonly string[]) => {
        if (isDown) throw new Error('down');
        return new Map([...names].filter(([id]) => ids.includes(id)));
      },
    } as unknown as ChatDirectory;
    [one, other] = [new Presence(directory, bus, log), new Presence(directory, bus, log)];
    told = [];
    one.onChange(change => told.push(change));
    await one.start();
    await other.start();
  });
  afterEach(async () => {
    await one.stop();
    await other.stop();
    vi.useRealTimers();
  });

  const tick = () => vi.advanceTimersByTimeAsync(1000);
  const ann = { id: 'ann', name: 'Ann' };
  const bob = { id: 'bob', name: 'Bob' };

  it('is told once a second, of all processes', async () => {
    one.enter(ROOM, 'ann');
    other.enter(ROOM, 'bob');
    await tick();
    await tick();
    expect(told.flatMap(({ joined }) => joined)).toEqual([ann, bob]);
    expect(other.in(ROOM)).toEqual(expect.arrayContaining([ann, bob]));
    other.leave(ROOM, 'bob');
    await tick();
    await tick();
    expect(told.at(-1)).toEqual({ roomId: ROOM, joined: [], left: [bob] });
  });

  it('is told by name, though somebody asks just when they have come', async () => {
    one.enter(ROOM, 'ann');
    bus.publish({ type: 'chat.presence_wanted' });
    await tick();
    for (const presence of [one, other]) expect(presence.in(ROOM)).toEqual([ann]);
    expect(told).toEqual([{ roomId: ROOM, joined: [ann], left: [] }]);
  });

  it('is told without a name of who has none', async () => {
    one.enter(ROOM, 'eve');
    await tick();
    bus.publish({ type: 'chat.presence_wanted' });
    await tick();
    expect(other.in(ROOM)).toEqual([{ id: 'eve', name: '' }]);
  });

  it('is told later where names cannot be read', async () => {
    isDown = true;
    one.enter(ROOM, 'ann');
    await tick();
    expect(told).toEqual([]);
    isDown = false;
    await tick();
    expect(told).toEqual([{ roomId: ROOM, joined: [ann], left: [] }]);
  });

  it('is not told of who goes and comes back in between, or comes twice', async () => {
    one.enter(ROOM, 'ann');
    one.enter(ROOM, 'ann');
    await tick();
    one.leave(ROOM, 'ann');
    await tick();
    one.leave(ROOM, 'ann');
    one.enter(ROOM, 'ann');
    other.enter(ROOM, 'ann');
    await tick();
    one.leave(ROOM, 'ann');
    await tick();
    expect(told).toEqual([{ roomId: ROOM, joined: [ann], left: [] }]);
    expect(one.in(ROOM)).toEqual([ann]);
  });

  it('is forgotten with a process that stops, and with one that falls silent', async () => {
    one.enter(ROOM, 'ann');
    other.enter(ROOM, 'bob');
    await tick();
    await other.stop();
    await tick();
    expect(one.in(ROOM)).toEqual([ann]);
    const rooms = [[ROOM, [bob], []]];
    bus.publish({ type: 'chat.presence', process: 'silent', isWhole: true, rooms } as never);
    expect(one.in(ROOM)).toEqual([ann, bob]);
    await vi.advanceTimersByTimeAsync(42_000);
    expect(one.in(ROOM)).toEqual([ann]);
  });

  it('has names at once', async () => {
    one.enter(ROOM, 'ann');
    expect(await one.nameOf('ann')).toBe('Ann');
    expect(await one.nameOf('eve')).toBe('');
  });
});
