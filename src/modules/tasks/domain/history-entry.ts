import type { UserId } from '../../../kernel/principal.ts';
import type { FieldChange, TaskField, TaskId } from './task.ts';

/** What a field held, as it is kept and shown: a time as RFC 3339. */
export type HistoryValue = string | boolean | null;

/** That somebody made a task, or changed one field of it. It is never changed itself. */
export class HistoryEntry {
  readonly id: string;
  readonly taskId: TaskId;
  readonly userId: UserId;
  readonly field: TaskField | 'created';
  /** JSON. */
  readonly valueBefore: string;
  /** JSON. */
  readonly valueAfter: string;
  readonly createdAt: Date;
  readonly version = 1;

  constructor(
    id: string,
    { taskId, by, change }: { readonly taskId: TaskId; readonly by: UserId; readonly change?: FieldChange },
    now: Date,
  ) {
    this.id = id;
    this.taskId = taskId;
    this.userId = by;
    this.field = change?.field ?? 'created';
    this.valueBefore = JSON.stringify(change?.before ?? null);
    this.valueAfter = JSON.stringify(change?.after ?? null);
    this.createdAt = now;
  }
}
