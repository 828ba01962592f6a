import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { EventBus, IntegrationEvent } from '../../src/kernel/events.ts';
import { Presence, type PresenceChange } from '../../src/modules/chat/adapters/live/presence.ts';
import type { ChatDirectory } from '../../src/modules/chat/application/ports.ts';
import { EVERYTHING, type RowsChanged } from '../../src/platform/cache/tags.ts';
import { LocalEventBus } from '../../src/platform/events/local-event-bus.ts';
import { logLines } from '../support/log-lines.ts';

/** Milliseconds in which comings and goings are gathered, and after which a silent process is taken for gone. */
const TICK = 1000;
const GONE = 40_000;

const ROOM = 'garden';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

/** Processes that hear each other, but for those that are cut off. */
function network() {
  const buses: { readonly bus: LocalEventBus; cutOff: boolean }[] = [];
  const { log } = logLines('silent');
  return async function process() {
    const own = { bus: new LocalEventBus(log), cutOff: false };
    buses.push(own);
    const events: EventBus = {
      publish(event: IntegrationEvent) {
        own.bus.publish(event);
        if (own.cutOff) return;
        for (const other of buses) if (other !== own && !other.cutOff) other.bus.publish(event);
      },
      subscribe: (type, handler) => own.bus.subscribe(type, handler),
    };
    const directory = { names: vi.fn(namesOf) };
    const presence = new Presence(directory as unknown as ChatDirectory, events, log);
    const changes: PresenceChange[] = [];
    presence.onChange(change => changes.push(change));
    await presence.start();
    onTestFinished(() => presence.stop());
    const names = () => presence.in(ROOM).map(({ name }) => name);
    const missed: RowsChanged = { type: 'platform.rows_changed', tags: [EVERYTHING] };
    return {
      presence,
      changes,
      directory,
      names,
      cutOff() {
        own.cutOff = true;
      },
      join() {
        own.cutOff = false;
        own.bus.publish(missed);
      },
    };
  };
}

const namesOf = async (ids: readonly string[]) =>
  new Map(ids.filter(id => id !== 'ghost').map(id => [id, id.toUpperCase()]));

describe('who is in a room', () => {
  it('is told once, gathered for a second, in all processes', async () => {
    const process = network();
    const [one, other] = [await process(), await process()];
    one.presence.enter(ROOM, 'ann');
    one.presence.enter(ROOM, 'ann');
    other.presence.enter(ROOM, 'bob');
    expect(one.names()).toEqual([]);
    await pass(TICK);
    await pass(TICK);
    for (const { names, changes } of [one, other]) {
      expect(names().sort()).toEqual(['ANN', 'BOB']);
      expect(changes.flatMap(({ joined }) => joined.map(({ id }) => id)).sort()).toEqual(['ann', 'bob']);
      expect(changes.flatMap(({ left }) => left)).toEqual([]);
    }
    one.presence.leave(ROOM, 'ann');
    await pass(TICK);
    expect(other.names().sort()).toEqual(['ANN', 'BOB']);
    one.presence.leave(ROOM, 'ann');
    await pass(2 * TICK);
    expect(other.names()).toEqual(['BOB']);
    expect(other.changes.at(-1)?.left).toEqual([{ id: 'ann', name: 'ANN' }]);
  });

  it('is not told of who comes and goes within a second', async () => {
    const one = await network()();
    one.presence.enter(ROOM, 'ann');
    one.presence.leave(ROOM, 'ann');
    await pass(2 * TICK);
    expect(one.changes).toEqual([]);
    one.presence.enter(ROOM, 'ann');
    await pass(TICK);
    one.presence.leave(ROOM, 'ann');
    one.presence.enter(ROOM, 'ann');
    await pass(2 * TICK);
    expect(one.changes).toHaveLength(1);
  });

  it('goes on while they have a socket in another process', async () => {
    const process = network();
    const [one, other] = [await process(), await process()];
    for (const { presence } of [one, other]) presence.enter(ROOM, 'ann');
    await pass(2 * TICK);
    one.presence.leave(ROOM, 'ann');
    await pass(2 * TICK);
    for (const { names } of [one, other]) expect(names()).toEqual(['ANN']);
  });

  it('is known to a process that starts later, with names, though somebody comes at that moment', async () => {
    const process = network();
    const one = await process();
    one.presence.enter(ROOM, 'ann');
    await pass(TICK);
    one.presence.enter(ROOM, 'bob');
    const later = await process();
    expect(later.names()).toEqual(['ANN']);
    await pass(2 * TICK);
    for (const { names } of [one, later]) expect(names().sort()).toEqual(['ANN', 'BOB']);
    expect(later.changes.flatMap(({ joined }) => joined.map(({ name }) => name)).sort()).toEqual([
      'ANN',
      'BOB',
    ]);
  });

  it('ends with a process that stops', async () => {
    const process = network();
    const [one, other] = [await process(), await process()];
    one.presence.enter(ROOM, 'ann');
    await pass(2 * TICK);
    await one.presence.stop();
    await pass(TICK);
    expect(other.names()).toEqual([]);
    expect(other.changes.at(-1)?.left).toEqual([{ id: 'ann', name: 'ANN' }]);
  });

  it('ends with a process that is heard of no more, and begins again with it', async () => {
    const process = network();
    const [one, other] = [await process(), await process()];
    one.presence.enter(ROOM, 'ann');
    other.presence.enter(ROOM, 'bob');
    await pass(GONE);
    expect(other.names().sort()).toEqual(['ANN', 'BOB']);
    one.cutOff();
    one.presence.enter(ROOM, 'cid');
    await pass(GONE - 20_000);
    expect(other.names().sort()).toEqual(['ANN', 'BOB']);
    await pass(22_000);
    expect(other.names()).toEqual(['BOB']);
    expect(one.names().sort()).toEqual(['ANN', 'CID']);
    one.join();
    other.join();
    await pass(TICK);
    for (const { names } of [one, other]) expect(names().sort()).toEqual(['ANN', 'BOB', 'CID']);
  });

  it('is put right by a whole telling, where a leaving was missed', async () => {
    const process = network();
    const [one, other] = [await process(), await process()];
    one.presence.enter(ROOM, 'ann');
    one.presence.enter(ROOM, 'bob');
    await pass(2 * TICK);
    one.cutOff();
    one.presence.leave(ROOM, 'ann');
    await pass(TICK);
    expect(other.names().sort()).toEqual(['ANN', 'BOB']);
    one.join();
    await pass(TICK);
    expect(other.names()).toEqual(['BOB']);
  });

  it('is told later where names cannot be read at first, and of who has none too', async () => {
    const one = await network()();
    one.directory.names.mockRejectedValueOnce(new Error('away'));
    one.presence.enter(ROOM, 'ann');
    one.presence.enter(ROOM, 'ghost');
    await pass(TICK);
    expect(one.names()).toEqual([]);
    await pass(TICK);
    expect(one.names().sort()).toEqual(['', 'ANN']);
    await pass(20_000);
    expect(one.names().sort()).toEqual(['', 'ANN']);
    expect(one.changes).toHaveLength(1);
  });
});
