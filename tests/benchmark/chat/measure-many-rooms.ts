import type { Options } from '../options.ts';
import type { Pinning } from '../pinning.ts';
import type { Place } from '../storage-place.ts';
import { CASES, type ChatCase } from './chat-result.ts';
import { privateRooms, registerPeople, startChat } from './chat-service.ts';
import { chatSizes } from './chat-sizes.ts';
import { grow } from './grow.ts';
import type { LoadProcess } from './load-process.ts';
import { asking } from './measure-one-room.ts';

/** Many rooms of few members, who all say something: what takes the time is to store it. */
export async function measureManyRooms(
  place: Place,
  load: LoadProcess,
  options: Options,
  pinning: Pinning,
): Promise<ChatCase> {
  const sizes = chatSizes(options);
  const service = await startChat(place, pinning);
  try {
    const people = await registerPeople(service.origin, sizes.people);
    const rooms = await privateRooms(service.origin, people, sizes.rooms);
    const tokens = people.map(({ token }) => token);
    const order = {
      wire: 'atrium',
      origins: [service.origin],
      tokens,
      rooms,
      members: sizes.roomMembers,
      publishers: sizes.roomMembers,
      atOnce: 50,
      join: true,
    } as const;
    const runs = [];
    for (let run = 0; run < options.runs; run += 1) {
      const ask = asking(load, order, [service.pid], options);
      runs.push(await grow(sizes.firstOfRooms, sizes, rate => ask(CASES.rooms, rate)));
    }
    await load.close();
    return { name: CASES.rooms, runs };
  } finally {
    await service.stop();
  }
}
