import {
  type Dialect,
  queryBuilder,
  type Statement,
  type StatementPreparer,
  slot,
} from '../../../../platform/mikro-orm/statements.ts';
import type { Transaction } from '../../../../platform/mikro-orm/transaction.ts';
import type {
  ImportChunk,
  OperationImportReader,
  OperationImportRepository,
} from '../../application/ports.ts';
import type { OperationImport } from '../../domain/operation-import.ts';
import { type ChunkLine, contentsOf, linesOf } from './chunk-lines.ts';
import { OperationImportSchema } from './operation-schema.ts';

const IMPORTS = 'operation_imports';
const CHUNKS = 'operation_import_chunks';

export class MikroOrmOperationImportRepository implements OperationImportRepository {
  private readonly transaction: Transaction;
  private readonly dialect: Dialect;
  private readonly build: ReturnType<typeof queryBuilder>;

  constructor(transaction: Transaction, dialect: Dialect) {
    this.transaction = transaction;
    this.dialect = dialect;
    this.build = queryBuilder(dialect);
  }

  get(id: string): Promise<OperationImport | undefined> {
    return this.transaction.lock(OperationImportSchema, { id });
  }

  /** On PostgreSQL a lock on what is there would not keep others from adding. */
  async of(userId: string): Promise<readonly OperationImport[]> {
    if (this.dialect === 'postgresql')
      await this.transaction.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [
        `${IMPORTS} ${userId}`,
      ]);
    return this.transaction.findAll(OperationImportSchema, { userId }, { id: 'asc' });
  }

  add(started: OperationImport): Promise<void> {
    return this.transaction.add(started);
  }

  /** PostgreSQL would look within a minute at what has been written, and until then read all of it for each page. */
  async remove(ended: OperationImport): Promise<void> {
    await this.transaction.remove(ended);
    if (this.dialect === 'postgresql' && ended.state === 'queued')
      await this.transaction.query('analyze (skip_locked) operations', []);
  }

  async addChunk({ importId, number, contents }: ImportChunk): Promise<void> {
    const row = { import_id: importId, number, lines: JSON.stringify(linesOf(contents)) };
    await this.transaction.execute(this.build.insertInto(CHUNKS).values(row));
  }

  async firstChunk(importId: string): Promise<ImportChunk | undefined> {
    const { sql, parameters } = this.build
      .selectFrom(CHUNKS)
      .select(['number', 'lines'])
      .where('import_id', '=', importId)
      .orderBy('number')
      .limit(1)
      .compile();
    const [row] = (await this.transaction.query(sql, parameters)) as { number: number; lines: string }[];
    return (
      row && { importId, number: row.number, contents: contentsOf(JSON.parse(row.lines) as ChunkLine[]) }
    );
  }

  async removeChunk({ importId, number }: ImportChunk): Promise<void> {
    const chunk = this.build
      .deleteFrom(CHUNKS)
      .where('import_id', '=', importId)
      .where('number', '=', number);
    await this.transaction.execute(chunk);
  }

  removeSomeChunks(importId: string, limit: number): Promise<number> {
    const some = this.build
      .selectFrom(CHUNKS)
      .select('number')
      .where('import_id', '=', importId)
      .limit(limit);
    return this.transaction.execute(
      this.build.deleteFrom(CHUNKS).where('import_id', '=', importId).where('number', 'in', some),
    );
  }
}

export class OverdueImports implements OperationImportReader {
  private readonly statement: Statement;

  constructor(preparer: StatementPreparer) {
    const query = queryBuilder(preparer.dialect)
      .selectFrom(IMPORTS)
      .select('id')
      .where(({ or, and, eb }) =>
        or([
          eb('state', '=', 'abandoned'),
          and([eb('state', '=', 'uploading'), eb('touched_at', '<', slot<Date>('uploading'))]),
          and([eb('state', '=', 'queued'), eb('touched_at', '<', slot<Date>('queued'))]),
        ]),
      );
    this.statement = preparer.prepare(query);
  }

  async overdue(before: Readonly<Record<'uploading' | 'queued', Date>>): Promise<readonly string[]> {
    return (await this.statement.all(before)).map(([id]) => id as string);
  }
}
