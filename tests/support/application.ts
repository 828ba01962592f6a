import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { inject } from 'vitest';
import { type Application, createContainer, type Override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { loadSettings } from '../../src/platform/configuration/load-settings.ts';
import type { Settings } from '../../src/platform/configuration/settings.ts';
import type { SqlStorage } from '../../src/platform/storage.ts';

export const STORAGES = ['memory', 'sqlite', 'postgresql'] as const;

export type StorageName = (typeof STORAGES)[number];

export interface TestApplication extends Application {
  readonly settings: Settings;
}

/** What makes tests quick and quiet; a test may change any of it. */
const TEST_SETTINGS: Partial<Settings> = {
  host: '127.0.0.1',
  port: 0,
  managementPort: 0,
  publicUrl: 'http://atrium.test',
  logLevel: 'silent',
  validateResponses: 'on',
  secretKey: 'a secret key that is for tests only',
  rateLimit: 'off',
  passwordHashMemory: 64,
  passwordHashIterations: 1,
};

/** The real application on a fresh, empty storage of its own, which goes when it is closed. */
export async function testApplication(
  storage: StorageName = 'memory',
  change: Partial<Settings> = {},
  overrides: readonly Override[] = [],
): Promise<TestApplication> {
  const { settings: own, remove } = await freshStorage(storage);
  const settings = { ...loadSettings({}), ...TEST_SETTINGS, ...own, ...change };
  const application = await createContainer(settings, overrides);
  return {
    settings,
    get: token => application.get(token),
    async close() {
      await application.close();
      await remove();
    },
  };
}

/** What an application on SQLite or PostgreSQL keeps its things in. */
export function sqlStorageOf(application: Application): SqlStorage {
  const storage = application.get(tokens.storage);
  if (storage.kind !== 'sql') throw new Error('There is no SQL database.');
  return storage;
}

/** The settings of an empty storage, and how to get rid of it. */
export async function freshStorage(
  storage: StorageName,
): Promise<{ settings: Partial<Settings>; remove: () => Promise<void> }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'atrium-test-'));
  const removeDirectory = () => rm(dataDir, { recursive: true, force: true });
  if (storage === 'memory') return { settings: { databaseUrl: 'memory:', dataDir }, remove: removeDirectory };
  if (storage === 'sqlite') return { settings: { dataDir }, remove: removeDirectory };
  const name = `atrium_${crypto.randomUUID().replaceAll('-', '')}`;
  const server = inject('postgresUrl');
  await administer(server, `create database ${name}`);
  return {
    settings: { databaseUrl: `${server}/${name}`, databasePoolSize: 25, dataDir },
    async remove() {
      await administer(server, `drop database ${name} with (force)`);
      await removeDirectory();
    },
  };
}

async function administer(server: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: `${server}/postgres` });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
