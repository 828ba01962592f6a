import { resolve } from 'node:path';
import type { EntitySchema, MikroORM } from '@mikro-orm/core';
import type { EventBus } from '../../kernel/events.ts';
import type { Cache } from '../cache/cache.ts';
import type { ViewTables } from '../cache/tags.ts';
import { type Settings, StartError } from '../configuration/settings.ts';
import type { Log } from '../logging/log.ts';
import { Database } from './database.ts';
import type { SchemaStep } from './schema-step.ts';

type DatabaseSettings = Pick<
  Settings,
  'databaseUrl' | 'dataDir' | 'databasePoolSize' | 'databaseTimeout' | 'sqliteSynchronous'
>;

/** What all contexts keep in the database: their mapped classes and the steps of their schema. */
export interface Schema {
  readonly entities: readonly EntitySchema[];
  readonly steps: readonly SchemaStep[];
  /** The published views, and the tables that they are made of. */
  readonly views?: ViewTables;
}

/** What a database is opened with besides its address. */
export interface DatabaseSurroundings {
  readonly schema: Schema;
  readonly log: Log;
  readonly events: EventBus;
  readonly cache: Cache;
}

/** Connects to the database that the settings name. @throws StartError */
export async function openDatabase(
  settings: DatabaseSettings,
  surroundings: DatabaseSurroundings,
): Promise<Database> {
  const isSqlite = settings.databaseUrl.startsWith('sqlite:');
  try {
    return await (isSqlite ? openSqlite(settings, surroundings) : openPostgres(settings, surroundings));
  } catch (error) {
    throw new StartError(`Cannot open the database ${shownUrl(settings.databaseUrl)}: ${reasonOf(error)}`);
  }
}

/** The address without its password. */
export function shownUrl(url: string): string {
  return url.replace(/(\/\/[^:/@]*):[^@]*@/, '$1:…@');
}

function reasonOf(error: unknown): string {
  const { message, code, errors } = error as Error & { code?: string; errors?: Error[] };
  return message || errors?.[0]?.message || code || String(error);
}

const ormOptions = (schema: Schema) => ({
  entities: [...schema.entities],
  discovery: { warnWhenNoEntities: false, disableDynamicFileAccess: true, checkDuplicateTableNames: true },
  validateRequired: false,
  allowGlobalContext: false,
  ensureDatabase: false as const,
  debug: false,
});

async function openSqlite(
  settings: DatabaseSettings,
  { schema, events, cache }: DatabaseSurroundings,
): Promise<Database> {
  const [{ MikroORM }, { sqliteReader, SqliteWriter }, { SqliteSnapshots }] = await Promise.all([
    import('@mikro-orm/sqlite'),
    import('./sqlite.ts'),
    import('./sqlite-snapshots.ts'),
  ]);
  const file = resolve(settings.dataDir, settings.databaseUrl.replace(/^sqlite:(\/\/)?/, ''));
  const writer = new SqliteWriter({
    file,
    synchronous: settings.sqliteSynchronous,
    lockTimeout: settings.databaseTimeout,
  });
  const orm = new MikroORM({ ...ormOptions(schema), dbName: file, driverOptions: writer.dialect });
  await orm.connect();
  const reader = sqliteReader(file, cache);
  cache.watch(() => writer.foreignChanges());
  const snapshots = new SqliteSnapshots(file, settings.databaseTimeout);
  return new Database({
    orm: orm as unknown as MikroORM,
    reader,
    steps: schema.steps,
    writer,
    snapshots,
    events,
    async close() {
      snapshots.close();
      reader.close();
      await orm.close();
    },
  });
}

async function openPostgres(
  settings: DatabaseSettings,
  { schema, log, events, cache }: DatabaseSurroundings,
): Promise<Database> {
  const [{ MikroORM }, { PooledPostgresDialect, PostgresWriter, postgresPool, postgresReader }] =
    await Promise.all([import('@mikro-orm/postgresql'), import('./postgresql.ts')]);
  const pool = postgresPool({
    url: settings.databaseUrl,
    poolSize: settings.databasePoolSize,
    timeout: settings.databaseTimeout,
    warn: message => log.warn(message),
  });
  const driverOptions = new PooledPostgresDialect({ pool });
  const orm = new MikroORM({ ...ormOptions(schema), clientUrl: settings.databaseUrl, driverOptions });
  await pool.query('select 1');
  await orm.connect();
  return new Database({
    orm: orm as unknown as MikroORM,
    reader: postgresReader(pool, cache),
    writer: new PostgresWriter(pool),
    events,
    steps: schema.steps,
    close: () => orm.close(),
  });
}
