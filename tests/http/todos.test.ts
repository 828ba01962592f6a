import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { STORAGES } from '../support/application.ts';
import { type TestServer, testServer } from '../support/client.ts';
import { expectProblem } from '../support/problem.ts';
import { TestClock } from '../support/test-clock.ts';

describe.each(STORAGES)('a to-do on %s', storage => {
  const clock = new TestClock();
  let server: TestServer;
  let token: string;
  beforeAll(async () => {
    server = await testServer(storage, {}, [override(tokens.clock, clock)]);
    ({ token } = await server.signUp('alice'));
  });
  afterAll(() => server.stop());

  const send = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    server.request(method, path, { token, body, headers });
  const add = async (body: object = { text: 'Water the plants' }) => {
    const answer = await send('POST', '/todos', body);
    clock.advance(1);
    return answer;
  };

  it('is added with 201, Location, ETag and all that it shows', async () => {
    const now = clock.now().toISOString();
    const answer = await add({ text: 'Water', completed: true });
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/),
      text: 'Water',
      completed: true,
      created_at: now,
      updated_at: now,
    });
    const location = answer.headers.get('location');
    expect(location).toBe(`/api/v1/todos/${answer.body.id}`);
    const found = await send('GET', `/${location}`);
    expect(found.body).toEqual(answer.body);
    expect(found.headers.get('etag')).toBe(answer.headers.get('etag'));
  });

  it('is open unless it says otherwise', async () => {
    expect((await add({ text: 'a' })).body.completed).toBe(false);
  });

  it('is found with a trailing slash and with its id in upper case', async () => {
    const { body } = await add();
    for (const path of [`/todos/${body.id}/`, `/todos/${body.id.toUpperCase()}`])
      expect(await send('GET', path)).toMatchObject({ status: 200, body });
  });

  it('is replaced by PUT, which resets what it leaves out', async () => {
    const { body: before } = await add({ text: 'Old', completed: true });
    const updatedAt = clock.now().toISOString();
    const answer = await send('PUT', `/todos/${before.id}`, { text: 'New' });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ ...before, text: 'New', completed: false, updated_at: updatedAt });
    expect((await send('GET', `/todos/${before.id}`)).body).toEqual(answer.body);
  });

  it.each([
    ['application/merge-patch+json', { completed: true }, { text: 'Old', completed: true }],
    ['application/json', { text: 'New' }, { text: 'New', completed: false }],
    [
      'application/merge-patch+json; charset=utf-8',
      { text: 'New', completed: true },
      { text: 'New', completed: true },
    ],
  ])('is changed in part by PATCH as %s %j', async (type, patch, expected) => {
    const { body: before } = await add({ text: 'Old' });
    const updatedAt = clock.now().toISOString();
    const answer = await send('PATCH', `/todos/${before.id}`, patch, { 'content-type': type });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ ...before, ...expected, updated_at: updatedAt });
    expect((await send('GET', `/todos/${before.id}`)).body).toEqual(answer.body);
  });

  it('has an optional field reset by null in a merge patch (RFC 7396), and refuses null for another', async () => {
    const { body: before } = await add({ text: 'Old', completed: true });
    expect((await send('PATCH', `/todos/${before.id}`, { completed: null })).body).toMatchObject({
      text: 'Old',
      completed: false,
    });
    expectProblem(await send('PATCH', `/todos/${before.id}`, { text: null }), 422, 'request.invalid', [
      ['/text', 'type'],
    ]);
    expect((await send('GET', `/todos/${before.id}`)).body.text).toBe('Old');
  });

  it.each([
    ['PATCH', {}],
    ['PATCH', { completed: true }],
    ['PUT', { text: 'Old', completed: true }],
  ])('keeps updated_at and its ETag when %s %j changes nothing', async (method, body) => {
    const before = await add({ text: 'Old', completed: true });
    const answer = await send(method, `/todos/${before.body.id}`, body);
    expect(answer).toMatchObject({ status: 200, body: before.body });
    expect(answer.headers.get('etag')).toBe(before.headers.get('etag'));
    expect((await send('GET', `/todos/${before.body.id}`)).body).toEqual(before.body);
  });

  it('is deleted with 204, and is 404 for every method from then on', async () => {
    const { body } = await add();
    const path = `/todos/${body.id}`;
    expect(await send('DELETE', path)).toMatchObject({ status: 204, body: undefined });
    for (const [method, change] of [
      ['GET', undefined],
      ['PUT', { text: 'a' }],
      ['PATCH', {}],
      ['DELETE', undefined],
    ] as const)
      expectProblem(await send(method, path, change), 404, 'todos.not_found');
  });

  it('is deleted once by ten who do it at once', async () => {
    const { body } = await add();
    const answers = await Promise.all(Array.from({ length: 10 }, () => send('DELETE', `/todos/${body.id}`)));
    expect(answers.map(({ status }) => status).sort()).toEqual([204, ...Array(9).fill(404)]);
  });

  it('keeps the changes of all who change different fields at once', async () => {
    const { body } = await add({ text: 'Old' });
    const path = `/todos/${body.id}`;
    const [a, b] = await Promise.all([
      send('PATCH', path, { text: 'New' }),
      send('PATCH', path, { completed: true }),
    ]);
    expect([a.status, b.status]).toEqual([200, 200]);
    expect((await send('GET', path)).body).toMatchObject({ text: 'New', completed: true });
  });
});
