import type { Clock } from '../../../kernel/clock.ts';
import type { Ids } from '../../../kernel/ids.ts';
import { type Principal, requireScope } from '../../../kernel/principal.ts';
import { HistoryEntry } from '../domain/history-entry.ts';
import { Task, type TaskContent } from '../domain/task.ts';
import { requireKnownReferences } from './known-references.ts';
import type { TaskDirectory, TaskView, TaskWork } from './ports.ts';

/**
 * Makes a task, whose author is whoever asks.
 *
 * - The title has 3 to 50 characters and something else than blanks; the description at most 500.
 * - It is not due in the past.
 * - An assignee has an account; a team exists.
 * - Its history begins in the same transaction.
 */
export class CreateTask {
  private readonly work: TaskWork;
  private readonly directory: TaskDirectory;
  private readonly ids: Ids;
  private readonly clock: Clock;

  constructor(work: TaskWork, directory: TaskDirectory, ids: Ids, clock: Clock) {
    this.work = work;
    this.directory = directory;
    this.ids = ids;
    this.clock = clock;
  }

  async execute(content: TaskContent, by: Principal): Promise<TaskView> {
    requireScope(by, 'tasks');
    await requireKnownReferences(content, this.directory);
    const now = this.clock.now();
    const task = new Task(this.ids.next(), by.userId, content, now);
    const entry = new HistoryEntry(this.ids.next(), { taskId: task.id, by: by.userId }, now);
    await this.work.run(async ({ tasks, history }) => {
      await tasks.add(task);
      await history.add(entry);
    });
    return task;
  }
}
