import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokens } from '../../src/composition/tokens.ts';
import { Hero } from '../../src/modules/roster/domain/hero.ts';
import { Membership } from '../../src/modules/roster/domain/membership.ts';
import { administrator } from '../support/administrator.ts';
import { STORAGES } from '../support/application.ts';
import { type TestServer, testServer } from '../support/client.ts';
import { UNKNOWN_ID } from '../support/endpoints.ts';
import { expectProblem } from '../support/problem.ts';
import { signedIn } from '../support/token-requests.ts';

describe.each(STORAGES)('the roster on %s', storage => {
  let server: TestServer;
  let root: string;
  let alice: { id: string; token: string };
  beforeAll(async () => {
    server = await testServer(storage);
    root = (await administrator(server)).token;
    alice = await server.signUp('alice');
  });
  afterAll(() => server.stop());

  const send = (
    method: string,
    path: string,
    body?: unknown,
    token: string | undefined = root,
    headers = {},
  ) => server.request(method, path, { ...(token && { token }), body, headers });
  const hero = async (content: object = {}) =>
    (await send('POST', '/heroes', { name: 'Deadpond', ...content })).body;
  const team = async (content: object = {}) =>
    (await send('POST', '/teams', { name: 'Preventers', ...content })).body;
  const member = (of: { id: string }, who: { id: string }) => `/teams/${of.id}/members/${who.id}`;

  describe('heroes', () => {
    it('are added, with everything or with a name alone', async () => {
      const content = { name: 'Deadpond', secret_name: 'Dive Wilson', age: 48, user_id: alice.id };
      const answer = await send('POST', '/heroes', content);
      expect(answer).toMatchObject({ status: 201, body: { ...content, teams: [] } });
      expect(answer.headers.get('location')).toBe(`/api/v1/heroes/${answer.body.id}`);
      expect((await send('GET', `/heroes/${answer.body.id}`)).body).toEqual(answer.body);
      expect(await hero({ name: 'Rusty-Man' })).toMatchObject({
        secret_name: null,
        age: null,
        user_id: null,
      });
    });

    it('are replaced: what is left out is reset', async () => {
      const { id } = await hero({ secret_name: 'Dive Wilson', age: 48, user_id: alice.id });
      const answer = await send('PUT', `/heroes/${id}`, { name: 'Other' });
      expect(answer.body).toMatchObject({ id, name: 'Other', secret_name: null, age: null, user_id: null });
      expect((await send('GET', `/heroes/${id}`)).body).toEqual(answer.body);
    });

    it('are patched: what is left out stays, and null takes away', async () => {
      const { id } = await hero({ secret_name: 'Dive Wilson', age: 48 });
      const answer = await send('PATCH', `/heroes/${id}`, { age: null, user_id: alice.id });
      expect(answer.body).toMatchObject({ secret_name: 'Dive Wilson', age: null, user_id: alice.id });
      expectProblem(await send('PATCH', `/heroes/${id}`, { name: null }), 422, 'request.invalid');
    });

    it('keep their secret names from whoever may not write', async () => {
      const { id } = await hero({ secret_name: 'Dive Wilson' });
      const shown = await send('GET', `/heroes/${id}`, undefined, alice.token);
      expect(shown.status).toBe(200);
      const list = await send('GET', '/heroes?per_page=100', undefined, alice.token);
      for (const { body } of [shown, list]) {
        expect(JSON.stringify(body)).not.toContain('Dive Wilson');
        expect(JSON.stringify(body)).not.toContain('secret_name');
      }
      const etag = (await send('GET', `/heroes/${id}`)).headers.get('etag');
      expect(shown.headers.get('etag')).not.toBe(etag);
    });

    it('are listed newest first, and those of one person', async () => {
      const { id: bob } = await server.signUp('bob');
      const [one, other] = [await hero({ user_id: bob }), await hero({ user_id: bob })];
      await hero();
      const { body } = await send('GET', `/heroes?user=${bob}`, undefined, alice.token);
      expect(body).toMatchObject({ total_count: 2 });
      expect(body.results.map(({ id }: { id: string }) => id)).toEqual([other.id, one.id]);
    });

    it.each([
      [{ name: '' }, '/name'],
      [{ name: 'a'.repeat(101) }, '/name'],
      [{ secret_name: '' }, '/secret_name'],
      [{ age: -1 }, '/age'],
      [{ age: 1.5 }, '/age'],
      [{ age: '48' }, '/age'],
      [{ user_id: 'alice' }, '/user_id'],
      [{ teams: [] }, '/teams'],
    ])('are not made of %j', async (change, pointer) => {
      const before = (await send('GET', '/heroes')).body.total_count;
      const answer = await send('POST', '/heroes', { name: 'Deadpond', ...change });
      expectProblem(answer, 422, 'request.invalid');
      expect(answer.body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
      expect((await send('GET', '/heroes')).body.total_count).toBe(before);
    });

    it('stand for nobody who has no account', async () => {
      const { id } = await hero();
      for (const [method, path] of [
        ['POST', '/heroes'],
        ['PUT', `/heroes/${id}`],
        ['PATCH', `/heroes/${id}`],
      ] as const) {
        const answer = await send(method, path, { name: 'Deadpond', user_id: UNKNOWN_ID });
        expectProblem(answer, 422, 'roster.unknown_person');
        expect(answer.body.errors).toMatchObject([{ pointer: '/user_id' }]);
      }
    });

    it('leave all their teams when they are deleted', async () => {
      const [who, one, other] = [await hero(), await team(), await team()];
      for (const of of [one, other]) await send('PUT', member(of, who), {});
      expect((await send('DELETE', `/heroes/${who.id}`)).status).toBe(204);
      expectProblem(await send('GET', `/heroes/${who.id}`), 404, 'roster.hero_not_found');
      for (const { id } of [one, other]) expect((await send('GET', `/teams/${id}`)).body.members).toEqual([]);
    });
  });

  describe('teams', () => {
    it('are made, replaced, patched and listed', async () => {
      const made = await team({ headquarters: 'Sharp Tower' });
      expect(made).toMatchObject({ name: 'Preventers', headquarters: 'Sharp Tower', members: [] });
      const path = `/teams/${made.id}`;
      expect((await send('PATCH', path, { name: 'Z-Force' })).body).toMatchObject({
        name: 'Z-Force',
        headquarters: 'Sharp Tower',
      });
      const replaced = await send('PUT', path, { name: 'X' });
      expect(replaced.body).toMatchObject({ name: 'X', headquarters: null });
      expect((await send('GET', path, undefined, alice.token)).body).toEqual(replaced.body);
      const { members, ...listed } = replaced.body;
      const list = await send('GET', '/teams?per_page=1', undefined, alice.token);
      expect(list.body.results).toEqual([listed]);
    });

    it('have heroes as members, each as often as they were put there: once', async () => {
      const [one, deadpond, spider] = [await team(), await hero(), await hero({ name: 'Spider-Boy' })];
      const put = await send('PUT', member(one, deadpond), { is_training: true });
      expect(put).toMatchObject({
        status: 200,
        body: { id: deadpond.id, name: 'Deadpond', is_training: true },
      });
      expect((await send('PUT', member(one, deadpond), { is_training: true })).body).toEqual(put.body);
      await send('PUT', member(one, spider), {});
      expect((await send('GET', `/teams/${one.id}`)).body.members).toEqual([
        { id: deadpond.id, name: 'Deadpond', is_training: true },
        { id: spider.id, name: 'Spider-Boy', is_training: false },
      ]);
      expect((await send('GET', `/heroes/${deadpond.id}`)).body.teams).toEqual([
        { id: one.id, name: 'Preventers', is_training: true },
      ]);
      expect((await send('PUT', member(one, deadpond), {})).body.is_training).toBe(false);
      for (let twice = 0; twice < 2; twice += 1)
        expect((await send('DELETE', member(one, deadpond))).status).toBe(204);
      expect((await send('GET', `/teams/${one.id}`)).body.members).toHaveLength(1);
    });

    it('get a member once from ten who put it there at once', async () => {
      const [one, who] = [await team(), await hero()];
      const answers = await Promise.all(Array.from({ length: 10 }, () => send('PUT', member(one, who), {})));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
      expect((await send('GET', `/teams/${one.id}`)).body.members).toHaveLength(1);
    });

    it('show another ETag when a member comes, and refuse a change that was decided before', async () => {
      const [one, who] = [await team(), await hero()];
      const etag = (await send('GET', `/teams/${one.id}`)).headers.get('etag') ?? '';
      await send('PUT', member(one, who), {});
      const change = await send('PATCH', `/teams/${one.id}`, { name: 'Late' }, root, { 'if-match': etag });
      expectProblem(change, 412, 'request.precondition_failed');
      expect((await send('GET', `/teams/${one.id}`)).headers.get('etag')).not.toBe(etag);
    });

    it('are 404 with all that is in them where there are none', async () => {
      const [one, who] = [await team(), await hero()];
      for (const method of ['PUT', 'DELETE']) {
        const body = method === 'PUT' ? {} : undefined;
        expectProblem(
          await send(method, member({ id: UNKNOWN_ID }, who), body),
          404,
          'roster.team_not_found',
        );
        expectProblem(
          await send(method, member(one, { id: UNKNOWN_ID }), body),
          404,
          'roster.hero_not_found',
        );
        expect((await send(method, member(one, { id: 'x' }), body)).status).toBe(404);
      }
      for (const path of [`/teams/${UNKNOWN_ID}`, '/teams/x']) {
        expect((await send('GET', path)).status).toBe(404);
        expect((await send('PATCH', path, {})).status).toBe(404);
        expect((await send('DELETE', path)).status).toBe(404);
      }
    });

    it('leave their members on the roster when they are dissolved', async () => {
      const [one, who] = [await team(), await hero()];
      await send('PUT', member(one, who), {});
      expect((await send('DELETE', `/teams/${one.id}`)).status).toBe(204);
      expect((await send('GET', `/heroes/${who.id}`)).body.teams).toEqual([]);
      expectProblem(await send('GET', `/teams/${one.id}`), 404, 'roster.team_not_found');
    });

    it('have 500 members at most, and heroes 100 teams', async () => {
      const [one, who] = [await team(), await hero()];
      const nobody = { secretName: null, age: null, userId: null };
      const { work } = server.application.get(tokens.rosterStorage);
      const ids = server.application.get(tokens.ids);
      await work.run(async ({ heroes, memberships }) => {
        for (let count = 0; count < 500; count += 1) {
          const extra = new Hero(ids.next(), { name: `Hero ${count}`, ...nobody }, new Date());
          await heroes.add(extra);
          await memberships.add(new Membership(one.id, extra.id, false, new Date()));
        }
      });
      expectProblem(await send('PUT', member(one, who), {}), 409, 'roster.team_full');
      for (let count = 0; count < 100; count += 1) await send('PUT', member(await team(), who), {});
      expectProblem(await send('PUT', member(await team(), who), {}), 409, 'roster.too_many_teams');
      expect((await send('GET', `/heroes/${who.id}`)).body.teams).toHaveLength(100);
    });
  });

  it('is read by everybody who is signed in, whatever their scopes, and by nobody else', async () => {
    const { access_token: narrow } = await signedIn(server, 'alice', { scope: 'todos' });
    const [one, who] = [await team(), await hero()];
    for (const path of ['/heroes', '/teams', `/heroes/${who.id}`, `/teams/${one.id}`]) {
      expect((await send('GET', path, undefined, narrow)).status).toBe(200);
      expectProblem(await server.request('GET', path, {}), 401, 'request.unauthenticated');
      expectProblem(await send('GET', path, undefined, 'nonsense'), 401, 'identity.invalid_token');
    }
  });

  it('is written by whoever may administer it alone', async () => {
    const [one, who] = [await team(), await hero()];
    for (const [method, path, body] of [
      ['POST', '/heroes', { name: 'Mine' }],
      ['PUT', `/heroes/${who.id}`, { name: 'Mine' }],
      ['PATCH', `/heroes/${who.id}`, { name: 'Mine' }],
      ['DELETE', `/heroes/${who.id}`, undefined],
      ['POST', '/teams', { name: 'Mine' }],
      ['PUT', `/teams/${one.id}`, { name: 'Mine' }],
      ['PATCH', `/teams/${one.id}`, { name: 'Mine' }],
      ['DELETE', `/teams/${one.id}`, undefined],
      ['PUT', member(one, who), {}],
      ['DELETE', member(one, who), undefined],
    ] as const) {
      const refused = await send(method, path, body, alice.token);
      expectProblem(refused, 403, 'access.insufficient_scope');
      expect(refused.headers.get('www-authenticate')).toContain('scope="roster:admin"');
      expectProblem(await server.request(method, path, { body }), 401, 'request.unauthenticated');
    }
    expect((await send('GET', `/heroes/${who.id}`)).body).toEqual(who);
    expect((await send('GET', `/teams/${one.id}`)).body).toEqual(one);
  });
});
