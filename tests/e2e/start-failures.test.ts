import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import type { Environment } from '../support/child-process.ts';
import { freePort } from '../support/postgres.ts';
import { launchServer, ownStorage, SECRET_KEY, startServer } from '../support/server-process.ts';
import { onPostgres } from '../support/statements.ts';

/** The one line that a start which cannot go on leaves on standard error. */
async function failure(environment: Environment): Promise<string> {
  const server = launchServer(environment);
  const { code } = await server.ended();
  expect(server.stderr).toMatch(/^atrium: .+\n$/);
  expect(server.stdout).not.toContain('Atrium is ready');
  expect(code).toBe(1);
  return server.stderr.trimEnd();
}

async function portInUse(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return String((server.address() as { port: number }).port);
}

/** A file with this content, in the data directory of the environment. */
async function fileIn({ DATA_DIR = '' }: Environment, name: string, content: string): Promise<string> {
  const file = join(DATA_DIR, name);
  await writeFile(file, content);
  return file;
}

/** An environment whose server has been running, and has signed somebody in. */
async function usedStorage(storage: 'sqlite' | 'postgresql'): Promise<Environment> {
  const environment = await ownStorage(storage);
  const server = await startServer(environment);
  await server.signUp('alice');
  server.signal('SIGTERM');
  await server.ended();
  return environment;
}

describe('a port that cannot be had', () => {
  test.each(['PORT', 'MANAGEMENT_PORT'])('%s in use', async name => {
    const port = await portInUse();
    expect(await failure({ ...(await ownStorage('sqlite')), [name]: port })).toBe(
      `atrium: Cannot listen on 127.0.0.1:${port}: the port is in use. Stop what uses it, or choose another (PORT, MANAGEMENT_PORT).`,
    );
  });

  test('an address that is not of this machine', async () => {
    const environment = { ...(await ownStorage('sqlite')), HOST: '192.0.2.1' };
    expect(await failure(environment)).toMatch(/Cannot listen on 192\.0\.2\.1:.*EADDRNOTAVAIL/);
  });
});

describe('settings that are wrong', () => {
  test('in the environment', async () => {
    const environment = { ...(await ownStorage('sqlite')), DATABASE_POOL_SIZE: 'many' };
    expect(await failure(environment)).toMatch(/DATABASE_POOL_SIZE is "many".*integer/);
  });

  test('under a name in CONFIG_FILE that no setting has', async () => {
    const environment = await ownStorage('sqlite');
    const CONFIG_FILE = await fileIn(environment, 'atrium.yaml', 'prot: 8000\n');
    const line = await failure({ ...environment, CONFIG_FILE });
    expect(line).toContain(CONFIG_FILE);
    expect(line).toContain('"prot" is not a setting');
  });

  test('in a CONFIG_FILE that is not YAML', async () => {
    const environment = await ownStorage('sqlite');
    const CONFIG_FILE = await fileIn(environment, 'atrium.yaml', 'port: [8000\nhost: }\n');
    expect(await failure({ ...environment, CONFIG_FILE })).toContain(CONFIG_FILE);
  });

  test('in a CONFIG_FILE that is not there', async () => {
    const environment = { ...(await ownStorage('sqlite')), CONFIG_FILE: '/not/there.yaml' };
    expect(await failure(environment)).toMatch(/Cannot read the configuration \/not\/there\.yaml: ENOENT/);
  });

  test('a source of insights with a placeholder as its host, which is not shown', async () => {
    const sources = [{ name: 'weather', url: 'https://{title}/hunter2' }];
    const environment = {
      ...(await ownStorage('sqlite')),
      TASK_INSIGHT_SOURCES: JSON.stringify(sources),
    };
    const line = await failure(environment);
    expect(line).toMatch(/^atrium: TASK_INSIGHT_SOURCES is not valid: the url of "weather" /);
    expect(line).not.toContain('hunter2');
  });

  test('a SECRET_KEY that is too short is not shown', async () => {
    const environment = { ...(await ownStorage('sqlite')), SECRET_KEY: 'hunter2hunter2' };
    const line = await failure(environment);
    expect(line).toContain('SECRET_KEY');
    expect(line).not.toContain('hunter2');
  });
});

describe('a secret key that cannot be had', () => {
  test('on PostgreSQL, where every process needs the same one', async () => {
    const { DATABASE_URL = '' } = await ownStorage('postgresql');
    expect(await failure({ DATABASE_URL })).toContain('SECRET_KEY or SECRET_KEY_FILE must be set');
  });

  test('from a SECRET_KEY_FILE that is not there', async () => {
    const environment = { ...(await ownStorage('sqlite')), SECRET_KEY_FILE: '/not/there.key' };
    expect(await failure(environment)).toMatch(/Cannot read the secret key \/not\/there\.key: ENOENT/);
  });

  test('from a SECRET_KEY_FILE that is too short, which is not shown', async () => {
    const environment = await ownStorage('sqlite');
    const SECRET_KEY_FILE = await fileIn(environment, 'short.key', 'hunter2hunter2\n');
    const line = await failure({ ...environment, SECRET_KEY_FILE });
    expect(line).toContain(`The secret key in ${SECRET_KEY_FILE} has fewer than 32 characters.`);
    expect(line).not.toContain('hunter2');
  });

  test.each(['sqlite', 'postgresql'] as const)(
    'that opens the signing keys which are stored on %s',
    async storage => {
      const environment = await usedStorage(storage);
      const line = await failure({ ...environment, SECRET_KEY: `${SECRET_KEY} that was changed` });
      expect(line).toMatch(/secret key is not the one/);
    },
  );
});

describe('a data directory that cannot be written', () => {
  test('below a file', async () => {
    const file = await fileIn(await ownStorage('sqlite'), 'file', '');
    expect(await failure({ DATA_DIR: join(file, 'data') })).toContain(join(file, 'data'));
  });

  test('in a place that is read-only', async () => {
    expect(await failure({ DATA_DIR: '/proc/atrium' })).toContain('/proc/atrium');
  });

  test('that is a file', async () => {
    const DATA_DIR = await fileIn(await ownStorage('sqlite'), 'file', '');
    expect(await failure({ DATA_DIR })).toContain(DATA_DIR);
  });
});

describe('a SQLite file that cannot be used', () => {
  test('because it is something else', async () => {
    const environment = await ownStorage('sqlite');
    await fileIn(environment, 'atrium.db', 'Dear diary, today I was not a database.\n'.repeat(100));
    expect(await failure(environment)).toMatch(/sqlite:atrium\.db: .*not a database/);
  });

  test('because it is a directory', async () => {
    const environment = await ownStorage('sqlite');
    await mkdir(join(environment.DATA_DIR ?? '', 'atrium.db'));
    expect(await failure(environment)).toContain('sqlite:atrium.db');
  });

  test('because another process holds it', async () => {
    const environment = await usedStorage('sqlite');
    const other = new SqliteDatabase(join(environment.DATA_DIR ?? '', 'atrium.db'));
    onTestFinished(() => void other.close());
    other.exec('begin exclusive');
    expect(await failure({ ...environment, DATABASE_TIMEOUT: '300' })).toMatch(/database/);
  });
});

describe('a PostgreSQL that cannot be used', () => {
  const withPassword = (password: string) => inject('postgresUrl').replace(/:postgres@/, `:${password}@`);

  test('because nothing listens there', async () => {
    const DATABASE_URL = `postgres://atrium:hunter2@127.0.0.1:${await freePort()}/atrium`;
    const line = await failure({ DATABASE_URL, SECRET_KEY });
    expect(line).toMatch(/Cannot open the database postgres:\/\/atrium:…@127\.0\.0\.1:.*ECONNREFUSED/);
    expect(line).not.toContain('hunter2');
  });

  test('because it listens and says nothing', async () => {
    const DATABASE_URL = `postgres://atrium:hunter2@127.0.0.1:${await portInUse()}/atrium`;
    const line = await failure({ DATABASE_URL, SECRET_KEY, DATABASE_TIMEOUT: '500' });
    expect(line).toMatch(/Cannot open the database postgres:.*timeout/);
  });

  test.each(['hunter2', 'hunter%402', 'hun:ter2'])('because the password %s is wrong', async password => {
    const line = await failure({ DATABASE_URL: `${withPassword(password)}/postgres`, SECRET_KEY });
    expect(line).toMatch(/password authentication failed/);
    expect(line).not.toContain(password);
  });

  test('because it has no such database', async () => {
    const line = await failure({ DATABASE_URL: `${inject('postgresUrl')}/nowhere`, SECRET_KEY });
    expect(line).toMatch(/database "nowhere" does not exist/);
  });
});

describe('a schema of a newer version', () => {
  const NEWER = "insert into atrium_migrations (name) values ('29991231235959_flying_cars')";

  test('on SQLite', async () => {
    const environment = await usedStorage('sqlite');
    const database = new SqliteDatabase(join(environment.DATA_DIR ?? '', 'atrium.db'));
    database.exec(NEWER);
    database.close();
    expect(await failure(environment)).toMatch(/schema of a newer version \(29991231235959_flying_cars\)/);
  });

  test('on PostgreSQL', async () => {
    const environment = await usedStorage('postgresql');
    await onPostgres({ databaseUrl: environment.DATABASE_URL ?? '' }, client => client.query(NEWER));
    expect(await failure(environment)).toMatch(/schema of a newer version \(29991231235959_flying_cars\)/);
  });
});
