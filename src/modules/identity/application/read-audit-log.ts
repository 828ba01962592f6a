import type { ListQuery, Page } from '../../../kernel/list.ts';
import { type Principal, requireScope } from '../../../kernel/principal.ts';
import type { AuditEntryView, AuditReader } from './ports.ts';

/** Shows administrators of users who did what, newest first. Nothing changes it. */
export class ReadAuditLog {
  private readonly audit: AuditReader;

  constructor(audit: AuditReader) {
    this.audit = audit;
  }

  async execute(query: ListQuery, by: Principal): Promise<Page<AuditEntryView>> {
    requireScope(by, 'users:admin');
    return this.audit.list(query);
  }
}
