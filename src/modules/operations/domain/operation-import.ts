import type { Id } from '../../../kernel/ids.ts';
import type { UserId } from '../../../kernel/principal.ts';

export type OperationImportId = Id<'operation_import'>;

/**
 * `uploading`: somebody sends it, or its few lines are being written. `queued`: all of it has come, and a job writes it.
 * `abandoned`: nothing of it will be shown, and what there is of it is being removed.
 */
export type ImportState = 'uploading' | 'queued' | 'abandoned';

/** Milliseconds between two signs of life that are written. */
const SIGN_OF_LIFE = 60_000;

/** An import that is under way. Operations that came with it are shown when it is there no more. */
export class OperationImport {
  readonly id: OperationImportId;
  readonly userId: UserId;
  state: ImportState = 'uploading';
  /** Also when each of its operations was created. */
  readonly createdAt: Date;
  touchedAt: Date;
  readonly version = 1;

  constructor(id: OperationImportId, userId: UserId, now: Date) {
    this.id = id;
    this.userId = userId;
    this.createdAt = now;
    this.touchedAt = now;
  }

  /** Whoever uploads it is still there. */
  touch(now: Date): void {
    if (this.isQuiet(now)) this.touchedAt = now;
  }

  /** Whether it is time for a sign of life. */
  isQuiet(now: Date): boolean {
    return now.getTime() - this.touchedAt.getTime() >= SIGN_OF_LIFE;
  }

  queue(now: Date): void {
    this.state = 'queued';
    this.touchedAt = now;
  }

  abandon(): void {
    this.state = 'abandoned';
  }
}
