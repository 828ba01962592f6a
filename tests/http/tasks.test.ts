import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { administrator } from '../support/administrator.ts';
import { STORAGES } from '../support/application.ts';
import { type TestServer, testServer } from '../support/client.ts';
import { UNKNOWN_ID } from '../support/endpoints.ts';
import { expectProblem } from '../support/problem.ts';
import { TestClock } from '../support/test-clock.ts';
import { signedIn } from '../support/token-requests.ts';

interface Person {
  readonly id: string;
  readonly token: string;
}

const DUE = '2030-01-31T12:00:00.000Z';

describe.each(STORAGES)('tasks on %s', storage => {
  const clock = new TestClock();
  let server: TestServer;
  let root: string;
  let alice: Person;
  let bob: Person;
  /** In the team, by a hero. */
  let carol: Person;
  /** Has nothing to do with any of it. */
  let eve: Person;
  let team: string;
  beforeAll(async () => {
    server = await testServer(storage, {}, [override(tokens.clock, clock)]);
    root = (await administrator(server)).token;
    alice = await server.signUp('alice');
    bob = await server.signUp('bob');
    carol = await server.signUp('carol');
    eve = await server.signUp('eve');
    team = await teamOf(carol);
  });
  afterAll(() => server.stop());

  const send = (method: string, path: string, by: Person, body?: unknown, headers = {}) =>
    server.request(method, path, { token: by.token, body, headers });
  const teamOf = async (...people: Person[]): Promise<string> => {
    const asRoot = { token: root, id: '' };
    const { id } = (await send('POST', '/teams', asRoot, { name: 'Preventers' })).body;
    for (const { id: user_id } of people) {
      const hero = (await send('POST', '/heroes', asRoot, { name: 'Hero', user_id })).body;
      await send('PUT', `/teams/${id}/members/${hero.id}`, asRoot, {});
    }
    return id;
  };
  const create = async (content: object = {}, by = alice) =>
    (await send('POST', '/tasks', by, { title: 'Water the plants', ...content })).body;
  const read = (id: string, by = alice) => send('GET', `/tasks/${id}`, by);
  const history = async (id: string, by = alice) =>
    (await send('GET', `/tasks/${id}/history`, by)).body.results;
  const titles = async (query: string, by = alice): Promise<string[]> =>
    (await send('GET', `/tasks${query}`, by)).body.results.map(({ title }: { title: string }) => title);

  it('are made with a title alone, or with everything', async () => {
    expect(await create()).toMatchObject({
      title: 'Water the plants',
      description: null,
      due_date: null,
      completed: false,
      author_id: alice.id,
      assignee_id: null,
      team_id: null,
    });
    const content = {
      description: 'All',
      due_date: DUE,
      completed: true,
      assignee_id: bob.id,
      team_id: team,
    };
    const answer = await send('POST', '/tasks', alice, { title: 'Whole', ...content });
    expect(answer).toMatchObject({ status: 201, body: { title: 'Whole', ...content } });
    expect(answer.headers.get('location')).toBe(`/api/v1/tasks/${answer.body.id}`);
    expect((await read(answer.body.id)).body).toEqual(answer.body);
  });

  it.each([
    [{ title: 'ab' }, '/title', 'min_length'],
    [{ title: 'a'.repeat(51) }, '/title', 'max_length'],
    [{ title: '   ' }, '/title', 'title_blank'],
    [{ title: 7 }, '/title', 'type'],
    [{ description: 'a'.repeat(501) }, '/description', 'max_length'],
    [{ due_date: 'tomorrow' }, '/due_date', 'format'],
    [{ due_date: '2026-11-23T11:59:59.999Z' }, '/due_date', 'due_in_the_past'],
    [{ completed: 'yes' }, '/completed', 'type'],
    [{ assignee_id: 'bob' }, '/assignee_id', 'format'],
    [{ assignee_id: UNKNOWN_ID }, '/assignee_id', 'unknown_assignee'],
    [{ team_id: UNKNOWN_ID }, '/team_id', 'unknown_team'],
    [{ author_id: UNKNOWN_ID }, '/author_id', 'unknown_field'],
  ])('are not made of %j, which names %s and %s', async (content, pointer, code) => {
    const before = (await send('GET', '/tasks', alice)).body.total_count;
    const answer = await send('POST', '/tasks', alice, { title: 'Water the plants', ...content });
    expect(answer.status).toBe(422);
    const errors = answer.body.errors as { pointer: string; code: string }[];
    expect(errors.filter(error => error.pointer === pointer).map(error => error.code)).toContain(code);
    expect((await send('GET', '/tasks', alice)).body.total_count).toBe(before);
  });

  it('are replaced: what is left out is reset', async () => {
    const { id } = await create({ description: 'All', due_date: DUE, completed: true, assignee_id: bob.id });
    const answer = await send('PUT', `/tasks/${id}`, alice, { title: 'Other' });
    expect(answer.body).toMatchObject({
      title: 'Other',
      description: null,
      due_date: null,
      completed: false,
      assignee_id: null,
    });
    expect((await read(id)).body).toEqual(answer.body);
  });

  it('are patched: what is left out stays, and null takes away', async () => {
    const { id } = await create({ description: 'All', due_date: DUE });
    const answer = await send('PATCH', `/tasks/${id}`, alice, { due_date: null, completed: true });
    expect(answer.body).toMatchObject({ description: 'All', due_date: null, completed: true });
    for (const body of [{ title: null }, { title: ['a'] }, [], { description: { text: 'a' } }])
      expect((await send('PATCH', `/tasks/${id}`, alice, body)).status).toBe(422);
    expect((await read(id)).body).toEqual(answer.body);
  });

  it('obey If-Match', async () => {
    const { id } = await create();
    const etag = (await read(id)).headers.get('etag') ?? '';
    const patch = (title: string) => send('PATCH', `/tasks/${id}`, alice, { title }, { 'if-match': etag });
    expect((await patch('First')).status).toBe(200);
    expectProblem(await patch('Second'), 412, 'request.precondition_failed');
    const late = await send('DELETE', `/tasks/${id}`, alice, undefined, { 'if-match': etag });
    expectProblem(late, 412, 'request.precondition_failed');
    expect((await read(id)).body.title).toBe('First');
  });

  it('are seen by their author, their assignee and the people of their team', async () => {
    const { id } = await create({ assignee_id: bob.id, team_id: team });
    for (const who of [alice, bob, carol]) {
      expect((await read(id, who)).status).toBe(200);
      expect(await history(id, who)).toHaveLength(1);
    }
  });

  it('are as if there were none for everybody else', async () => {
    const { id } = await create({ title: 'Secret', assignee_id: bob.id, team_id: team });
    const before = (await read(id)).body;
    const etag = (await read(id)).headers.get('etag') ?? '';
    for (const [method, path, body] of [
      ['GET', `/tasks/${id}`, undefined],
      ['PUT', `/tasks/${id}`, { title: 'Mine' }],
      ['PATCH', `/tasks/${id}`, { completed: true }],
      ['DELETE', `/tasks/${id}`, undefined],
      ['GET', `/tasks/${id}/history`, undefined],
    ] as const)
      for (const headers of [{}, { 'if-match': etag }, { 'if-match': '*' }])
        expectProblem(await send(method, path, eve, body, headers), 404, 'tasks.not_found');
    expect((await send('GET', '/tasks', eve)).body).toMatchObject({ total_count: 0, results: [] });
    expect(await titles('?q=secret', eve)).toEqual([]);
    expect((await read(id)).body).toEqual(before);
  });

  it('can be completed by their assignee, and nothing else', async () => {
    const { id } = await create({ assignee_id: bob.id });
    const done = await send('PATCH', `/tasks/${id}`, bob, { completed: true });
    expect(done).toMatchObject({ status: 200, body: { completed: true } });
    expect((await send('PATCH', `/tasks/${id}`, bob, { completed: false })).status).toBe(200);
    for (const body of [{ title: 'Other' }, { completed: true, due_date: DUE }, { assignee_id: null }])
      expectProblem(await send('PATCH', `/tasks/${id}`, bob, body), 403, 'tasks.not_author');
    expectProblem(await send('PUT', `/tasks/${id}`, bob, { title: 'Mine' }), 403, 'tasks.not_author');
    expectProblem(await send('DELETE', `/tasks/${id}`, bob), 403, 'tasks.not_author');
    expect((await read(id)).body).toMatchObject({ title: 'Water the plants', completed: false });
  });

  it('are only read by the rest of the team', async () => {
    const { id } = await create({ team_id: team });
    for (const [method, body] of [
      ['PATCH', { completed: true }],
      ['PUT', { title: 'Mine' }],
      ['DELETE', undefined],
    ] as const)
      expectProblem(await send(method, `/tasks/${id}`, carol, body), 403, 'tasks.not_author');
    expect((await read(id)).body.completed).toBe(false);
  });

  it('are hidden from whoever leaves the team, and from all where the team is dissolved', async () => {
    const other = await teamOf(carol, eve);
    const { id } = await create({ team_id: other });
    const asRoot = { token: root, id: '' };
    expect((await read(id, eve)).status).toBe(200);
    const members = (await send('GET', `/teams/${other}`, asRoot)).body.members as { id: string }[];
    const [, eves] = members;
    await send('DELETE', `/teams/${other}/members/${eves?.id}`, asRoot);
    expect([(await read(id, carol)).status, (await read(id, eve)).status]).toEqual([200, 404]);
    await send('DELETE', `/teams/${other}`, asRoot);
    expect([(await read(id)).status, (await read(id, carol)).status]).toEqual([200, 404]);
  });

  it('are deleted with their history', async () => {
    const { id } = await create();
    expect((await send('DELETE', `/tasks/${id}`, alice)).status).toBe(204);
    for (const path of [`/tasks/${id}`, `/tasks/${id}/history`])
      expectProblem(await send('GET', path, alice), 404, 'tasks.not_found');
  });

  describe('have a history', () => {
    it('that begins with their creation and has an entry for each field that changed', async () => {
      const { id } = await create({ assignee_id: bob.id });
      clock.advance(1);
      await send('PATCH', `/tasks/${id}`, alice, { title: 'Other', due_date: DUE, description: null });
      clock.advance(1);
      await send('PATCH', `/tasks/${id}`, bob, { completed: true });
      const entries = await history(id);
      expect(entries.map(({ id: _, at, ...entry }: { id: string; at: string }) => entry)).toEqual([
        { user_id: bob.id, field: 'completed', before: false, after: true },
        { user_id: alice.id, field: 'due_date', before: null, after: DUE },
        { user_id: alice.id, field: 'title', before: 'Water the plants', after: 'Other' },
        { user_id: alice.id, field: 'created', before: null, after: null },
      ]);
      expect(entries[0].at).toBe(clock.now().toISOString());
      expect((await read(id)).body.updated_at).toBe(entries[0].at);
    });

    it('in which what changed nothing leaves no trace, and neither what was refused', async () => {
      const { id } = await create({ assignee_id: bob.id });
      await send('PATCH', `/tasks/${id}`, alice, { title: 'Water the plants', completed: false });
      await send('PATCH', `/tasks/${id}`, alice, {});
      await send('PATCH', `/tasks/${id}`, bob, { title: 'Mine', completed: true });
      await send('PATCH', `/tasks/${id}`, alice, { title: 'Other' }, { 'if-match': '"old"' });
      expect(await history(id)).toHaveLength(1);
    });

    it('of every change of twenty at once, none lost', async () => {
      const { id } = await create();
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          send('PATCH', `/tasks/${id}`, alice, { title: `Title ${index}` }),
        ),
      );
      expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
      const entries = (await send('GET', `/tasks/${id}/history?per_page=100`, alice)).body.results;
      expect(entries).toHaveLength(21);
      const after = new Set(entries.map((entry: { after: string }) => entry.after));
      expect(after.size).toBe(21);
    });

    it('that is paged by a cursor', async () => {
      const { id } = await create();
      await send('PATCH', `/tasks/${id}`, alice, { title: 'Other', completed: true });
      const first = (await send('GET', `/tasks/${id}/history?cursor=&per_page=2`, alice)).body;
      expect(first.results).toHaveLength(2);
      const rest = await send('GET', `/tasks/${id}/history?cursor=${first.next_cursor}&per_page=2`, alice);
      expect(rest.body).toMatchObject({ next_cursor: null, results: [{ field: 'created' }] });
    });

    it('that no endpoint changes', async () => {
      const { id } = await create();
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
        expectProblem(
          await send(method, `/tasks/${id}/history`, alice, {}),
          405,
          'request.method_not_allowed',
        );
    });
  });

  describe('in lists', () => {
    let walt: Person;
    let wendy: Person;
    beforeAll(async () => {
      walt = await server.signUp('walt');
      wendy = await server.signUp('wendy');
      const own = await teamOf(walt);
      for (const [title, content, by] of [
        ['First', { due_date: DUE }, walt],
        ['Second', { assignee_id: walt.id, description: 'Crème brûlée' }, wendy],
        ['Third', { team_id: own, completed: true }, wendy],
        ['Fourth', { assignee_id: walt.id, team_id: own, due_date: '2029-01-01T00:00:00.000Z' }, walt],
        ['Not to be seen', {}, wendy],
      ] as const) {
        clock.advance(1);
        await create({ title, ...content }, by);
      }
    });

    it.each([
      ['', ['Fourth', 'Third', 'Second', 'First']],
      ['?sort=created_at', ['First', 'Second', 'Third', 'Fourth']],
      ['?completed=true', ['Third']],
      ['?completed=false', ['Fourth', 'Second', 'First']],
      [`?due_before=${DUE}`, ['Fourth']],
      ['?due_before=2031-01-01T00:00:00.000Z', ['Fourth', 'First']],
      ['?q=creme', ['Second']],
      ['?q=see', []],
      ['?per_page=2&page=2', ['Second', 'First']],
      ['?per_page=3&page=2', ['First']],
      ['?page=9', []],
    ])('answer %s with %j', async (query, expected) => {
      expect(await titles(query, walt)).toEqual(expected);
    });

    it('keep those of one assignee', async () => {
      expect(await titles(`?assignee=${walt.id}`, walt)).toEqual(['Fourth', 'Second']);
      expect(await titles(`?assignee=${walt.id}`, eve)).toEqual([]);
    });

    it('count what is seen, once each', async () => {
      const { body } = await send('GET', '/tasks?per_page=1', walt);
      expect(body).toMatchObject({ total_count: 4, page: 1, per_page: 1 });
    });

    it('go on at a cursor, to the end', async () => {
      const seen: string[] = [];
      for (let cursor: string | null = ''; cursor !== null; ) {
        const { body } = await send('GET', `/tasks?per_page=3&cursor=${cursor}`, walt);
        seen.push(...body.results.map(({ title }: { title: string }) => title));
        cursor = body.next_cursor;
      }
      expect(seen).toEqual(['Fourth', 'Third', 'Second', 'First']);
    });

    it.each([
      '?unknown=1',
      '?completed=yes',
      '?assignee=walt',
      '?due_before=soon',
      '?sort=title',
      '?cursor=x',
    ])('refuse %s', async query => {
      expectProblem(await send('GET', `/tasks${query}`, walt), 422, 'request.invalid');
    });
  });

  it('want the scope "tasks"', async () => {
    const { id } = await create();
    const { access_token: token } = await signedIn(server, 'alice', { scope: 'profile' });
    for (const [method, path, body] of [
      ['GET', '/tasks', undefined],
      ['POST', '/tasks', { title: 'Title' }],
      ['GET', `/tasks/${id}`, undefined],
      ['PUT', `/tasks/${id}`, { title: 'Title' }],
      ['PATCH', `/tasks/${id}`, {}],
      ['DELETE', `/tasks/${id}`, undefined],
      ['GET', `/tasks/${id}/history`, undefined],
    ] as const) {
      const refused = await server.request(method, path, { token, body });
      expectProblem(refused, 403, 'access.insufficient_scope');
      expect(refused.headers.get('www-authenticate')).toContain('scope="tasks"');
      expectProblem(await server.request(method, path, { body }), 401, 'request.unauthenticated');
    }
  });
});
