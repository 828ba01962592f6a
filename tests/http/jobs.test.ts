import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { STORAGES } from '../support/application.ts';
import { type TestServer, testServer } from '../support/client.ts';
import { UNKNOWN_ID } from '../support/endpoints.ts';
import { idleJob } from '../support/job-worker.ts';
import { expectProblem } from '../support/problem.ts';
import { TestClock } from '../support/test-clock.ts';

const TASK = { type: 'test.task' } as const;

describe.each(STORAGES)('GET /jobs/{id} on %s', storage => {
  const clock = new TestClock();
  let server: TestServer;
  let alice: { readonly id: string; readonly token: string };
  let bob: { readonly id: string; readonly token: string };
  beforeAll(async () => {
    server = await testServer(storage, {}, [override(tokens.clock, clock)]);
    alice = await server.signUp('alice');
    // Any scope does.
    bob = await server.signUp('bob', 'todos');
  });
  afterAll(() => server.stop());

  const read = (id: string, token: string | undefined, headers = {}) =>
    server.request('GET', `/jobs/${id}`, { token, headers });
  const records = () => server.application.get(tokens.storage).jobs.records;

  it('shows a job to its owner, whatever the token is for', async () => {
    const id = await idleJob(server.application, bob.id);
    const answer = await read(id, bob.token);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('private, no-cache');
    expect(answer.body).toEqual({
      id,
      type: 'test.task',
      state: 'waiting',
      progress: null,
      attempts: 0,
      last_error: null,
      result: null,
      created_at: clock.now().toISOString(),
      updated_at: clock.now().toISOString(),
    });
  });

  it('shows how far it is, what failed, and what came of it', async () => {
    const id = await idleJob(server.application, alice.id);
    clock.advance(5);
    const updatedAt = clock.now();
    const lastError = 'An attempt was broken off.';
    await records().change(id, { state: 'running', attempts: 2, done: 3, total: 9, lastError, updatedAt });
    const running = await read(id, alice.token);
    expect(running.body).toMatchObject({
      state: 'running',
      attempts: 2,
      progress: { done: 3, total: 9 },
      last_error: lastError,
      result: null,
      updated_at: updatedAt.toISOString(),
    });
    const same = { 'if-none-match': running.headers.get('etag') ?? '' };
    expect((await read(id, alice.token, same)).status).toBe(304);
    await records().change(id, { state: 'done', lastError: null, result: { imported: 9 }, updatedAt });
    const done = await read(id, alice.token, same);
    expect(done).toMatchObject({ status: 200, body: { state: 'done', result: { imported: 9 } } });
  });

  it('knows nothing of the jobs of others, of those that nobody owns, and of those that are not there', async () => {
    const id = await idleJob(server.application, alice.id);
    const unowned = await server.application
      .get(tokens.identityStorage)
      .work.run(({ jobs }) => jobs.enqueue(TASK));
    for (const unseen of [id, unowned, UNKNOWN_ID])
      expectProblem(await read(unseen, bob.token), 404, 'jobs.not_found');
    expectProblem(await read(unowned, alice.token), 404, 'jobs.not_found');
  });

  it('answers 401 without a token, and 404 to what is no id', async () => {
    const id = await idleJob(server.application, alice.id);
    expectProblem(await read(id, undefined), 401, 'request.unauthenticated');
    for (const bad of ['nonsense', `${id}0`, '..%2f', '%00'])
      expectProblem(await read(bad, alice.token), 404, 'request.bad_id');
    expect((await read(id.toUpperCase(), alice.token)).status).toBe(200);
  });
});
