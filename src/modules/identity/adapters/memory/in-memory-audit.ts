import { uuidv7 } from 'uuidv7';
import type { CollectionDraft } from '../../../../platform/memory/collection-draft.ts';
import type { AuditLog } from '../../application/ports.ts';
import { AuditEntry, type AuditRecord } from '../../domain/audit-entry.ts';
import { auditKept } from '../audit-retention.ts';

export class InMemoryAuditLog implements AuditLog {
  private readonly entries: CollectionDraft<AuditEntry>;

  constructor(entries: CollectionDraft<AuditEntry>) {
    this.entries = entries;
  }

  async add(record: AuditRecord, now: Date): Promise<void> {
    await this.entries.add(new AuditEntry(uuidv7(), record, now));
    const kept = auditKept(now);
    for (const old of await this.entries.filter(({ createdAt }) => createdAt < kept))
      await this.entries.remove(old);
  }
}
