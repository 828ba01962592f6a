import { uuidv7 } from 'uuidv7';
import { type Dialect, queryBuilder } from '../../../../platform/mikro-orm/statements.ts';
import type { Transaction } from '../../../../platform/mikro-orm/transaction.ts';
import type { AuditLog } from '../../application/ports.ts';
import { AuditEntry, type AuditRecord } from '../../domain/audit-entry.ts';
import { auditKept } from '../audit-retention.ts';

export class MikroOrmAuditLog implements AuditLog {
  private readonly transaction: Transaction;
  private readonly dialect: Dialect;

  constructor(transaction: Transaction, dialect: Dialect) {
    this.transaction = transaction;
    this.dialect = dialect;
  }

  /** What is too old goes along with it. */
  async add(record: AuditRecord, now: Date): Promise<void> {
    await this.transaction.add(new AuditEntry(uuidv7(), record, now));
    const old = queryBuilder(this.dialect).deleteFrom('audit_log').where('created_at', '<', auditKept(now));
    await this.transaction.execute(old);
  }
}
