import { sql } from 'kysely';
import { type Dialect, queryBuilder } from '../../../../platform/mikro-orm/statements.ts';
import type { Transaction } from '../../../../platform/mikro-orm/transaction.ts';
import { type IssuedTokenRepository, SWEPT } from '../../application/ports.ts';
import type { IssuedToken } from '../../domain/issued-token.ts';
import { sweepExpired } from './sweep-expired.ts';

const COLUMNS = ['id', 'user_id', 'session_id', 'scope', 'issued_at', 'expires_at', 'version'] as const;

/** Two statements: tokens are issued often. */
export class MikroOrmIssuedTokenRepository implements IssuedTokenRepository {
  private readonly transaction: Transaction;
  private readonly dialect: Dialect;

  constructor(transaction: Transaction, dialect: Dialect) {
    this.transaction = transaction;
    this.dialect = dialect;
  }

  /** Copied from its session, so nothing where that is gone. On PostgreSQL it is locked, and cannot go in between. */
  async add({ id, sessionId, scope, issuedAt, expiresAt, version }: IssuedToken): Promise<void> {
    const session = queryBuilder(this.dialect)
      .selectFrom('sessions')
      .where('id', '=', sessionId)
      .select(({ ref }) => [
        sql.val(id).as('hash'),
        ref('user_id').as('user_id'),
        ref('id').as('session_id'),
        sql.val(scope).as('scope'),
        sql.val(issuedAt).as('issued_at'),
        sql.val(expiresAt).as('expires_at'),
        sql.val(version).as('version'),
      ]);
    const locked = this.dialect === 'postgresql' ? session.forKeyShare() : session;
    await this.transaction.execute(
      queryBuilder(this.dialect).insertInto('issued_tokens').columns(COLUMNS).expression(locked),
    );
    await sweepExpired(this.transaction, this.dialect, {
      table: 'issued_tokens',
      by: issuedAt,
      limit: SWEPT,
    });
  }
}
