import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Options } from '../options.ts';
import type { Pinning } from '../pinning.ts';
import { residentMebibytes } from '../process-figures.ts';
import type { Place } from '../storage-place.ts';
import { chatProgress } from './chat-progress.ts';
import type { IdleSockets } from './chat-result.ts';
import { publicRooms, registerPeople, startChat } from './chat-service.ts';
import { chatSizes } from './chat-sizes.ts';
import type { LoadProcess } from './load-process.ts';

const MEMBERS = 100;

/** Files that a process has open beside its sockets. */
const OTHER_FILES = 500;

/** Milliseconds until the memory of what was done is given back, as far as it is. */
const SETTLE = 3000;

/** What sockets on which nothing happens take: first in no room, then in one each. */
export async function measureIdleSockets(
  place: Place,
  load: LoadProcess,
  options: Options,
  pinning: Pinning,
): Promise<IdleSockets> {
  const sizes = chatSizes(options);
  const wanted = Math.min(sizes.sockets, openFilesLimit() - OTHER_FILES);
  const service = await startChat(place, pinning);
  try {
    const people = await registerPeople(service.origin, sizes.people);
    const rooms = await publicRooms(service.origin, people, Math.max(1, Math.floor(wanted / MEMBERS)));
    const memory = async () => {
      await sleep(options.smoke ? 0 : SETTLE);
      return (residentMebibytes(service.pid) ?? Number.NaN) * 1024;
    };
    const before = await memory();
    await load.connect({
      wire: 'atrium',
      origins: [service.origin],
      tokens: people.map(({ token }) => token),
      rooms,
      members: Math.min(MEMBERS, wanted),
      publishers: 0,
      atOnce: 50,
      join: false,
    });
    const connected = await memory();
    await load.join();
    const joined = await memory();
    await load.close();
    const amount = rooms.length * Math.min(MEMBERS, wanted);
    const each = (after: number) => (Number.isNaN(after) ? undefined : (after - before) / amount);
    const idle = { amount, connected: each(connected), joined: each(joined) };
    chatProgress.idle(idle);
    return idle;
  } finally {
    await service.stop();
  }
}

/** The most that a process may ask for, as Node does at its start. */
function openFilesLimit(): number {
  try {
    const limit = /^Max open files\s+\S+\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return limit === undefined ? Number.POSITIVE_INFINITY : Number(limit);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
