import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Environment } from '../support/child-process.ts';
import type { Answer } from '../support/client.ts';
import { ownStorage } from '../support/server-process.ts';
import { smallDisk } from '../support/small-disk.ts';
import {
  addTodo,
  expectUnavailable,
  listTodos,
  startImpatient,
  TIMEOUT,
  timed,
} from '../support/storage-trouble.ts';

function openSqlite({ DATA_DIR = '' }: Environment): SqliteDatabase.Database {
  const database = new SqliteDatabase(join(DATA_DIR, 'atrium.db'));
  onTestFinished(() => void database.close());
  return database;
}

describe('SQLite that another process locks', () => {
  test.each(['immediate', 'exclusive'])(
    'refuses writes in time and goes on answering (begin %s)',
    async kind => {
      const environment = await ownStorage('sqlite');
      const server = await startImpatient(environment);
      const token = await server.signUp('alice');
      const other = openSqlite(environment);
      other.exec(`begin ${kind}`);

      const write = timed(addTodo(server, token));
      for (let reads = 0; reads < 10; reads += 1) {
        const { result, took } = await timed(listTodos(server, token));
        expect(result.status).toBe(200);
        expect(took).toBeLessThan(250);
      }
      const { result, took } = await write;
      expectUnavailable(result);
      expect(took).toBeGreaterThan(TIMEOUT / 2);
      expect(took).toBeLessThan(TIMEOUT * 2);
      expect((await server.request('GET', '//readyz')).status).toBe(200);

      other.exec('rollback');
      expect((await addTodo(server, token)).status).toBe(201);
      expect((await listTodos(server, token)).body.total_count).toBe(1);
    },
  );

  test('takes a write whose lock comes free within the time-out', async () => {
    const environment = await ownStorage('sqlite');
    const server = await startImpatient(environment);
    const token = await server.signUp('alice');
    const other = openSqlite(environment);
    other.exec('begin immediate');
    const write = addTodo(server, token);
    await listTodos(server, token);
    other.exec('commit');
    expect((await write).status).toBe(201);
  });

  test('refuses many writes at once within the time of one', async () => {
    const environment = await ownStorage('sqlite');
    const server = await startImpatient(environment);
    const token = await server.signUp('alice');
    openSqlite(environment).exec('begin immediate');
    const { result, took } = await timed(
      Promise.all(Array.from({ length: 8 }, () => addTodo(server, token))),
    );
    for (const answer of result) expectUnavailable(answer);
    expect(took).toBeLessThan(TIMEOUT * 3);
  });

  test('refuses signing in and registering too', async () => {
    const environment = await ownStorage('sqlite');
    const server = await startImpatient(environment);
    await server.signUp('alice');
    openSqlite(environment).exec('begin immediate');
    expectUnavailable(await server.register('bob'));
    const signIn = await server.signIn('alice');
    expect(signIn.status).toBe(503);
    expect(signIn.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
  });
});

test('a full disk under SQLite refuses writes whole, and takes them again when there is room', async ({
  skip,
}) => {
  const disk = smallDisk();
  if (!disk) return skip('This user may not mount a small file system: run it as root.');
  const environment = { DATA_DIR: disk.directory };
  const server = await startImpatient(environment);
  const token = await server.signUp('alice');
  const before = (await addTodo(server, token)).body;
  disk.fill();

  const refused: Answer[] = [];
  let acknowledged = 0;
  for (let number = 0; refused.length < 3; number += 1) {
    const answer = await addTodo(server, token, `${number} ${'x'.repeat(400)}`);
    if (answer.status === 201) acknowledged += 1;
    else refused.push(answer);
  }
  for (const answer of refused) expectUnavailable(answer);
  expectUnavailable(await server.register('bob'));
  const { body } = await listTodos(server, token);
  expect(body.total_count).toBe(1 + acknowledged);

  disk.free();
  expect((await addTodo(server, token)).status).toBe(201);
  expect((await server.register('bob')).status).toBe(201);
  expect((await server.request('GET', `/todos/${before.id}`, { token })).body).toEqual(before);
  expect((await listTodos(server, token)).body.total_count).toBe(2 + acknowledged);
  expect(openSqlite(environment).pragma('integrity_check')).toEqual([{ integrity_check: 'ok' }]);
});
