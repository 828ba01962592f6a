import SqliteDatabase from 'better-sqlite3';
import pg from 'pg';
import { PgBoss } from 'pg-boss';
import { describe, expect, test, vi } from 'vitest';
import type { Environment } from '../support/child-process.ts';
import { csvOf, jobIn, openUpload, upload } from '../support/imports.ts';
import { ownStorage, type ServerProcess, startServer } from '../support/server-process.ts';

const LINES = 30_000;
const PATIENT = { timeout: 90_000, interval: 100 };

/** What time does: leases end, and uploads have been without a sign of life for long. */
async function letTimePass({ DATA_DIR, DATABASE_URL }: Environment): Promise<void> {
  if (DATABASE_URL === undefined) {
    const database = new SqliteDatabase(`${DATA_DIR}/atrium.db`);
    database.exec(`update jobs set due_at = 0 where state = 'open';
      update operation_imports set touched_at = 0 where state = 'uploading'`);
    database.close();
    return;
  }
  const client = new pg.Client({ connectionString: DATABASE_URL });
  await client.connect();
  await client.query(
    `update atrium_jobs.job set started_on = now() - interval '1 hour' where state = 'active'`,
  );
  await client.query(`update operation_imports set touched_at = 'epoch' where state = 'uploading'`);
  await client.end();
  const boss = new PgBoss({ connectionString: DATABASE_URL, schema: 'atrium_jobs', supervise: false });
  await boss.start();
  await boss.supervise('operations.import');
  await boss.stop({ graceful: false, close: true });
}

const total = async (server: ServerProcess, token: string): Promise<number> =>
  (await server.request('GET', '/operations?per_page=1', { token })).body.total_count;

describe.each(['sqlite', 'postgresql'] as const)('on %s', storage => {
  test('an import goes on where its worker was killed, and appears whole', { timeout: 120_000 }, async () => {
    const environment = await ownStorage(storage);
    const killed = await startServer(environment);
    const token = await killed.signUp('alice');
    const { status, body: job } = await upload(killed, token, csvOf(LINES));
    expect(status).toBe(202);
    await vi.waitFor(async () => {
      const { body } = await killed.request('GET', `/jobs/${job.id}`, { token });
      expect(body.progress.done).toBeGreaterThan(0);
      expect(body.state).toBe('running');
    }, PATIENT);
    killed.signal('SIGKILL');
    await killed.ended();

    await letTimePass(environment);
    const next = await startServer(environment);
    const { body: signedIn } = await next.signIn('alice');
    const { body: before } = await next.request('GET', `/jobs/${job.id}`, { token: signedIn.access_token });
    expect(before.progress.done).toBeGreaterThan(0);
    expect(before.progress.done).toBeLessThan(LINES);
    if (before.state !== 'done') expect(await total(next, signedIn.access_token)).toBe(0);
    const done = await jobIn(next, signedIn.access_token, job.id, 'done', PATIENT);
    expect(done).toMatchObject({ attempts: 2, result: { imported: LINES } });
    expect(await total(next, signedIn.access_token)).toBe(LINES);
  });

  test('nothing is left of an upload whose server was killed', { timeout: 60_000 }, async () => {
    const environment = await ownStorage(storage);
    const killed = await startServer(environment);
    const token = await killed.signUp('alice');
    const open = openUpload(killed, token);
    await open.send(csvOf(LINES));
    await vi.waitFor(async () => expect(await importsIn(environment)).toMatchObject({ imports: 1 }), PATIENT);
    await vi.waitFor(async () => expect((await importsIn(environment)).chunks).toBeGreaterThan(5), PATIENT);
    killed.signal('SIGKILL');
    await killed.ended();

    await letTimePass(environment);
    const next = await startServer(environment);
    await vi.waitFor(
      async () => expect(await importsIn(environment)).toEqual({ imports: 0, chunks: 0 }),
      PATIENT,
    );
    const { body } = await next.signIn('alice');
    expect(await total(next, body.access_token)).toBe(0);
  });
});

async function importsIn({ DATA_DIR, DATABASE_URL }: Environment) {
  const sql = `select (select count(*) from operation_imports) as imports,
    (select count(*) from operation_import_chunks) as chunks`;
  if (DATABASE_URL === undefined) {
    const database = new SqliteDatabase(`${DATA_DIR}/atrium.db`, { readonly: true });
    const row = database.prepare(sql).get() as { imports: number; chunks: number };
    database.close();
    return row;
  }
  const client = new pg.Client({ connectionString: DATABASE_URL });
  await client.connect();
  const { rows } = await client.query<{ imports: string; chunks: string }>(sql);
  await client.end();
  return { imports: Number(rows[0]?.imports), chunks: Number(rows[0]?.chunks) };
}
