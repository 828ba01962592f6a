import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ChatClient } from '../../src/web/chat/chat-client.ts';
import type { Room } from '../../src/web/chat/room.ts';
import { seqs } from '../support/chat-client.ts';
import { FakeChatServer } from '../support/fake-chat-server.ts';
import { fakeWebSockets } from '../support/fake-web-socket.ts';

const IDS = ['garden', 'kitchen'] as const;

/** More than a room ever has here, and few, so that some are let go. */
const KEPT = [1000, 7] as const;

const roomId = fc.constantFrom(...IDS);
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      does: fc.constant('say' as const),
      roomId,
      times: fc.integer({ min: 1, max: 7 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant('change' as const),
      roomId,
      index: fc.nat(),
      times: fc.integer({ min: 1, max: 7 }),
      isDeletion: fc.boolean(),
    }),
  },
  { weight: 5, arbitrary: fc.record({ does: fc.constant('send' as const), roomId }) },
  {
    weight: 8,
    arbitrary: fc.record({ does: fc.constant('hear' as const), amount: fc.integer({ min: 1, max: 5 }) }),
  },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('older' as const), roomId }) },
  {
    weight: 10,
    arbitrary: fc.record({ does: fc.constant('tell' as const), amount: fc.integer({ min: 1, max: 9 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('cut' as const),
      code: fc.constantFrom(1006, 1012, 4401, 4409),
    }),
  },
  { weight: 4, arbitrary: fc.record({ does: fc.constant('load' as const) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      does: fc.constant('wait' as const),
      milliseconds: fc.oneof(
        { weight: 5, arbitrary: fc.integer({ min: 1, max: 2000 }) },
        { weight: 1, arbitrary: fc.integer({ min: 1, max: 40_000 }) },
      ),
    }),
  },
);

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function world(mostMessages: number, history: number) {
  const server = new FakeChatServer(IDS);
  const { WebSocketClass } = fakeWebSockets();
  class Accepted extends WebSocketClass {
    constructor(url: string, protocols: string[]) {
      super(url, protocols);
      server.accept(this);
    }
  }
  const client = new ChatClient({
    connect: async () => ({ url: 'ws://atrium' }),
    loadBefore: (id, before) => server.loadBefore(id, before),
    webSocket: Accepted,
    random: () => 0.5,
    mostMessages,
    mostPending: 1000,
  });
  const rooms = new Map(IDS.map(id => [id as string, client.join(id, { history })]));
  /** The first message of each that is to be shown. */
  const first = new Map<string, number>();
  for (const [id, room] of rooms)
    room.subscribe(() => {
      if (room.state === 'joined' && !first.has(id)) first.set(id, room.messages[0]?.seq ?? room.seq + 1);
    });
  return { server, client, rooms, first };
}

type World = ReturnType<typeof world>;

const roomOf = ({ rooms }: World, id: string) => rooms.get(id) as Room;

/** Until nothing is under way any more. */
async function settle({ server, client, rooms }: World): Promise<void> {
  const isBusy = () => [...rooms.values()].some(room => room.pending.length > 0 || !room.isComplete);
  let rounds = 0;
  do {
    while (server.hearOne() || server.tellSome(2) || server.answerLoads())
      await vi.advanceTimersByTimeAsync(0);
    await vi.advanceTimersByTimeAsync(1000);
    rounds += 1;
    if (rounds > 100) throw new Error('It never comes to rest.');
  } while (client.state !== 'open' || isBusy() || server.isBusy);
}

it('shows what the server has, in order and each once, whatever is lost', async () => {
  const run = async (kept: number, history: number, steps: readonly Step[]) => {
    const all = world(kept, history);
    const { server, client } = all;
    const sent: Record<string, { text: string; stored: Promise<{ seq: number }> }[]> = {
      garden: [],
      kitchen: [],
    };
    const older: Promise<boolean>[] = [];
    let number = 0;
    for (const id of IDS) for (let time = 0; time < 9; time += 1) server.say(id, 'early');
    await settle(all);
    for (const each of steps) {
      number += 1;
      if (each.does === 'say')
        for (let time = 0; time < each.times; time += 1) server.say(each.roomId, `${number}`);
      else if (each.does === 'change')
        for (let time = 0; time < each.times; time += 1)
          server.change(each.roomId, each.index + time, each.isDeletion ? '' : `${number}!`);
      else if (each.does === 'send') {
        const stored = roomOf(all, each.roomId).send(`own ${number}`);
        sent[each.roomId]?.push({ text: `own ${number}`, stored });
      } else if (each.does === 'hear') for (let time = 0; time < each.amount; time += 1) server.hearOne();
      else if (each.does === 'older') older.push(roomOf(all, each.roomId).loadOlder());
      else if (each.does === 'tell') server.tellSome(each.amount);
      else if (each.does === 'cut') server.cut(each.code);
      else if (each.does === 'load') server.answerLoads();
      else await vi.advanceTimersByTimeAsync(each.milliseconds);
      await vi.advanceTimersByTimeAsync(0);
      for (const room of all.rooms.values()) {
        const numbers = seqs(room.messages);
        expect(numbers).toEqual([...new Set(numbers)].sort((one, other) => one - other));
      }
    }
    await settle(all);
    await Promise.all(older);
    for (const [id, room] of all.rooms) {
      const stored = server.room(id).messages;
      expect(room).toMatchObject({ seq: stored.length, rev: server.room(id).rev });
      expect(room.messages).toEqual(stored.slice(stored.length - room.messages.length));
      const wanted = Math.max(all.first.get(id) ?? 0, stored.length - kept + 1);
      expect(room.messages[0]?.seq ?? wanted).toBeLessThanOrEqual(wanted);
      const own = sent[id] ?? [];
      const places = seqs(await Promise.all(own.map(({ stored: place }) => place)));
      expect(places).toEqual([...new Set(places)].sort((one, other) => one - other));
      expect(server.room(id).byClientId.size).toBe(own.length);
    }
    client.close();
    expect(vi.getTimerCount()).toBe(0);
  };
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...KEPT),
      fc.integer({ min: 0, max: 5 }),
      fc.array(step, { minLength: 5, maxLength: 120, size: 'max' }),
      run,
    ),
    { numRuns: 300 },
  );
});
