import { schema } from '../composition/container.ts';
import { makeDataDirectory } from '../composition/storage.ts';
import { NO_CACHE } from '../platform/cache/cache.ts';
import { loadSettings } from '../platform/configuration/load-settings.ts';
import { StartError } from '../platform/configuration/settings.ts';
import { LocalEventBus } from '../platform/events/local-event-bus.ts';
import { createLog } from '../platform/logging/log.ts';
import type { Database } from '../platform/mikro-orm/database.ts';
import { migrateDown, migrateUp, schemaState } from '../platform/mikro-orm/migrate.ts';
import { openDatabase } from '../platform/mikro-orm/open-database.ts';

const DIRECTIONS: Readonly<Record<string, (database: Database) => Promise<void>>> = {
  async up(database) {
    const applied = await migrateUp(database);
    console.log(applied.length > 0 ? `Applied:\n  ${applied.join('\n  ')}` : 'Nothing is missing.');
  },
  async down(database) {
    const taken = await migrateDown(database);
    console.log(taken.length > 0 ? `Took back:\n  ${taken.join('\n  ')}` : 'There is nothing to take back.');
  },
  async status(database) {
    for (const { name, applied } of await schemaState(database))
      console.log(`${applied ? 'applied' : 'missing'}  ${name}`);
  },
};

export async function migrate(direction: string): Promise<void> {
  const run = DIRECTIONS[direction];
  if (!run) throw new StartError(`migrate takes up, down or status, not "${direction}".`);
  const settings = loadSettings();
  if (settings.databaseUrl === 'memory:') throw new StartError('There is nothing to migrate in memory.');
  makeDataDirectory(settings);
  const log = await createLog(settings);
  const database = await openDatabase(settings, {
    schema,
    log,
    events: new LocalEventBus(log),
    cache: NO_CACHE,
  });
  try {
    await run(database);
  } finally {
    await database.close();
  }
}
