import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { MOST_ROOMS } from '../../src/modules/chat/domain/limits.ts';
import { administrator } from '../support/administrator.ts';
import { STORAGES } from '../support/application.ts';
import { addRooms } from '../support/chat.ts';
import { type TestServer, testServer } from '../support/client.ts';
import { UNKNOWN_ID } from '../support/endpoints.ts';
import { expectProblem } from '../support/problem.ts';
import { TestClock } from '../support/test-clock.ts';
import { signedIn } from '../support/token-requests.ts';

interface Person {
  readonly id: string;
  readonly token: string;
}

const GARDEN = { name: 'Garden', kind: 'public' };

describe.each(STORAGES)('rooms on %s', storage => {
  const clock = new TestClock();
  let server: TestServer;
  let root: Person;
  let alice: Person;
  let bob: Person;
  /** In Alice's team. */
  let carol: Person;
  /** Has nothing to do with any of it. */
  let eve: Person;
  let team: string;
  beforeAll(async () => {
    server = await testServer(storage, {}, [override(tokens.clock, clock)]);
    root = await administrator(server);
    alice = await server.signUp('alice');
    bob = await server.signUp('bob');
    carol = await server.signUp('carol');
    eve = await server.signUp('eve');
    team = await teamOf(alice, carol);
  });
  afterAll(() => server.stop());

  const send = (method: string, path: string, by: Person, body?: unknown, headers = {}) =>
    server.request(method, path, { token: by.token, body, headers });
  const teamOf = async (...people: Person[]): Promise<string> => {
    const { id } = (await send('POST', '/teams', root, { name: 'Preventers' })).body;
    for (const { id: user_id } of people) {
      const hero = (await send('POST', '/heroes', root, { name: 'Hero', user_id })).body;
      await send('PUT', `/teams/${id}/members/${hero.id}`, root, {});
    }
    return id;
  };
  const post = (body: unknown, by = alice, headers = {}) => send('POST', '/chat/rooms', by, body, headers);
  const create = async (content: object = {}, by = alice) => (await post({ ...GARDEN, ...content }, by)).body;
  const read = (id: string, by = alice) => send('GET', `/chat/rooms/${id}`, by);
  const patch = (id: string, body: unknown, by = alice, headers = {}) =>
    send('PATCH', `/chat/rooms/${id}`, by, body, headers);
  const put = (id: string, who: Person, by: Person) => send('PUT', `/chat/rooms/${id}/members/${who.id}`, by);
  const total = async (by = alice) => (await send('GET', '/chat/rooms', by)).body.total_count;
  const names = async (query: string, by: Person): Promise<string[]> =>
    (await send('GET', `/chat/rooms${query}`, by)).body.results.map(({ name }: { name: string }) => name);

  it.each(['public', 'private', 'team'])('of the kind %s are made, with all that they show', async kind => {
    const team_id = kind === 'team' ? team : null;
    const answer = await post({ name: 'Garden', kind, team_id });
    const now = clock.now().toISOString();
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      id: expect.any(String),
      name: 'Garden',
      kind,
      team_id,
      with: null,
      archived: false,
      seq: 0,
      rev: 0,
      created_by: alice.id,
      created_at: now,
      updated_at: now,
    });
    expect(answer.headers.get('location')).toBe(`/api/v1/chat/rooms/${answer.body.id}`);
    expect((await read(answer.body.id)).body).toEqual(answer.body);
  });

  it.each<[object, string, string]>([
    [{ name: '' }, '/name', 'min_length'],
    [{ name: 'a'.repeat(101) }, '/name', 'max_length'],
    [{ name: 7 }, '/name', 'type'],
    [{ name: 'a\0' }, '/name', 'characters'],
    [{ name: null }, '/name', 'field_missing'],
    [{ name: undefined, kind: 'private' }, '/name', 'field_missing'],
    [{ kind: undefined }, '/kind', 'required'],
    [{ kind: 'secret' }, '/kind', 'choice'],
    [{ kind: null }, '/kind', 'choice'],
    [{ team_id: 'mine' }, '/team_id', 'format'],
    [{ team_id: UNKNOWN_ID }, '/team_id', 'field_not_of_kind'],
    [{ kind: 'team' }, '/team_id', 'field_missing'],
    [{ kind: 'team', team_id: UNKNOWN_ID }, '/team_id', 'unknown_team'],
    [{ with: 'bob' }, '/with', 'format'],
    [{ with: UNKNOWN_ID }, '/with', 'field_not_of_kind'],
    [{ kind: 'direct', name: null }, '/with', 'field_missing'],
    [{ kind: 'direct', name: null, with: UNKNOWN_ID }, '/with', 'unknown_person'],
    [{ created_by: UNKNOWN_ID }, '/created_by', 'unknown_field'],
    [{ seq: 7 }, '/seq', 'unknown_field'],
    [{ archived: true }, '/archived', 'unknown_field'],
  ])('are not made of %j, which names %s and %s', async (content, pointer, code) => {
    const before = await total();
    const answer = await post({ ...GARDEN, ...content });
    expect(answer.status).toBe(422);
    const errors = answer.body.errors as { pointer: string; code: string }[];
    expect(errors.filter(error => error.pointer === pointer).map(error => error.code)).toContain(code);
    expect(await total()).toBe(before);
  });

  it('of a team are made by its people only', async () => {
    const content = { name: 'Ours', kind: 'team', team_id: team };
    expectProblem(await post(content, bob), 422, 'chat.unknown_team', [['/team_id', 'unknown_team']]);
  });

  it('between two people are made once, whoever asks and however the id is written', async () => {
    const first = await post({ kind: 'direct', with: bob.id });
    const shown = { name: null, kind: 'direct', created_by: alice.id, with: bob.id };
    expect(first).toMatchObject({ status: 201, body: shown });
    expect((await read(first.body.id, bob)).body).toEqual({ ...first.body, with: alice.id });
    const again = [
      await post({ kind: 'direct', with: bob.id }),
      await post({ kind: 'direct', with: alice.id }, bob),
      await post({ kind: 'direct', with: bob.id.toUpperCase() }),
    ];
    for (const [index, answer] of again.entries()) {
      const other = index === 1 ? alice.id : bob.id;
      expect(answer).toMatchObject({ status: 200, body: { ...first.body, with: other } });
      expect(answer.headers.has('location')).toBe(false);
    }
  });

  it('between two people have no name, and are with somebody else who is active', async () => {
    const direct = (content: object) => post({ kind: 'direct', ...content });
    expectProblem(await direct({ with: bob.id, name: 'Us' }), 422, 'chat.field_not_of_kind', [
      ['/name', 'field_not_of_kind'],
    ]);
    expectProblem(await direct({ with: alice.id }), 422, 'chat.with_oneself', [['/with', 'with_oneself']]);
    const gone = await server.signUp('gone');
    await send('PATCH', `/users/${gone.id}`, root, { is_active: false });
    expectProblem(await direct({ with: gone.id }), 422, 'chat.unknown_person', [['/with', 'unknown_person']]);
  });

  it('are made once for an Idempotency-Key', async () => {
    const headers = { 'idempotency-key': crypto.randomUUID() };
    const before = await total();
    const answers = [await post(GARDEN, alice, headers), await post(GARDEN, alice, headers)];
    expect(answers[1]?.body).toEqual(answers[0]?.body);
    expect(await total()).toBe(before + 1);
  });

  it('are no more than 1,000 of one person', async () => {
    const busy = await server.signUp('busy');
    await addRooms(server.application, busy.id, MOST_ROOMS - 1);
    const last = await post({ ...GARDEN, name: 'Last' }, busy);
    expect(last.status).toBe(201);
    expectProblem(await post(GARDEN, busy), 409, 'chat.too_many_rooms');
    expectProblem(await post({ kind: 'direct', with: bob.id }, busy), 409, 'chat.too_many_rooms');
    expect((await post({ kind: 'direct', with: busy.id }, bob)).status).toBe(201);
  });

  it('are renamed and archived by who made them', async () => {
    const { id } = await create();
    clock.advance(1);
    const renamed = await patch(id, { name: 'Kitchen' });
    const updated_at = clock.now().toISOString();
    expect(renamed).toMatchObject({ status: 200, body: { name: 'Kitchen', archived: false, updated_at } });
    expect((await patch(id, { archived: true })).body).toMatchObject({ name: 'Kitchen', archived: true });
    expect((await read(id, bob)).body).toMatchObject({ name: 'Kitchen', archived: true });
  });

  it.each<[unknown, string, string]>([
    [{ name: '' }, '/name', 'min_length'],
    [{ name: 'a'.repeat(101) }, '/name', 'max_length'],
    [{ name: null }, '/name', 'type'],
    [{ archived: 'yes' }, '/archived', 'type'],
    [{ kind: 'private' }, '/kind', 'unknown_field'],
    [{ seq: 1 }, '/seq', 'unknown_field'],
    [[], '', 'type'],
  ])('are not changed by %j, which names %j and %s', async (body, pointer, code) => {
    const made = await create();
    const answer = await patch(made.id, body);
    expectProblem(answer, 422, 'request.invalid', [[pointer, code]]);
    expect((await read(made.id)).body).toEqual(made);
  });

  it('are not changed while they are archived, but for taking them out of the archive', async () => {
    const { id } = await create();
    const archived = (await patch(id, { archived: true })).body;
    for (const body of [{ name: 'Other' }, { name: 'Other', archived: true }])
      expectProblem(await patch(id, body), 409, 'chat.room_archived');
    expect((await read(id)).body).toEqual(archived);
    expect((await patch(id, { archived: false })).body).toMatchObject({ name: 'Garden', archived: false });
    expect((await patch(id, { name: 'Other' })).status).toBe(200);
    await patch(id, { archived: true });
    expect((await patch(id, { archived: null })).body.archived).toBe(false);
  });

  it('are changed by nobody else who sees them', async () => {
    const made = await create();
    await put(made.id, bob, bob);
    for (const body of [{ name: 'Mine' }, { archived: true }, {}])
      expectProblem(await patch(made.id, body, bob), 403, 'chat.not_creator');
    expect((await read(made.id)).body).toEqual(made);
  });

  it('of two people get no name', async () => {
    const { id } = (await post({ kind: 'direct', with: carol.id })).body;
    expectProblem(await patch(id, { name: 'Us' }), 422, 'chat.field_not_of_kind', [
      ['/name', 'field_not_of_kind'],
    ]);
    expect((await read(id)).body.name).toBe(null);
  });

  it('obey If-Match', async () => {
    const { id } = await create();
    const etag = (await read(id)).headers.get('etag') ?? '';
    const change = (name: string) => patch(id, { name }, alice, { 'if-match': etag });
    expect((await change('First')).status).toBe(200);
    expectProblem(await change('Second'), 412, 'request.precondition_failed');
    expect((await read(id)).body.name).toBe('First');
  });

  it('are as if there were none for who may not see them', async () => {
    const rooms = [
      await create({ kind: 'private', name: 'Secret' }),
      await create({ kind: 'team', name: 'Secret', team_id: team }),
      (await post({ kind: 'direct', with: carol.id })).body,
    ];
    for (const { id } of rooms) {
      const before = (await read(id)).body;
      const etag = (await read(id)).headers.get('etag') ?? '';
      for (const [method, path, body] of [
        ['GET', `/chat/rooms/${id}`, undefined],
        ['PATCH', `/chat/rooms/${id}`, { name: 'Mine' }],
        ['PUT', `/chat/rooms/${id}/members/${eve.id}`, undefined],
        ['DELETE', `/chat/rooms/${id}/members/${alice.id}`, undefined],
      ] as const)
        for (const headers of [{}, { 'if-match': etag }])
          expectProblem(await send(method, path, eve, body, headers), 404, 'chat.room_not_found');
      expect((await read(id)).body).toEqual(before);
    }
    expect(await names('?per_page=100', eve)).not.toContain('Secret');
  });

  it('of a team are seen by its people, and no longer by who leaves it', async () => {
    const other = await teamOf(alice, bob);
    const { id } = await create({ kind: 'team', team_id: other });
    expect([(await read(id, bob)).status, (await read(id, carol)).status]).toEqual([200, 404]);
    const { members } = (await send('GET', `/teams/${other}`, root)).body;
    await send('DELETE', `/teams/${other}/members/${members[1].id}`, root);
    expect([(await read(id)).status, (await read(id, bob)).status]).toEqual([200, 404]);
  });

  describe('in lists', () => {
    let walt: Person;
    let wendy: Person;
    const mine = async (query: string) =>
      (await names(query, walt)).filter(name => name === null || name.startsWith('List'));
    beforeAll(async () => {
      walt = await server.signUp('walt');
      wendy = await server.signUp('wendy');
      const own = await teamOf(walt, wendy);
      for (const [content, by] of [
        [{ name: 'List 1', kind: 'public' }, wendy],
        [{ name: 'List 2', kind: 'private' }, walt],
        [{ name: 'List 3', kind: 'team', team_id: own }, wendy],
        [{ kind: 'direct', with: walt.id }, wendy],
        [{ name: 'List not to be seen', kind: 'private' }, wendy],
      ] as const) {
        clock.advance(1);
        await post(content, by);
      }
      const { id } = await create({ kind: 'private', name: 'List 5' }, wendy);
      await put(id, walt, wendy);
      await patch(id, { archived: true }, wendy);
    });

    it.each([
      ['?per_page=5', ['List 5', null, 'List 3', 'List 2', 'List 1']],
      ['?kind=private', ['List 5', 'List 2']],
      ['?kind=team', ['List 3']],
      ['?kind=direct', [null]],
      ['?kind=private&archived=false', ['List 2']],
      ['?kind=private&archived=true', ['List 5']],
      ['?kind=private&sort=created_at', ['List 2', 'List 5']],
      ['?kind=private&per_page=1&page=2', ['List 2']],
      ['?kind=private&page=9', []],
    ])('answer %s with %j', async (query, expected) => {
      expect(await mine(query)).toEqual(expected);
    });

    it('count what is seen, once each', async () => {
      const { body } = await send('GET', '/chat/rooms?kind=private&per_page=1', walt);
      expect(body).toMatchObject({ total_count: 2, page: 1, per_page: 1 });
    });

    it('go on at a cursor, to the end', async () => {
      const seen: string[] = [];
      for (let cursor: string | null = ''; cursor !== null; ) {
        const { body } = await send('GET', `/chat/rooms?kind=private&per_page=1&cursor=${cursor}`, walt);
        seen.push(...body.results.map(({ name }: { name: string }) => name));
        cursor = body.next_cursor;
      }
      expect(seen).toEqual(['List 5', 'List 2']);
    });

    it.each(['?unknown=1', '?kind=secret', '?archived=yes', '?sort=name', '?cursor=x', '?per_page=0'])(
      'refuse %s',
      async query => {
        expectProblem(await send('GET', `/chat/rooms${query}`, walt), 422, 'request.invalid');
      },
    );
  });

  it('want the scope "chat"', async () => {
    const { id } = await create();
    const { access_token: token } = await signedIn(server, 'alice', { scope: 'profile' });
    for (const [method, path, body] of [
      ['GET', '/chat/rooms', undefined],
      ['POST', '/chat/rooms', GARDEN],
      ['GET', `/chat/rooms/${id}`, undefined],
      ['PATCH', `/chat/rooms/${id}`, {}],
      ['PUT', `/chat/rooms/${id}/members/${alice.id}`, undefined],
      ['DELETE', `/chat/rooms/${id}/members/${alice.id}`, undefined],
    ] as const) {
      const refused = await server.request(method, path, { token, body });
      expectProblem(refused, 403, 'access.insufficient_scope');
      expect(refused.headers.get('www-authenticate')).toContain('scope="chat"');
      expectProblem(await server.request(method, path, { body }), 401, 'request.unauthenticated');
    }
  });
});
