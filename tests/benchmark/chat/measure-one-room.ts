import type { Options } from '../options.ts';
import type { Pinning } from '../pinning.ts';
import type { Place } from '../storage-place.ts';
import { chatProgress } from './chat-progress.ts';
import { CASES, type ChatCase } from './chat-result.ts';
import { publicRooms, registerPeople, startChat } from './chat-service.ts';
import { chatSizes, PUBLISHERS } from './chat-sizes.ts';
import { grow } from './grow.ts';
import type { ConnectOrder, FireResult } from './load-orders.ts';
import type { LoadProcess } from './load-process.ts';
import { startBareWs } from './start-bare-ws.ts';

/** One room of many members, and the same at a server that does nothing but send on, by turns. */
export async function measureOneRoom(
  place: Place,
  load: LoadProcess,
  options: Options,
  pinning: Pinning,
): Promise<readonly ChatCase[]> {
  const sizes = chatSizes(options);
  await using stack = new AsyncDisposableStack();
  const service = await startChat(place, pinning);
  stack.defer(() => service.stop());
  const bare = await startBareWs(place.directory, pinning);
  stack.defer(() => bare.stop());
  const people = await registerPeople(service.origin, sizes.people);
  const tokens = people.map(({ token }) => token);
  const crowd = { members: sizes.members, publishers: PUBLISHERS, atOnce: 50, join: true };
  const rooms = await publicRooms(service.origin, people, 1);
  const atService = { ...crowd, wire: 'atrium', origins: [service.origin], tokens, rooms } as const;
  const atBare = { ...crowd, wire: 'bare', origins: [bare.origin], tokens: [], rooms: ['room'] } as const;
  const runs: Record<'slow' | 'fast' | 'most' | 'bare', FireResult[]> = {
    slow: [],
    fast: [],
    most: [],
    bare: [],
  };
  for (let run = 0; run < options.runs; run += 1) {
    const ask = asking(load, atService, [service.pid], options);
    runs.slow.push(await ask(CASES.slow, sizes.slow));
    const fast = await ask(CASES.fast, sizes.fast);
    runs.fast.push(fast);
    runs.most.push(fast.held ? await grow(sizes.first, sizes, rate => ask(CASES.most, rate), fast) : fast);
    const askBare = asking(load, atBare, [bare.pid], options);
    runs.bare.push(await grow(sizes.firstBare, sizes, rate => askBare(CASES.bare, rate)));
    await load.close();
  }
  return (['slow', 'fast', 'most', 'bare'] as const).map(name => ({ name: CASES[name], runs: runs[name] }));
}

/** Asks at a rate, of clients that are connected anew where the ones before could not keep up. */
export function asking(
  load: LoadProcess,
  order: Omit<ConnectOrder, 'type'>,
  pids: readonly number[],
  { seconds, warmUpSeconds }: Options,
): (name: string, perSecond: number) => Promise<FireResult> {
  let isConnected = false;
  return async (name, perSecond) => {
    if (!isConnected) await load.connect(order);
    const result = await load.fire({ perSecond, seconds, warmUpSeconds, pids });
    chatProgress.fired(name, result);
    isConnected = result.held;
    return result;
  };
}
