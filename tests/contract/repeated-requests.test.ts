import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { RepeatedRequests } from '../../src/platform/http/repeated-requests.ts';
import type { AnswerWork } from '../../src/platform/idempotency/stored-answers.ts';
import { freshStorage, STORAGES } from '../support/application.ts';
import { type Answer, PASSWORD, type TestServer, testServer } from '../support/client.ts';
import { expectProblem } from '../support/problem.ts';
import { TestClock } from '../support/test-clock.ts';

const DAY = 86_400;

describe.each(STORAGES)('a request with an Idempotency-Key on %s', storage => {
  let server: TestServer;
  let clock: TestClock;
  let alice: string;

  beforeEach(async () => {
    clock = new TestClock();
    server = await testServer(storage, { accessTokenTtl: 30 * DAY, sessionIdleTtl: 30 * DAY }, [
      override(tokens.clock, clock),
    ]);
    ({ token: alice } = await server.signUp('alice'));
  });
  afterEach(() => server.stop());

  const send = (path: string, body: unknown, key = 'key', token = alice) =>
    server.request('POST', path, { token, body, headers: { 'idempotency-key': key } });
  const addTodo = (text: string, key?: string, token?: string) => send('/todos', { text }, key, token);
  const todos = async (token = alice) => (await server.request('GET', '/todos', { token })).body.total_count;

  const sameAnswer = (again: Answer, first: Answer) => {
    expect(again.status).toBe(first.status);
    expect(again.body).toEqual(first.body);
    for (const name of ['location', 'etag', 'cache-control', 'content-type'])
      expect(again.headers.get(name)).toBe(first.headers.get(name));
  };

  it('gets the same answer when it comes again, and has its effect once', async () => {
    const first = await addTodo('Once');
    expect(first.status).toBe(201);
    expect(first.headers.has('idempotency-replayed')).toBe(false);
    const again = await addTodo('Once');
    sameAnswer(again, first);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(await todos()).toBe(1);
  });

  it('is the same request however its JSON is spaced', async () => {
    const first = await addTodo('Once');
    sameAnswer(await send('/todos', '{  "text":\n"Once" }'), first);
    expect(await todos()).toBe(1);
  });

  it('gets the answer of then, whatever has become of what it made', async () => {
    const first = await addTodo('Once');
    await server.request('DELETE', `/todos/${first.body.id}`, { token: alice });
    sameAnswer(await addTodo('Once'), first);
    expect(await todos()).toBe(0);
  });

  it('reads what it has just written into its answer', async () => {
    const first = await send('/posts', { title: 'Hello', content: 'World' });
    expect(first.body).toMatchObject({ title: 'Hello', user_name: 'alice' });
    sameAnswer(await send('/posts', { title: 'Hello', content: 'World' }), first);
    expect((await server.request('GET', '/posts')).body.total_count).toBe(1);
  });

  it('is refused with another body, and changes nothing', async () => {
    await addTodo('Once');
    expectProblem(await addTodo('Twice'), 422, 'request.key_reused');
    expect(await todos()).toBe(1);
  });

  it("does not meet another key, another path, or another person's", async () => {
    const { token: bob } = await server.signUp('bob');
    const body = { text: 'Once', title: 'Once' };
    const answers = [
      await addTodo('Once'),
      await addTodo('Once', 'other'),
      await addTodo('Once', 'key', bob),
      await send('/tasks', { title: body.title }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    expect(new Set(answers.map(answer => answer.body.id)).size).toBe(4);
  });

  it('leaves nothing behind when it is refused, so that it can be sent again, put right', async () => {
    expect((await addTodo('')).status).toBe(422);
    const unknown = '019ab0f4-7c1e-7d3a-8a51-0e6f3c9d2b47';
    expect((await send('/tasks', { title: 'Title', team_id: unknown })).status).toBe(422);
    expect((await send('/tasks', { title: 'Title' })).status).toBe(201);
    expect((await addTodo('Once')).status).toBe(201);
  });

  it('has its effect once when it comes twenty times at once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => addTodo('Once')));
    const [first, ...others] = answers.filter(({ headers }) => !headers.has('idempotency-replayed'));
    expect(others).toEqual([]);
    for (const answer of answers) sameAnswer(answer, first as Answer);
    expect(await todos()).toBe(1);
  });

  it('does not get its answer again where it may not be sent any more', async () => {
    await addTodo('Once');
    const form = { grant_type: 'password', username: 'alice', password: PASSWORD, scope: 'profile' };
    const narrow = (await server.request('POST', '/auth/token', { form })).body.access_token;
    expectProblem(await addTodo('Once', 'key', narrow), 403, 'access.insufficient_scope');
  });

  it('is done anew after a day, and its first answer is removed then', async () => {
    const work = server.application.get(tokens.answerWork);
    const remove = () => work.run(({ answers }) => answers.removeExpired(clock.now(), 10));
    await addTodo('Once');
    await addTodo('Other', 'other');
    clock.advance(DAY - 1);
    expect((await addTodo('Once')).headers.get('idempotency-replayed')).toBe('true');
    expect(await remove()).toBe(0);
    clock.advance(1);
    expect((await addTodo('Once')).headers.has('idempotency-replayed')).toBe(false);
    expect(await todos()).toBe(3);
    expect(await remove()).toBe(1);
    expect((await addTodo('Once')).headers.get('idempotency-replayed')).toBe('true');
  });

  it.each(['', 'with space', 'ü', 'x'.repeat(256)])('is refused where its key is %j', async key => {
    const headers = { 'idempotency-key': key };
    const answer = await server.request('POST', '/todos', { token: alice, body: { text: 'a' }, headers });
    expectProblem(answer, 400, 'request.malformed');
    expect(await todos()).toBe(0);
  });

  it('is not asked for by other methods, nor where the answer must not be stored', async () => {
    const { body } = await addTodo('Once');
    const headers = { 'idempotency-key': 'key' };
    const change = { token: alice, body: { text: 'New' }, headers };
    expect((await server.request('PUT', `/todos/${body.id}`, change)).status).toBe(200);
    const name = { token: alice, body: { name: 'a' }, headers };
    const tokensMade = [
      await server.request('POST', '/auth/access-tokens', name),
      await server.request('POST', '/auth/access-tokens', name),
    ];
    expect(tokensMade.map(({ status }) => status)).toEqual([201, 201]);
    expect(tokensMade[0]?.body.token).not.toBe(tokensMade[1]?.body.token);
  });
});

describe.each(STORAGES)('the answer to a request with an Idempotency-Key on %s', storage => {
  it('is kept together with the effect, or neither is', async () => {
    let kept: AnswerWork | undefined;
    const failing: AnswerWork = {
      run: (work, options) =>
        (kept as AnswerWork).run(({ answers, join }) => {
          const keep = () => Promise.reject(new Error('The disk is full.'));
          return work({
            join,
            answers: {
              keep,
              claim: (...claim) => answers.claim(...claim),
              removeExpired: () => Promise.resolve(0),
            },
          });
        }, options),
    };
    const clock = new TestClock();
    const server = await testServer(storage, {}, [
      override(tokens.repeatedRequests, new RepeatedRequests(failing, clock)),
    ]);
    kept = server.application.get(tokens.answerWork);
    const { token } = await server.signUp('alice');
    const request = { token, body: { text: 'a' }, headers: { 'idempotency-key': 'key' } };
    expect((await server.request('POST', '/todos', request)).status).toBe(500);
    expect((await server.request('GET', '/todos', { token })).body.total_count).toBe(0);
    await server.stop();
  });
});

it('waits on PostgreSQL for a twin in another process, and is told to come back where that takes too long', async () => {
  const { settings, remove } = await freshStorage('postgresql');
  const timeout = { databaseTimeout: 300 };
  const [one, other] = [
    await testServer('memory', { ...settings, ...timeout }),
    await testServer('memory', { ...settings, ...timeout }),
  ];
  const { token } = await one.signUp('alice');
  const send = (server: TestServer) =>
    server.request('POST', '/todos', {
      token,
      body: { text: 'Once' },
      headers: { 'idempotency-key': 'key' },
    });
  const { promise: goOn, resolve: finish } = Promise.withResolvers<void>();
  const { promise: claimed, resolve: tell } = Promise.withResolvers<void>();
  const { work } = one.application.get(tokens.todoStorage);
  const { run } = work;
  work.run = async (...parts) => {
    tell();
    await goOn;
    return run.apply(work, parts as never) as never;
  };
  const first = send(one);
  await claimed;
  expectProblem(await send(other), 409, 'request.still_running');
  const waiting = send(other);
  finish();
  const [answer, again] = await Promise.all([first, waiting]);
  expect(answer.status).toBe(201);
  expect(again.body).toEqual(answer.body);
  expect(again.headers.get('idempotency-replayed')).toBe('true');
  await Promise.all([one.stop(), other.stop()]);
  await remove();
});
