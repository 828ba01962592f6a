import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createContainer, schema } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { NO_CACHE } from '../../src/platform/cache/cache.ts';
import { type Settings, StartError } from '../../src/platform/configuration/settings.ts';
import { LocalEventBus } from '../../src/platform/events/local-event-bus.ts';
import { createLog } from '../../src/platform/logging/log.ts';
import type { Database } from '../../src/platform/mikro-orm/database.ts';
import { migrateDown, migrateUp, schemaState } from '../../src/platform/mikro-orm/migrate.ts';
import { openDatabase } from '../../src/platform/mikro-orm/open-database.ts';
import { freshStorage, testApplication } from '../support/application.ts';
import { newUser, storedUser } from '../support/people.ts';
import { baseSettings } from '../support/settings.ts';
import { onPostgres } from '../support/statements.ts';

const STEPS = schema.steps.map(({ name }) => name).toSorted();

describe.each(['sqlite', 'postgresql'] as const)('the schema on %s', storage => {
  let settings: Settings;
  let remove: () => Promise<void>;
  let database: Database;

  beforeEach(async () => {
    const fresh = await freshStorage(storage);
    settings = { ...baseSettings(), ...fresh.settings };
    remove = fresh.remove;
    const log = await createLog(settings);
    database = await openDatabase(settings, { schema, log, events: new LocalEventBus(log), cache: NO_CACHE });
  });
  afterEach(async () => {
    await database.close();
    await remove();
  });

  const execute = (sql: string): Promise<{ name: string }[]> =>
    database.orm.em.getDriver().getConnection().execute(sql);

  async function relations(): Promise<string[]> {
    const sql =
      storage === 'sqlite'
        ? "select name from sqlite_master where name not like 'sqlite_%'"
        : `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
           where n.nspname = current_schema()`;
    const rows = await execute(sql);
    return rows
      .map(({ name }) => name)
      .filter(name => !name.startsWith('atrium_migrations'))
      .toSorted();
  }

  it('has no step in an empty database', async () => {
    expect(await schemaState(database)).toEqual(STEPS.map(name => ({ name, applied: false })));
    expect(await relations()).toEqual([]);
  });

  it('goes up from nothing, down to nothing step by step, and up again', async () => {
    expect(await migrateUp(database)).toEqual(STEPS);
    expect(await schemaState(database)).toEqual(STEPS.map(name => ({ name, applied: true })));
    const whole = await relations();
    expect(whole).toEqual(expect.arrayContaining(['users', 'people', 'sessions', 'posts', 'todos']));
    for (const [index, name] of STEPS.toReversed().entries()) {
      expect(await migrateDown(database)).toEqual([name]);
      const applied = (await schemaState(database)).filter(state => state.applied);
      expect(applied).toHaveLength(STEPS.length - index - 1);
    }
    expect(await relations()).toEqual([]);
    expect(await migrateDown(database)).toEqual([]);
    expect(await migrateUp(database)).toEqual(STEPS);
    expect(await relations()).toEqual(whole);
  });

  it('leaves data alone when it is up to date', async () => {
    await migrateUp(database);
    const first = await createContainer(settings);
    const user = await storedUser(first);
    await first.close();
    expect(await migrateUp(database)).toEqual([]);
    const second = await createContainer(settings);
    expect(await second.get(tokens.identityStorage).users.find(user.id)).toMatchObject({ id: user.id });
    await second.close();
  });

  it('goes on with the numbers of revocations where their table is made anew, even of an empty one', async () => {
    const revoke = () =>
      execute(
        `insert into revocations (user_id, created_at) values ('${newUser().id}', ${storage === 'sqlite' ? 0 : 'now()'}) returning sequence as name`,
      );
    await migrateUp(database);
    for (let undone = ''; undone !== '20261125000000_roles'; ) [undone = ''] = await migrateDown(database);
    const before = [await revoke(), await revoke()].map(([row]) => Number(row?.name));
    await execute('delete from revocations');
    await migrateUp(database);
    const [after] = await revoke();
    expect(Number(after?.name)).toBeGreaterThan(Math.max(...before));
  });

  it('of a newer version is refused, naming the unknown step, and left as it is', async () => {
    await migrateUp(database);
    const known = await relations();
    await execute("insert into atrium_migrations (name) values ('29991231235959_from_the_future')");
    const refusals = [
      createContainer(settings),
      migrateUp(database),
      migrateDown(database),
      schemaState(database),
    ];
    for (const refusal of await Promise.allSettled(refusals)) {
      expect(refusal).toMatchObject({ status: 'rejected', reason: expect.any(StartError) });
      const { message } = (refusal as PromiseRejectedResult).reason;
      expect(message).toContain('newer version');
      expect(message).toContain('29991231235959_from_the_future');
    }
    expect(await relations()).toEqual(known);
  });

  it('is made once when four applications start at once on an empty database', async () => {
    const applications = await Promise.all(Array.from({ length: 4 }, () => createContainer(settings)));
    const user = newUser();
    await applications[0]?.get(tokens.identityStorage).work.run(({ users }) => users.add(user));
    for (const application of applications) {
      expect(await application.get(tokens.identityStorage).users.find(user.id)).toMatchObject({
        id: user.id,
      });
      await application.close();
    }
    expect(await schemaState(database)).toEqual(STEPS.map(name => ({ name, applied: true })));
  });

  it('is made with a single connection too', async () => {
    const application = await createContainer({ ...settings, databasePoolSize: 1, databaseTimeout: 1000 });
    expect(await application.get(tokens.identityStorage).users.find(newUser().id)).toBeUndefined();
    await application.close();
  });
});

describe('PostgreSQL in another time zone', () => {
  it('gives times as they were stored, from before there were time zones too', async () => {
    const application = await testApplication('postgresql');
    await onPostgres(application.settings, async client => {
      const { rows } = await client.query<{ name: string }>('select current_database() as name');
      await client.query(`alter database ${rows[0]?.name} set timezone to 'Europe/Amsterdam'`);
    });
    const other = await createContainer(application.settings);
    for (const time of ['1850-06-01T12:00:00.123Z', '1938-06-01T12:00:00.123Z', '2026-07-01T12:00:00.123Z']) {
      const user = newUser({}, new Date(time));
      await other.get(tokens.identityStorage).work.run(({ users }) => users.add(user));
      const found = await other.get(tokens.identityStorage).users.find(user.id);
      expect(found?.createdAt.toISOString()).toBe(time);
    }
    await other.close();
    await application.close();
  });
});
