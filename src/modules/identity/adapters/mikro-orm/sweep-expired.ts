import { type Dialect, queryBuilder } from '../../../../platform/mikro-orm/statements.ts';
import type { Transaction } from '../../../../platform/mikro-orm/transaction.ts';

interface Sweep {
  readonly table: string;
  readonly by: Date;
  readonly limit: number;
}

/** Removes some rows that have expired. On PostgreSQL past those that another process is removing, so that none waits. */
export async function sweepExpired(
  transaction: Transaction,
  dialect: Dialect,
  { table, by, limit }: Sweep,
): Promise<void> {
  const builder = queryBuilder(dialect);
  const expired = builder
    .selectFrom(table)
    .select('id')
    .where('expires_at', '<', by)
    .orderBy('expires_at')
    .limit(limit);
  const free = dialect === 'postgresql' ? expired.forUpdate().skipLocked() : expired;
  await transaction.execute(builder.deleteFrom(table).where('id', 'in', free));
}
