import { bearer, jsonRequest, send, signIn } from '../api-client.ts';
import type { Pinning } from '../pinning.ts';
import { account } from '../sample-data.ts';
import type { ServerProcess } from '../server-process.ts';
import { startService } from '../service.ts';
import type { Place } from '../storage-place.ts';

/** The limits are for clients that are not the same few people. Tokens name who issued them, whatever port a server gets. */
const SETTINGS = {
  NODE_ENV: 'benchmark',
  RATE_LIMIT: 'off',
  MAX_SOCKETS_PER_PERSON: '100000',
  ACCESS_TOKEN_TTL: '3600',
  PUBLIC_URL: 'http://atrium.test',
};

export interface Person {
  readonly id: string;
  readonly token: string;
}

export function startChat(
  place: Place,
  pinning: Pinning,
  more: Place['settings'] = {},
): Promise<ServerProcess> {
  return startService({ ...place, settings: { ...place.settings, ...SETTINGS, ...more } }, pinning);
}

/** The few who have all sockets: a person for each would take minutes to sign in, and measure nothing else. */
export async function registerPeople(origin: string, amount: number): Promise<readonly Person[]> {
  const people = [];
  for (let index = 0; index < amount; index += 1) {
    const username = `member-${index}`;
    await send(origin, jsonRequest('/api/v1/auth/register', account(username)));
    const token = await signIn(origin, username);
    const me = await send(origin, { method: 'GET', path: '/api/v1/users/me', headers: bearer(token) });
    people.push({ id: (me.body as { readonly id: string }).id, token });
  }
  return people;
}

/** Rooms that everybody may see. */
export function publicRooms(origin: string, people: readonly Person[], amount: number): Promise<string[]> {
  return rooms(origin, people, amount, 'public');
}

/** Rooms whose members are all of these people. */
export async function privateRooms(
  origin: string,
  people: readonly Person[],
  amount: number,
): Promise<string[]> {
  const ids = await rooms(origin, people, amount, 'private');
  const [owner, ...others] = people;
  for (const id of ids)
    for (const other of others) {
      const path = `${origin}/api/v1/chat/rooms/${id}/members/${other.id}`;
      const { status } = await fetch(path, { method: 'PUT', headers: bearer(owner?.token ?? '') });
      if (status >= 300) throw new Error(`Putting a member into a room was answered with ${status}.`);
    }
  return ids;
}

async function rooms(origin: string, [owner]: readonly Person[], amount: number, kind: string) {
  const ids = [];
  for (let index = 0; index < amount; index += 1) {
    const content = { name: `Room ${index}`, kind };
    const { body } = await send(
      origin,
      jsonRequest('/api/v1/chat/rooms', content, bearer(owner?.token ?? '')),
    );
    ids.push((body as { readonly id: string }).id);
  }
  return ids;
}
