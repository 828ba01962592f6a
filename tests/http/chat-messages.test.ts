import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { STORAGES } from '../support/application.ts';
import { type TestServer, testServer } from '../support/client.ts';
import { UNKNOWN_ID } from '../support/endpoints.ts';
import { expectProblem } from '../support/problem.ts';
import { TestClock } from '../support/test-clock.ts';

interface Person {
  readonly id: string;
  readonly token: string;
}

describe.each(STORAGES)('messages over HTTP on %s', storage => {
  const clock = new TestClock();
  let server: TestServer;
  let alice: Person;
  let bob: Person;
  let eve: Person;
  beforeAll(async () => {
    server = await testServer(storage, {}, [override(tokens.clock, clock)]);
    alice = await server.signUp('alice');
    bob = await server.signUp('bob');
    eve = await server.signUp('eve');
  });
  afterAll(() => server.stop());

  const call = (method: string, path: string, by: Person, body?: unknown, headers = {}) =>
    server.request(method, path, { token: by.token, body, headers });
  const room = async (kind = 'private', ...others: Person[]): Promise<string> => {
    const { body } = await call('POST', '/chat/rooms', alice, { name: 'Garden', kind });
    for (const { id } of others) await call('PUT', `/chat/rooms/${body.id}/members/${id}`, alice);
    return body.id;
  };
  const post = (to: string, text: unknown, by = alice, client_id: unknown = crypto.randomUUID()) =>
    call('POST', `/chat/rooms/${to}/messages`, by, { text, client_id });
  const list = (of: string, query = '', by = alice) => call('GET', `/chat/rooms/${of}/messages${query}`, by);
  const texts = async (of: string, query = ''): Promise<string[]> =>
    (await list(of, query)).body.results.map(({ text }: { text: string }) => text);

  it('are sent, with all that they show, and read alike', async () => {
    const garden = await room();
    const answer = await post(garden, 'Hello');
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      id: expect.any(String),
      room: garden,
      seq: 1,
      rev: 1,
      author: { id: alice.id, name: 'alice' },
      text: 'Hello',
      sent_at: clock.now().toISOString(),
    });
    expect(answer.headers.get('location')).toBe(`/api/v1/chat/messages/${answer.body.id}`);
    const read = await call('GET', `/chat/messages/${answer.body.id}`, alice);
    expect(read.body).toEqual(answer.body);
    expect(read.headers.get('etag')).toEqual(expect.any(String));
    expect((await list(garden)).body).toEqual({ results: [answer.body] });
  });

  it('are answered alike when they are sent again', async () => {
    const garden = await room();
    const [one, other] = [await post(garden, 'a', alice, 'c1'), await post(garden, 'b', alice, 'c1')];
    expect([one.status, other.status]).toEqual([201, 201]);
    expect(other.body).toEqual(one.body);
    expect(await texts(garden)).toEqual(['a']);
  });

  it.each<[unknown, unknown, string, string]>([
    ['', 'c', '/text', 'min_length'],
    ['a'.repeat(4001), 'c', '/text', 'max_length'],
    ['a\0', 'c', '/text', 'characters'],
    [7, 'c', '/text', 'type'],
    [undefined, 'c', '/text', 'required'],
    ['a', undefined, '/client_id', 'required'],
    ['a', '', '/client_id', 'min_length'],
    ['a', 'c'.repeat(101), '/client_id', 'max_length'],
    ['a', 'c\0', '/client_id', 'characters'],
  ])('of the text %j and the client id %j are refused', async (text, client_id, pointer, code) => {
    const garden = await room();
    const answer = await call('POST', `/chat/rooms/${garden}/messages`, alice, { text, client_id });
    expectProblem(answer, 422, code === 'characters' ? 'text.characters' : 'request.invalid', [
      [pointer, code],
    ]);
    expect(await texts(garden)).toEqual([]);
  });

  it('come in parts', async () => {
    const garden = await room();
    for (const text of ['1', '2', '3', '4', '5']) await post(garden, text);
    expect(await texts(garden, '?limit=2')).toEqual(['4', '5']);
    expect(await texts(garden, '?before=4&limit=2')).toEqual(['2', '3']);
    expect(await texts(garden, '?after=1&limit=2')).toEqual(['2', '3']);
    expect(await texts(garden, '?after=1&before=3')).toEqual(['2']);
    expect(await texts(garden, '?after=5')).toEqual([]);
    for (const query of ['?limit=0', '?limit=201', '?after=-1', '?before=x', '?after=1e99', '?page=1'])
      expect((await list(garden, query)).status).toBe(422);
  });

  it('are for those who see the room', async () => {
    const secret = await room('private', bob);
    const open = await room('public');
    const { body: message } = await post(secret, 'a', bob);
    expect((await post(open, 'a', eve)).status).toBe(201);
    for (const answer of [
      await post(secret, 'a', eve),
      await list(secret, '', eve),
      await call('PUT', `/chat/rooms/${secret}/read`, eve, { seq: 1 }),
      await post(UNKNOWN_ID, 'a'),
    ])
      expectProblem(answer, 404, 'chat.room_not_found');
    const path = `/chat/messages/${message.id}`;
    for (const [method, body] of [['GET'], ['PATCH', { text: 'b' }], ['DELETE']] as const) {
      expectProblem(await call(method, path, eve, body), 404, 'chat.message_not_found');
      if (method !== 'GET') expectProblem(await call(method, path, alice, body), 403, 'chat.not_author');
    }
    expectProblem(await call('GET', `${path}/history`, eve), 404, 'chat.message_not_found');
    expect((await call('GET', path, alice)).body).toEqual(message);
  });

  it('are edited and deleted by their authors', async () => {
    const garden = await room();
    const { body: message } = await post(garden, 'one');
    const path = `/chat/messages/${message.id}`;
    clock.advance(1);
    const edited = await call('PATCH', path, alice, { text: 'two' });
    const now = clock.now().toISOString();
    expect(edited.status).toBe(200);
    expect(edited.body).toEqual({ ...message, text: 'two', rev: 2, edited_at: now });
    expect((await call('PATCH', path, alice, {})).body).toEqual(edited.body);
    const history = await call('GET', `${path}/history`, alice);
    expect(history.body.results).toEqual([{ text: 'one', replaced_at: now }]);
    expect((await call('DELETE', path, alice)).status).toBe(204);
    expect((await call('DELETE', path, alice)).status).toBe(204);
    const gone = { ...message, text: '', rev: 3, edited_at: now, deleted: true };
    expect((await call('GET', path, alice)).body).toEqual(gone);
    expect((await list(garden)).body.results).toEqual([gone]);
    expect((await call('GET', `${path}/history`, alice)).body.results).toEqual([]);
    expectProblem(await call('PATCH', path, alice, { text: 'three' }), 409, 'chat.message_deleted');
  });

  it('are not overwritten by who read an older one', async () => {
    const { body: message } = await post(await room(), 'one');
    const path = `/chat/messages/${message.id}`;
    const old = (await call('GET', path, alice)).headers.get('etag') ?? '';
    await call('PATCH', path, alice, { text: 'two' });
    for (const [method, body] of [['PATCH', { text: 'three' }], ['DELETE']] as const)
      expect((await call(method, path, alice, body, { 'if-match': old })).status).toBe(412);
    const etag = (await call('GET', path, alice)).headers.get('etag') ?? '';
    expect((await call('PATCH', path, alice, { text: 'three' }, { 'if-match': etag })).status).toBe(200);
  });

  it('stay as they are in an archived room', async () => {
    const garden = await room();
    const { body: message } = await post(garden, 'one');
    await call('PATCH', `/chat/rooms/${garden}`, alice, { archived: true });
    const path = `/chat/messages/${message.id}`;
    for (const answer of [
      await post(garden, 'two'),
      await call('PATCH', path, alice, { text: 'two' }),
      await call('DELETE', path, alice),
    ])
      expectProblem(answer, 409, 'chat.room_archived');
    expect(await texts(garden)).toEqual(['one']);
  });

  it('are found by their words', async () => {
    const garden = await room('private', bob);
    const { body: message } = await post(garden, 'Crème brûlée for everybody');
    const found = (query: string, by: Person) => call('GET', `/chat/messages?${query}`, by);
    expect((await found(`q=CREME+bru&room=${garden}`, bob)).body).toMatchObject({
      total_count: 1,
      results: [message],
    });
    expect((await found(`q=brulee&author=${alice.id}&cursor=`, bob)).body.results).toEqual([message]);
    expect((await found(`q=brulee&author=${bob.id}`, bob)).body.results).toEqual([]);
    expect((await found('q=brulee', eve)).body).toMatchObject({ total_count: 0, results: [] });
  });

  it('are read up to a mark', async () => {
    const garden = await room('private', bob);
    for (const text of ['1', '2', '3']) await post(garden, text);
    const read = (seq: unknown) => call('PUT', `/chat/rooms/${garden}/read`, bob, { seq });
    const mine = async () =>
      (await call('GET', '/chat/unread', bob)).body.results.find(
        (one: { room: string }) => one.room === garden,
      );
    expect(await mine()).toEqual({ room: garden, seq: 3, read: 0, unread: 3 });
    expect((await read(2)).body).toEqual({ seq: 2 });
    expect((await read(1)).body).toEqual({ seq: 2 });
    expect(await mine()).toEqual({ room: garden, seq: 3, read: 2, unread: 1 });
    for (const seq of [-1, 1.5, '1', null, 2 ** 31]) expect((await read(seq)).status).toBe(422);
  });

  it('take no Idempotency-Key, having one of their own', async () => {
    const garden = await room();
    const path = `/chat/rooms/${garden}/messages`;
    const headers = { 'idempotency-key': 'same' };
    await call('POST', path, alice, { text: 'a', client_id: '1' }, headers);
    await call('POST', path, alice, { text: 'b', client_id: '2' }, headers);
    expect(await texts(garden)).toEqual(['a', 'b']);
  });
});
