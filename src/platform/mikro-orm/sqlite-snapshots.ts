import { NO_CACHE } from '../cache/cache.ts';
import { type SqliteReader, sqliteReader } from './sqlite.ts';
import type { StatementPreparer } from './statements.ts';
import { Turns } from './turns.ts';

/** Each is a connection, and keeps the log of what is written meanwhile from being cut off. */
const AT_ONCE = 2;

/**
 * Long reads of SQLite that are made of many short statements, between which others have their turn: all statements of one see
 * the same state of the database. Each has a connection for itself, which is opened when it is first needed.
 */
export class SqliteSnapshots {
  private readonly file: string;
  private readonly turns: Turns;
  private readonly idle: SqliteReader[] = [];
  private readonly all = new Set<SqliteReader>();

  /** `timeout`: milliseconds for which one waits until others have ended. */
  constructor(file: string, timeout: number) {
    this.file = file;
    this.turns = new Turns(AT_ONCE, timeout);
  }

  /** @throws StorageUnavailable when others take too long */
  async read<T>(work: (reader: StatementPreparer) => Promise<T>): Promise<T> {
    await this.turns.take();
    try {
      const reader = this.idle.pop() ?? this.open();
      try {
        reader.begin();
        return await work(reader);
      } finally {
        reader.end();
        this.idle.push(reader);
      }
    } finally {
      this.turns.end();
    }
  }

  /** What still reads fails with its next statement. */
  close(): void {
    for (const reader of this.all) reader.close();
  }

  private open(): SqliteReader {
    const reader = sqliteReader(this.file, NO_CACHE);
    this.all.add(reader);
    return reader;
  }
}
