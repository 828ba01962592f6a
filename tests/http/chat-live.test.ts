import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { tokens } from '../../src/composition/tokens.ts';
import type { LiveRoom } from '../../src/modules/chat/adapters/live/live-room.ts';
import { STORAGES } from '../support/application.ts';
import { EventReplica } from '../support/chat-followers.ts';
import { chatServers } from '../support/chat-servers.ts';
import { type TestServer, testServer } from '../support/client.ts';
import { expectProblem } from '../support/problem.ts';

interface Person {
  readonly id: string;
  readonly token: string;
}

interface Event {
  readonly event: string;
  readonly id?: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into events freely.
  readonly data: any;
}

describe.each(STORAGES)('following a room over HTTP on %s', storage => {
  let server: TestServer;
  let alice: Person;
  let eve: Person;
  beforeAll(async () => {
    server = await testServer(storage);
    alice = await server.signUp('alice');
    eve = await server.signUp('eve');
  });
  afterAll(() => server.stop());

  const call = (method: string, path: string, body?: unknown, by = alice) =>
    server.request(method, path, { token: by.token, body });
  const room = async (kind = 'private'): Promise<string> =>
    (await call('POST', '/chat/rooms', { name: 'Garden', kind })).body.id;
  const post = async (to: string, text: string) =>
    (await call('POST', `/chat/rooms/${to}/messages`, { text, client_id: crypto.randomUUID() })).body;
  const edit = (id: string, text: string) => call('PATCH', `/chat/messages/${id}`, { text });
  const poll = async (of: string, query: string) =>
    (await call('GET', `/chat/rooms/${of}/poll?${query}`)).body.results;

  describe('by events', () => {
    /** A stream of events, one after the other. */
    async function stream(
      of: string,
      query = '',
      headers: Readonly<Record<string, string>> = {},
      by = alice,
    ) {
      const gone = new AbortController();
      const response = await fetch(`${server.origin}/api/v1/chat/rooms/${of}/events${query}`, {
        headers: { authorization: `Bearer ${by.token}`, 'accept-encoding': 'gzip', ...headers },
        signal: gone.signal,
      });
      const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
      let rest = '';
      const next = async (): Promise<Event | undefined> => {
        for (;;) {
          const end = rest.indexOf('\n\n');
          if (end < 0) {
            const { done, value } = (await reader?.read()) ?? { done: true, value: '' };
            if (done) return undefined;
            rest += value;
            continue;
          }
          const lines = rest.slice(0, end).split('\n');
          rest = rest.slice(end + 2);
          const fields = Object.fromEntries(lines.map(line => line.split(/: (.*)/s).slice(0, 2)));
          if (fields.event) return { ...fields, data: JSON.parse(fields.data) };
        }
      };
      return { response, next, close: () => gone.abort() };
    }

    it('tells of what is said and of what is changed, in order', async () => {
      const garden = await room();
      const events = await stream(garden);
      expect(events.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
      expect(events.response.headers.get('cache-control')).toBe('no-store');
      expect(events.response.headers.get('content-encoding')).toBeNull();
      const one = await post(garden, 'one');
      expect(await events.next()).toEqual({ event: 'message', id: '1', data: { type: 'message', ...one } });
      const { body: edited } = await edit(one.id, 'uno');
      expect(await events.next()).toEqual({ event: 'edited', data: { type: 'edited', ...edited } });
      await call('DELETE', `/chat/messages/${one.id}`);
      expect(await events.next()).toMatchObject({
        event: 'deleted',
        data: { id: one.id, deleted: true, text: '' },
      });
      events.close();
    });

    it('tells what was missed, edits to what was seen included', async () => {
      const garden = await room();
      const one = await post(garden, 'one');
      const two = await post(garden, 'two');
      await edit(one.id, 'uno');
      await post(garden, 'three');
      const events = await stream(garden, '', { 'last-event-id': '2' });
      expect(await events.next()).toMatchObject({ event: 'edited', data: { seq: 1, text: 'uno', rev: 3 } });
      expect(await events.next()).toMatchObject({ event: 'message', id: '3', data: { text: 'three' } });
      await post(garden, 'four');
      expect(await events.next()).toMatchObject({ id: '4' });
      events.close();
      const all = await stream(garden, '?after=0');
      const seen = [await all.next(), await all.next(), await all.next(), await all.next()];
      expect(seen.map(event => event?.data.text)).toEqual(['uno', two.text, 'three', 'four']);
      all.close();
      const known = await stream(garden, '?after=4&rev=5');
      await post(garden, 'five');
      expect(await known.next()).toMatchObject({ id: '5' });
      known.close();
    });

    it('ends where somebody is taken out of the room', async () => {
      const garden = await room();
      await call('PUT', `/chat/rooms/${garden}/members/${eve.id}`);
      const events = await stream(garden, '', {}, eve);
      await call('DELETE', `/chat/rooms/${garden}/members/${eve.id}`);
      await post(garden, 'secret');
      expect(await events.next()).toBeUndefined();
    });

    it('is for those who see the room', async () => {
      const garden = await room();
      for (const path of ['events', 'poll'])
        expectProblem(
          await call('GET', `/chat/rooms/${garden}/${path}`, undefined, eve),
          404,
          'chat.room_not_found',
        );
    });
  });

  describe('by asking', () => {
    it('is answered at once where there is something', async () => {
      const garden = await room();
      const [one, two] = [await post(garden, 'one'), await post(garden, 'two')];
      expect(await poll(garden, 'after=0')).toEqual([one, two]);
      expect(await poll(garden, 'after=1')).toEqual([two]);
      expect(await poll(garden, 'after=2&wait=0')).toEqual([]);
    });

    it('waits for what is said next', async () => {
      const garden = await room();
      const asked = poll(garden, 'after=0&wait=20');
      await expect.poll(() => server.application.get(tokens.liveRooms).isFollowed(garden)).toBe(true);
      const one = await post(garden, 'one');
      expect(await asked).toEqual([one]);
    });

    it('tells of changes to who knows which there were', async () => {
      const garden = await room();
      const one = await post(garden, 'one');
      const { body: uno } = await edit(one.id, 'uno');
      expect(await poll(garden, 'after=1&rev=1')).toEqual([uno]);
      expect(await poll(garden, 'after=1&rev=2&wait=0')).toEqual([]);
      expect(await poll(garden, 'after=1&wait=0')).toEqual([]);
      const asked = poll(garden, 'after=1&rev=2&wait=20');
      await expect.poll(() => server.application.get(tokens.liveRooms).isFollowed(garden)).toBe(true);
      const { body: un } = await edit(one.id, 'un');
      // What was changed while the answer was made may come with the number of before, and is then told again.
      const [told] = await asked;
      expect(told).toMatchObject({ id: one.id, text: 'un' });
      if (told.rev < un.rev) expect(await poll(garden, `after=1&rev=${told.rev}`)).toEqual([un]);
      else expect(told).toEqual(un);
    });

    it('misses nothing between two questions', async () => {
      const garden = await room();
      const seen: number[] = [];
      const saying = (async () => {
        for (let number = 0; number < 40; number += 1) await post(garden, `${number}`);
      })();
      while (seen.length < 40)
        for (const { seq } of await poll(garden, `after=${seen.at(-1) ?? 0}&wait=5`)) seen.push(seq);
      await saying;
      expect(seen).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
    });

    it.each(['wait=31', 'wait=-1', 'after=x', 'rev=-1', 'page=1'])('refuses ?%s', async query => {
      const garden = await room();
      expect((await call('GET', `/chat/rooms/${garden}/poll?${query}`)).status).toBe(422);
    });
  });
});

it('who waits for messages, or follows them, does not keep a server from stopping', async () => {
  const server = await testServer();
  const { token } = await server.signUp('alice');
  const { body } = await server.request('POST', '/chat/rooms', {
    token,
    body: { name: 'Garden', kind: 'private' },
  });
  const path = `/chat/rooms/${body.id}`;
  const headers = { authorization: `Bearer ${token}` };
  const stream = await fetch(`${server.origin}/api/v1${path}/events`, { headers });
  const polls = [1, 2, 3].map(() => server.request('GET', `${path}/poll?wait=30`, { token }));
  await expect.poll(() => followersOf(server, body.id)).toBe(4);
  const began = performance.now();
  await server.stop();
  expect(performance.now() - began).toBeLessThan(2000);
  for (const poll of polls) expect(await poll).toMatchObject({ status: 200, body: { results: [] } });
  expect(await stream.text()).toMatch(/^retry: /);
});

it('a poll tells of a change to what its client has from another server, which heard of it sooner', async () => {
  const { servers, room: newRoom, stop } = await chatServers('sqlite', 2);
  onTestFinished(stop);
  const [one, other] = servers as [TestServer, TestServer];
  const { token } = await one.signUp('alice');
  const room = await newRoom(token);
  const stays = new EventReplica(room, token);
  onTestFinished(() => stays.stop());
  stays.follow(other);
  await expect.poll(() => followersOf(other, room)).toBe(1);
  const post = async (text: string) => {
    const body = { text, client_id: text };
    return (await one.request('POST', `/chat/rooms/${room}/messages`, { token, body })).body;
  };
  // The other server finds all of this at once.
  const { id } = await post('one');
  const texts = new Map<number, string>();
  const asking = (async () => {
    for (let rev = 1; rev < 3; ) {
      const path = `/chat/rooms/${room}/poll?after=1&rev=${rev}&wait=20`;
      const { results } = (await other.request('GET', path, { token })).body;
      for (const { seq, text } of results) texts.set(seq, text);
      rev = Math.max(rev, ...results.map((message: { readonly rev: number }) => message.rev));
    }
  })();
  await expect.poll(() => followersOf(other, room)).toBe(2);
  await one.request('PATCH', `/chat/messages/${id}`, { token, body: { text: 'uno' } });
  await post('two');
  await asking;
  expect([...texts]).toEqual([
    [1, 'uno'],
    [2, 'two'],
  ]);
});

function followersOf({ application }: TestServer, room: string): number {
  const rooms = Reflect.get(application.get(tokens.liveRooms), 'rooms') as ReadonlyMap<string, LiveRoom>;
  return [...(rooms.get(room)?.following() ?? [])].length;
}
