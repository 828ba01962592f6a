import { bearer, jsonRequest, send } from '../api-client.ts';
import { median } from '../median.ts';
import type { Options } from '../options.ts';
import type { Pinning } from '../pinning.ts';
import type { Place } from '../storage-place.ts';
import { chatProgress } from './chat-progress.ts';
import { publicRooms, registerPeople, startChat } from './chat-service.ts';
import { chatSizes } from './chat-sizes.ts';
import type { LoadProcess } from './load-process.ts';
import { markOf } from './marks.ts';

/** Messages that everybody has seen. */
const SEEN = 50;

/**
 * Seconds until the last member of a room has what it missed, where all of them come back at once to a server that has just
 * started again. Each run is another restart.
 */
export async function measureResumption(
  place: Place,
  load: LoadProcess,
  options: Options,
  pinning: Pinning,
): Promise<number> {
  const sizes = chatSizes(options);
  const { members, missed } = sizes;
  const { people, rooms } = await withMessages(place, SEEN + missed, sizes.people, pinning);
  const times = [];
  for (let run = 0; run < options.runs; run += 1) {
    const service = await startChat(place, pinning);
    try {
      const seconds = await load.connect({
        wire: 'atrium',
        origins: [service.origin],
        tokens: people.map(({ token }) => token),
        rooms,
        members,
        publishers: 0,
        join: true,
        after: SEEN,
        atOnce: members,
        missed,
      });
      chatProgress.resumed(seconds);
      times.push(seconds);
      await load.close();
    } finally {
      await service.stop();
    }
  }
  return median(times) ?? Number.NaN;
}

async function withMessages(place: Place, amount: number, persons: number, pinning: Pinning) {
  const service = await startChat(place, pinning);
  try {
    const { origin } = service;
    const people = await registerPeople(origin, persons);
    const rooms = await publicRooms(origin, people, 1);
    for (let index = 0; index < amount; index += 1) {
      const message = { client_id: String(index), text: markOf(index).padEnd(100, 'x') };
      const headers = bearer(people[index % people.length]?.token ?? '');
      await send(origin, jsonRequest(`/api/v1/chat/rooms/${rooms[0]}/messages`, message, headers));
    }
    return { people, rooms };
  } finally {
    await service.stop();
  }
}
