import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STORAGES } from '../support/application.ts';
import { type TestServer, testServer } from '../support/client.ts';
import { expectProblem } from '../support/problem.ts';

const STRONG_ETAG = /^"[^"]+"$/;

const RESOURCES = [
  ['posts', { title: 'Old', content: 'Text' }, { title: 'New', content: 'Text' }, { title: 'New' }],
  ['todos', { text: 'Old' }, { text: 'New' }, { text: 'New' }],
] as const;

describe.each(STORAGES)('conditional requests on %s', storage => {
  let server: TestServer;
  let token: string;
  beforeAll(async () => {
    server = await testServer(storage);
    ({ token } = await server.signUp('alice'));
  });
  afterAll(() => server.stop());

  const send = (method: string, path: string, headers: Record<string, string> = {}, body?: unknown) =>
    server.request(method, path, { token, headers, body });
  const etagAt = async (path: string) => (await send('GET', path)).headers.get('etag') ?? '';
  const create = async (list: string, body: unknown) => {
    const answer = await send('POST', `/${list}`, {}, body);
    return { path: `/${list}/${answer.body.id}`, etag: answer.headers.get('etag') ?? '', body: answer.body };
  };

  describe.each(RESOURCES)('/%s', (list, content, replacement, patch) => {
    it('carries a strong ETag that changes with what is shown and only then', async () => {
      const { path, etag } = await create(list, content);
      expect(etag).toMatch(STRONG_ETAG);
      expect(await etagAt(path)).toBe(etag);
      const changed = await send('PATCH', path, {}, patch);
      expect(changed.headers.get('etag')).toMatch(STRONG_ETAG);
      expect(changed.headers.get('etag')).not.toBe(etag);
      expect(await etagAt(path)).toBe(changed.headers.get('etag'));
    });

    it('answers 304 without a body when If-None-Match names it', async () => {
      const { path, etag } = await create(list, content);
      const full = await send('GET', path);
      for (const ifNoneMatch of [etag, `W/${etag}`, `"a", ${etag}`, `"a",W/${etag} , "b"`, '*']) {
        const answer = await send('GET', path, { 'if-none-match': ifNoneMatch });
        expect(answer).toMatchObject({ status: 304, body: undefined });
        expect(answer.headers.has('content-type')).toBe(false);
        for (const name of ['etag', 'cache-control', 'vary'])
          expect(answer.headers.get(name)).toBe(full.headers.get(name));
        expect((await send('HEAD', path, { 'if-none-match': ifNoneMatch })).status).toBe(304);
      }
    });

    it('answers 200 when If-None-Match names something else', async () => {
      const { path, etag, body } = await create(list, content);
      for (const ifNoneMatch of [
        '"a"',
        '"a", "b"',
        etag.slice(1, -1),
        etag.toLowerCase().replace('"', '"x'),
        'W/"a"',
      ])
        expect(await send('GET', path, { 'if-none-match': ifNoneMatch })).toMatchObject({
          status: 200,
          body,
        });
      await send('PATCH', path, {}, patch);
      expect((await send('GET', path, { 'if-none-match': etag })).status).toBe(200);
    });

    it.each([
      ['PUT', replacement, 200],
      ['PATCH', patch, 200],
      ['DELETE', undefined, 204],
    ] as const)('%s goes through when If-Match names it', async (method, body, status) => {
      for (const match of [
        (etag: string) => etag,
        (etag: string) => `W/${etag}`,
        (etag: string) => `"a", ${etag}`,
        () => '*',
      ]) {
        const { path, etag } = await create(list, content);
        expect((await send(method, path, { 'if-match': match(etag) }, body)).status).toBe(status);
      }
    });

    it.each([
      ['PUT', replacement],
      ['PATCH', patch],
      ['DELETE', undefined],
    ])('%s answers 412 when If-Match names something else, and changes nothing', async (method, body) => {
      const { path, etag, body: before } = await create(list, content);
      for (const ifMatch of ['"a"', 'W/"a"', '"a", "b"', etag.slice(1, -1)])
        expectProblem(
          await send(method, path, { 'if-match': ifMatch }, body),
          412,
          'request.precondition_failed',
        );
      expect((await send('GET', path)).body).toEqual(before);
    });

    it('answers 412 to a change that was decided on an earlier state', async () => {
      const { path, etag } = await create(list, content);
      const { body: changed } = await send('PATCH', path, { 'if-match': etag }, patch);
      for (const method of ['PATCH', 'DELETE'])
        expectProblem(
          await send(method, path, { 'if-match': etag }, patch),
          412,
          'request.precondition_failed',
        );
      expect((await send('GET', path)).body).toEqual(changed);
    });

    it('answers 404, not 412, when there is nothing to match', async () => {
      const { path, etag } = await create(list, content);
      await send('DELETE', path);
      for (const ifMatch of [etag, '*'])
        expectProblem(await send('PATCH', path, { 'if-match': ifMatch }, patch), 404, `${list}.not_found`);
    });

    it('lets exactly one of twenty changes at once through that name the same state', async () => {
      const { path, etag } = await create(list, content);
      const field = list === 'posts' ? 'title' : 'text';
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          send('PATCH', path, { 'if-match': etag }, { [field]: `by ${i}` }),
        ),
      );
      const [winner, ...more] = answers.filter(({ status }) => status === 200);
      expect(more).toEqual([]);
      for (const answer of answers) if (answer !== winner) expect(answer.status).toBe(412);
      expect((await send('GET', path)).body).toEqual(winner?.body);
      expect(await etagAt(path)).toBe(winner?.headers.get('etag'));
    });

    it('lets all of twenty changes at once through that name none', async () => {
      const { path } = await create(list, content);
      const field = list === 'posts' ? 'title' : 'text';
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, i) => send('PATCH', path, {}, { [field]: `by ${i}` })),
      );
      expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    });

    it('lets exactly one of ten deletions at once through that name the same state', async () => {
      const { path, etag } = await create(list, content);
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => send('DELETE', path, { 'if-match': etag })),
      );
      expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
      for (const { status } of answers) expect([204, 404, 412]).toContain(status);
    });
  });

  it('answers 304 for a list of posts until one is added, changed or removed', async () => {
    const list = '/posts?per_page=5';
    let etag = await etagAt(list);
    expect(etag).toMatch(STRONG_ETAG);
    const { path } = await create('posts', RESOURCES[0][1]);
    const changes = [
      () => create('posts', RESOURCES[0][1]),
      () => send('PATCH', path, {}, { title: 'New' }),
      () => send('DELETE', path),
    ];
    for (const change of changes) {
      await change();
      expect((await send('GET', list, { 'if-none-match': etag })).status).toBe(200);
      etag = await etagAt(list);
      expect(await send('GET', list, { 'if-none-match': etag })).toMatchObject({
        status: 304,
        body: undefined,
      });
    }
    expect((await send('GET', `${list}&page=2`, { 'if-none-match': etag })).status).toBe(200);
  });

  it('answers 304 for the own account', async () => {
    const etag = await etagAt('/users/me');
    expect(etag).toMatch(STRONG_ETAG);
    expect((await send('GET', '/users/me', { 'if-none-match': etag })).status).toBe(304);
  });

  it("gives nobody's ETag away to others", async () => {
    const { path, etag } = await create('todos', { text: 'secret' });
    const { token: bob } = await server.signUp('bob');
    for (const ifNoneMatch of [etag, '*']) {
      const headers = { 'if-none-match': ifNoneMatch };
      expectProblem(await server.request('GET', path, { token: bob, headers }), 404, 'todos.not_found');
    }
  });
});
