import { median } from '../median.ts';
import type { Options } from '../options.ts';
import type { Pinning } from '../pinning.ts';
import { progress } from '../progress.ts';
import type { ServerProcess } from '../server-process.ts';
import type { Place } from '../storage-place.ts';
import { chatProgress } from './chat-progress.ts';
import { CASES, type ChatCase, deliveriesOf, type TwoProcesses } from './chat-result.ts';
import { type Person, publicRooms, registerPeople, startChat } from './chat-service.ts';
import { chatSizes, PUBLISHERS } from './chat-sizes.ts';
import { grow } from './grow.ts';
import type { FireResult } from './load-orders.ts';
import type { LoadProcess } from './load-process.ts';
import { asking } from './measure-one-room.ts';
import { startRedis } from './start-redis.ts';

/** What is measured of one process, and of two. */
interface Pair {
  readonly alone: FireResult;
  readonly two: FireResult;
}

export interface TwoProcessesMeasured {
  readonly ratio: TwoProcesses;
  readonly cases: readonly ChatCase[];
}

/**
 * Two processes that share a database and a Redis, each with half of the members of one room, against one process, by turns. On
 * two cores the second process shares one with the load generator, and the pair cannot show what it could do: so it is also
 * told how much of a core the busier of the two takes, at a rate of which one process alone takes about half of one.
 */
export async function measureTwoProcesses(
  place: Place,
  load: LoadProcess,
  options: Options,
  pinning: Pinning,
): Promise<TwoProcessesMeasured | undefined> {
  const redis = await startRedis();
  if (!redis) {
    progress.log('two processes: not measured, because there is no redis-server');
    return undefined;
  }
  try {
    const { people, rooms } = await withRoom(place, options, pinning);
    const measure = measuring(load, people, rooms, options);
    const shared = { REDIS_URL: redis.url };
    const second = { ...pinning, serverCommand: pinning.secondServerCommand };
    const [most, same]: [Pair[], Pair[]] = [[], []];
    for (let run = 0; run < options.runs; run += 1) {
      const alone = await measure(CASES.alone, () => [startChat(place, pinning)]);
      const two = await measure(CASES.two, () => [
        startChat(place, pinning, shared),
        startChat(place, second, shared),
      ]);
      most.push({ alone: alone.most, two: two.most });
      same.push({ alone: alone.same, two: two.same });
    }
    const measured = ratioOf(most, ({ alone, two }) => deliveriesOf(two) / deliveriesOf(alone));
    const byProcessorTime = ratioOf(same, ({ alone, two }) => busiest(alone) / busiest(two));
    const counted = pinning.secondHasOwnCore ? measured : byProcessorTime;
    const ratio = { measured, byProcessorTime, counted };
    chatProgress.twoProcesses(ratio);
    const cases = [
      { name: CASES.alone, runs: most.map(({ alone }) => alone) },
      { name: CASES.two, runs: most.map(({ two }) => two) },
    ];
    return { ratio, cases };
  } finally {
    await redis.stop();
  }
}

async function withRoom(place: Place, options: Options, pinning: Pinning) {
  const service = await startChat(place, pinning);
  try {
    const people = await registerPeople(service.origin, chatSizes(options).people);
    return { people, rooms: await publicRooms(service.origin, people, 1) };
  } finally {
    await service.stop();
  }
}

/** Starts servers, and asks them at one rate that is the same for all, and at the highest that they hold. */
function measuring(load: LoadProcess, people: readonly Person[], rooms: readonly string[], options: Options) {
  const sizes = chatSizes(options);
  return async (name: string, start: () => readonly Promise<ServerProcess>[]) => {
    const services: ServerProcess[] = [];
    try {
      for (const starting of start()) services.push(await starting);
      const order = {
        wire: 'atrium',
        origins: services.map(({ origin }) => origin),
        tokens: people.map(({ token }) => token),
        rooms,
        members: sizes.members,
        publishers: PUBLISHERS,
        atOnce: 50,
        join: true,
      } as const;
      const ask = asking(
        load,
        order,
        services.map(({ pid }) => pid),
        options,
      );
      const same = await ask(name, sizes.common);
      return { same, most: same.held ? await grow(sizes.fast, sizes, rate => ask(name, rate), same) : same };
    } finally {
      await load.close();
      for (const service of services) await service.stop();
    }
  };
}

/** Of what was held by both. */
function ratioOf(pairs: readonly Pair[], ratio: (pair: Pair) => number): number | undefined {
  return median(pairs.filter(({ alone, two }) => alone.held && two.held).map(ratio));
}

const busiest = ({ serversBusy }: FireResult) => Math.max(...serversBusy);
