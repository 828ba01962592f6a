import type { ListQuery, ListSpec, Page } from '../../../../kernel/list.ts';
import type { AuditEntry, AuditRecord } from '../../domain/audit-entry.ts';

/** It only grows, but for what has become older than is kept. */
export interface AuditLog {
  add(record: AuditRecord, now: Date): Promise<void>;
}

export type AuditEntryView = Omit<AuditEntry, 'version'>;

export const AUDIT_LIST = {
  filters: {
    action: { field: 'action', match: 'equals' },
    outcome: { field: 'outcome', match: 'equals' },
    actor: { field: 'actorId', match: 'equals' },
    subject: { field: 'subjectId', match: 'equals' },
    from: { field: 'createdAt', match: 'from' },
    to: { field: 'createdAt', match: 'before' },
  },
  sorts: { at: 'createdAt' },
  defaultSort: { key: 'at', descending: true },
} as const satisfies ListSpec<AuditEntryView>;

export interface AuditReader {
  list(query: ListQuery): Promise<Page<AuditEntryView>>;
}
