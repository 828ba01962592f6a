import { existsSync } from 'node:fs';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Environment } from '../support/child-process.ts';
import { restartablePostgres } from '../support/restartable-postgres.ts';
import { ownStorage, SECRET_KEY, startServer } from '../support/server-process.ts';
import { onPostgres } from '../support/statements.ts';
import {
  addTodo,
  expectUnavailable,
  listTodos,
  startImpatient,
  TIMEOUT,
  timed,
} from '../support/storage-trouble.ts';

/** Ends the sessions that wait for a lock; a session sees them once per transaction. */
const CUT_OFF = `select pg_terminate_backend(pid) from pg_stat_activity
  where wait_event_type = 'Lock' and datname = current_database()`;

describe('PostgreSQL', () => {
  test('that goes away is missed, and found again when it is back', async () => {
    const postgres = await restartablePostgres();
    const server = await startImpatient({ DATABASE_URL: postgres.url, SECRET_KEY });
    const token = await server.signUp('alice');
    await Promise.all(Array.from({ length: 5 }, () => addTodo(server, token)));
    await postgres.stop();

    for (let round = 0; round < 2; round += 1) {
      expectUnavailable(await addTodo(server, token));
      expectUnavailable(await listTodos(server, token));
      expectUnavailable(await server.request('GET', '/users/me', { token }));
    }
    const readiness = await server.request('GET', '//readyz');
    expect(readiness.status).toBe(503);
    expect(readiness.body).toEqual({ status: 'unavailable', checks: { database: 'failed' } });
    expect((await server.request('GET', '//livez')).status).toBe(200);

    await postgres.start();
    await vi.waitFor(async () => expect((await addTodo(server, token)).status).toBe(201), 3000);
    expect((await listTodos(server, token)).body.total_count).toBe(6);
    expect((await server.request('GET', '//readyz')).status).toBe(200);
    server.signal('SIGTERM');
    expect(await server.ended()).toEqual({ code: 0, signal: null });
  });

  test('whose row another session holds refuses its change in time, and only that', async () => {
    const environment = await ownStorage('postgresql');
    const server = await startImpatient(environment);
    const token = await server.signUp('alice');
    const { id } = (await addTodo(server, token)).body;
    const change = () => server.request('PATCH', `/todos/${id}`, { token, body: { completed: true } });
    await onPostgres({ databaseUrl: environment.DATABASE_URL ?? '' }, async client => {
      await client.query('begin');
      await client.query('select 1 from todos where id = $1 for update', [id]);
      const held = timed(change());
      expect((await addTodo(server, token)).status).toBe(201);
      expect((await listTodos(server, token)).status).toBe(200);
      const { result, took } = await held;
      expectUnavailable(result);
      expect(took).toBeGreaterThan(TIMEOUT / 2);
      expect(took).toBeLessThan(TIMEOUT * 3);
      await client.query('rollback');
    });
    expect((await change()).body.completed).toBe(true);
  });

  test('that answers nothing more for all connections of the pool is not waited for', async () => {
    const environment: Environment = { ...(await ownStorage('postgresql')), DATABASE_POOL_SIZE: '2' };
    const server = await startImpatient(environment);
    const token = await server.signUp('alice');
    const { id } = (await addTodo(server, token)).body;
    await onPostgres({ databaseUrl: environment.DATABASE_URL ?? '' }, async client => {
      await client.query('begin');
      await client.query('lock table todos in access exclusive mode');
      const { result, took } = await timed(
        Promise.all(Array.from({ length: 6 }, () => server.request('GET', `/todos/${id}`, { token }))),
      );
      for (const answer of result) expectUnavailable(answer);
      expect(took).toBeLessThan(TIMEOUT * 4);
      await client.query('rollback');
    });
    expect((await listTodos(server, token)).status).toBe(200);
  });

  test('that cuts off transactions costs no connection of the pool', async () => {
    const environment: Environment = { ...(await ownStorage('postgresql')), DATABASE_POOL_SIZE: '2' };
    const server = await startServer(environment);
    const token = await server.signUp('alice');
    const { id } = (await addTodo(server, token)).body;
    const change = () => server.request('PATCH', `/todos/${id}`, { token, body: { completed: true } });
    const database = { databaseUrl: environment.DATABASE_URL ?? '' };
    await onPostgres(database, async client => {
      for (let round = 0; round < 2; round += 1) {
        await client.query('begin');
        await client.query('select 1 from todos where id = $1 for update', [id]);
        const cut = change();
        await vi.waitFor(async () =>
          expect((await onPostgres(database, other => other.query(CUT_OFF))).rowCount).toBe(1),
        );
        expectUnavailable(await cut);
        await client.query('rollback');
      }
    });
    expect((await change()).status).toBe(200);
    expect((await addTodo(server, token)).status).toBe(201);
  });

  test.runIf(process.platform === 'linux')(
    'that is frozen is not waited for, and found again when it goes on',
    async () => {
      const environment: Environment = { ...(await ownStorage('postgresql')), DATABASE_POOL_SIZE: '2' };
      const server = await startImpatient(environment);
      const token = await server.signUp('alice');
      const rows = await vi.waitFor(async () => {
        await Promise.all(Array.from({ length: 8 }, () => listTodos(server, token)));
        const found = await connectionsOf(environment);
        expect(found).toHaveLength(2);
        return found;
      }, 5000);
      const send = (signal: NodeJS.Signals) => {
        for (const { pid } of rows) if (existsSync(`/proc/${pid}`)) process.kill(pid, signal);
      };
      send('SIGSTOP');
      onTestFinished(() => send('SIGCONT'));
      const { result, took } = await timed(
        Promise.all([addTodo(server, token), listTodos(server, token), addTodo(server, token)]),
      );
      for (const answer of result) expectUnavailable(answer);
      expect(took).toBeLessThan(TIMEOUT * 5);
      send('SIGCONT');
      await vi.waitFor(async () => expect((await addTodo(server, token)).status).toBe(201), 3000);
    },
  );
});

/** The server's own connections, without those of its jobs. */
async function connectionsOf({ DATABASE_URL = '' }: Environment): Promise<readonly { pid: number }[]> {
  const { rows } = await onPostgres({ databaseUrl: DATABASE_URL }, client =>
    client.query<{ pid: number }>(
      "select pid from pg_stat_activity where application_name = 'atrium' and datname = current_database()",
    ),
  );
  return rows;
}
