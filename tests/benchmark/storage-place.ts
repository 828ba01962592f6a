import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import pg from 'pg';
import { startPostgres } from '../support/postgres.ts';
import { temporaryDirectory } from './leftovers.ts';
import type { StorageName } from './options.ts';

/** Where one service keeps its data, empty at first. */
export interface Place {
  readonly storage: StorageName;
  readonly directory: string;
  /** Settings as environment variables. */
  readonly settings: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

/** Makes empty places of one storage, and ends what they need. */
export interface PlaceMaker {
  make(): Promise<Place>;
  close(): Promise<void>;
}

/** The same place for a service that makes every answer anew. */
export function withoutCache(place: Place): Place {
  return { ...place, settings: { ...place.settings, CACHE_SIZE: '0' } };
}

export async function placeMaker(storage: StorageName): Promise<PlaceMaker> {
  if (storage === 'postgresql') return postgresPlaces();
  return { make: async () => localPlace(storage), close: async () => undefined };
}

function localPlace(storage: StorageName): Place {
  const { path: directory, remove } = temporaryDirectory();
  const settings = {
    DATA_DIR: join(directory, 'data'),
    ...(storage === 'memory' && { DATABASE_URL: 'memory:' }),
  };
  return { storage, directory, settings, remove: async () => remove() };
}

async function postgresPlaces(): Promise<PlaceMaker> {
  const postgres = await startPostgres();
  return {
    async make() {
      const name = `atrium_${randomBytes(6).toString('hex')}`;
      await administer(`${postgres.url}/postgres`, `create database ${name}`);
      const { path: directory, remove } = temporaryDirectory();
      const settings = {
        DATA_DIR: join(directory, 'data'),
        DATABASE_URL: `${postgres.url}/${name}`,
        SECRET_KEY: randomBytes(32).toString('base64url'),
      };
      return { storage: 'postgresql', directory, settings, remove: async () => remove() };
    },
    close: () => postgres.stop(),
  };
}

/** What autovacuum would have done by the time that a table is in use, so that it does not do it in between. */
export async function settle({ storage, settings }: Place): Promise<void> {
  if (storage !== 'postgresql' || settings.DATABASE_URL === undefined) return;
  await administer(settings.DATABASE_URL, 'vacuum analyze');
  await administer(settings.DATABASE_URL, 'checkpoint');
}

async function administer(connectionString: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
