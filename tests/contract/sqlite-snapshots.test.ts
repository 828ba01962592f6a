import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StorageUnavailable } from '../../src/kernel/errors.ts';
import { SqliteSnapshots } from '../../src/platform/mikro-orm/sqlite-snapshots.ts';
import { queryBuilder, type StatementPreparer } from '../../src/platform/mikro-orm/statements.ts';

const COUNT = { compile: () => sql`select count(*) from things`.compile(queryBuilder('sqlite')) };

describe('snapshots of an SQLite file', () => {
  let directory: string;
  let writer: SqliteDatabase.Database;
  let snapshots: SqliteSnapshots;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'atrium-test-'));
    const file = join(directory, 'things.db');
    writer = new SqliteDatabase(file);
    writer.pragma('journal_mode = wal');
    writer.exec('create table things (id integer primary key)');
    snapshots = new SqliteSnapshots(file, 50);
  });
  afterEach(async () => {
    snapshots.close();
    writer.close();
    await rm(directory, { recursive: true });
  });

  const write = () => void writer.exec('insert into things default values');
  const count = async (reader: StatementPreparer) => Number((await reader.prepare(COUNT).all({}))[0]?.[0]);

  /** One that goes on until it is told to end. */
  function begun() {
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const { promise: reading, resolve: read } = Promise.withResolvers<StatementPreparer>();
    const result = snapshots.read(async reader => {
      read(reader);
      await ended;
    });
    return { reading, end, result };
  }

  it('see one state from their first statement on, and the next one sees what was written', async () => {
    write();
    await snapshots.read(async reader => {
      expect(await count(reader)).toBe(1);
      write();
      expect(await count(reader)).toBe(1);
    });
    expect(await snapshots.read(count)).toBe(2);
  });

  it('are two at once, and a third waits for its turn', async () => {
    const [one, two] = [begun(), begun()];
    expect(await one.reading).not.toBe(await two.reading);
    const three = snapshots.read(count);
    write();
    one.end();
    expect(await three).toBe(1);
    two.end();
    await Promise.all([one.result, two.result]);
  });

  it('are given up where others take too long, and are there again afterwards', async () => {
    const others = [begun(), begun()];
    await expect(snapshots.read(count)).rejects.toThrow(StorageUnavailable);
    for (const { end } of others) end();
    await Promise.all(others.map(({ result }) => result));
    expect(await Promise.all([1, 2, 3].map(() => snapshots.read(count)))).toEqual([0, 0, 0]);
  });

  it('that fail leave their place to others, and nothing behind', async () => {
    for (let number = 0; number < 5; number += 1)
      await expect(
        snapshots.read(async reader => {
          await count(reader);
          throw new Error('broken');
        }),
      ).rejects.toThrow('broken');
    write();
    expect(await snapshots.read(count)).toBe(1);
    expect(writer.pragma('wal_checkpoint(truncate)')).toEqual([{ busy: 0, log: 0, checkpointed: 0 }]);
  });

  it('write nothing', async () => {
    const insert = { compile: () => sql`insert into things default values`.compile(queryBuilder('sqlite')) };
    await expect(snapshots.read(reader => reader.prepare(insert).all({}))).rejects.toThrow();
    expect(writer.prepare('select count(*) as n from things').get()).toEqual({ n: 0 });
  });

  it('that are going on when the file is closed fail, and end', async () => {
    const one = begun();
    await one.reading;
    snapshots.close();
    one.end();
    await one.result;
    await expect(snapshots.read(count)).rejects.toThrow('not open');
  });
});
