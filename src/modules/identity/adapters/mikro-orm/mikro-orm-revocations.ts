import type { Database } from '../../../../platform/mikro-orm/database.ts';
import { type Dialect, queryBuilder, slot } from '../../../../platform/mikro-orm/statements.ts';
import type { Transaction } from '../../../../platform/mikro-orm/transaction.ts';
import type {
  LoggedRevocation,
  Revocation,
  RevocationLog,
  RevocationReader,
} from '../../application/ports.ts';

/** Any number that nothing else in the database locks. */
const ADVISORY_LOCK = 4_207_849_485;

/** Milliseconds: far longer than any process goes on without reading them. */
const KEPT = 24 * 3_600_000;

const MAX_ROWS = 1000;

/**
 * Rows with sequence numbers in the order of their commits, so that who has read up to one has missed none before it.
 * On SQLite writers take turns anyway; on PostgreSQL those who revoke do, until they have committed.
 */
export class MikroOrmRevocationLog implements RevocationLog {
  private readonly transaction: Transaction;
  private readonly dialect: Dialect;

  constructor(transaction: Transaction, dialect: Dialect) {
    this.transaction = transaction;
    this.dialect = dialect;
  }

  async add({ userId, sessionId }: Revocation, now: Date): Promise<void> {
    const builder = queryBuilder(this.dialect);
    if (this.dialect === 'postgresql')
      await this.transaction.query('select pg_advisory_xact_lock($1)', [ADVISORY_LOCK]);
    const row = { user_id: userId, session_id: sessionId, created_at: now };
    await this.transaction.execute(builder.insertInto('revocations').values(row));
    const old = new Date(now.getTime() - KEPT);
    await this.transaction.execute(builder.deleteFrom('revocations').where('created_at', '<', old));
  }
}

export function mikroOrmRevocations({ reader }: Database): RevocationReader {
  const table = queryBuilder(reader.dialect).selectFrom('revocations');
  const latest = reader.prepare(table.select(({ fn }) => fn.max('sequence').as('latest')));
  const after = reader.prepare(
    table
      .select(['sequence', 'user_id', 'session_id'])
      .where('sequence', '>', slot<number>('sequence'))
      .orderBy('sequence')
      .limit(MAX_ROWS),
  );
  return {
    async latest() {
      const [row] = await latest.all({});
      return Number(row?.[0] ?? 0);
    },
    async after(sequence) {
      const rows = await after.all({ sequence });
      return rows.map(
        ([number, userId, sessionId]) =>
          ({ sequence: Number(number), userId, sessionId }) as LoggedRevocation,
      );
    },
  };
}
