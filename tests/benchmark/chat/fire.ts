import { setTimeout as sleep } from 'node:timers/promises';
import { cpuMilliseconds } from '../process-figures.ts';
import { type LoadCrowd, microseconds } from './load-crowd.ts';
import type { FireOrder, FireResult } from './load-orders.ts';

/** Milliseconds that the 99th of a hundred may take. */
export const LATENCY_LIMIT = 250;

/** Microseconds: a while before the first message, and how long many that are due are sent without looking at what comes. */
const BEFORE_FIRST = 10_000;
const MOST_SENDING = 5000;

/** Milliseconds to wait for the last ones. */
const TAIL = 6000;
const POLL = 20;

/** Sends messages at their times, be those before answered or not, and counts what comes of them. */
export async function fire(crowd: LoadCrowd, order: FireOrder): Promise<FireResult> {
  const { perSecond, seconds, warmUpSeconds, pids } = order;
  const gap = 1e6 / perSecond;
  const begin = Math.ceil(microseconds()) + BEFORE_FIRST;
  const from = begin + warmUpSeconds * 1e6;
  const to = from + seconds * 1e6;
  crowd.count(from, to);
  const expected = new Float64Array(crowd.rooms);
  const members = crowd.size / crowd.rooms;
  await sendFrom(crowd, begin, from, gap, () => undefined);
  const busyBefore = busy(pids);
  await sendFrom(crowd, begin + Math.ceil((from - begin) / gap) * gap, to, gap, room => {
    expected[room] = (expected[room] ?? 0) + members;
  });
  await untilTime(to);
  const busyAfter = busy(pids);
  const deliveredInTime = crowd.delivered;
  const all = expected.reduce((sum, each) => sum + each, 0);
  const outstanding = all - deliveredInTime;
  for (const end = performance.now() + TAIL; crowd.delivered < all && performance.now() < end; )
    await sleep(POLL);
  const roomsBehind = expected.filter((each, room) => each !== crowd.received[room]).length;
  // More than what is said in the time that it may take: it piles up.
  const mostOutstanding = (all / seconds) * (LATENCY_LIMIT / 1000);
  const p99 = crowd.latencies.below(0.99);
  const shares = busyAfter.used.map(
    (used, index) => (used - (busyBefore.used[index] ?? 0)) / (busyAfter.at - busyBefore.at),
  );
  return {
    perSecond,
    delivered: crowd.delivered,
    expected: all,
    seconds,
    roomsBehind,
    p50: crowd.latencies.below(0.5),
    p99,
    serversBusy: shares.slice(1),
    generatorBusy: shares[0] ?? 0,
    lost: crowd.lost,
    trouble: crowd.trouble,
    held: p99 <= LATENCY_LIMIT && roomsBehind === 0 && crowd.lost === 0 && outstanding <= mostOutstanding,
  };
}

/** What is due before `end`; `told` of the room of each. */
async function sendFrom(
  crowd: LoadCrowd,
  begin: number,
  end: number,
  gap: number,
  told: (room: number) => void,
): Promise<void> {
  let count = 0;
  const next = () => begin + count * gap;
  while (next() < end) {
    const now = microseconds();
    while (next() <= now && next() < end && microseconds() - now < MOST_SENDING) {
      told(crowd.say(next()));
      count += 1;
    }
    const pause = Math.min(next(), end) - microseconds();
    await (pause > 0 ? sleep(Math.max(1, Math.floor(pause / 1000))) : turn());
  }
}

async function untilTime(end: number): Promise<void> {
  for (let left = end - microseconds(); left > 0; left = end - microseconds())
    await sleep(Math.ceil(left / 1000));
}

/** Lets what has come be read. */
const turn = () => new Promise<void>(resolve => setImmediate(resolve));

/** Milliseconds of processor time of this process and of others. */
function busy(pids: readonly number[]): { readonly at: number; readonly used: readonly number[] } {
  const used = [process.pid, ...pids].map(pid => cpuMilliseconds(pid) ?? Number.NaN);
  return { at: performance.now(), used };
}
