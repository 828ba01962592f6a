import type { Clock } from '../../../kernel/clock.ts';
import type { Ids } from '../../../kernel/ids.ts';
import { type Principal, requireScope } from '../../../kernel/principal.ts';
import { requireVersion } from '../../../kernel/version.ts';
import { TaskNotFound } from '../domain/errors.ts';
import { HistoryEntry } from '../domain/history-entry.ts';
import type { TaskContent, TaskId } from '../domain/task.ts';
import { requireKnownReferences } from './known-references.ts';
import type { TaskDirectory, TaskReader, TaskView, TaskWork } from './ports.ts';
import { requireVisible } from './visible-task.ts';

export interface ChangeTaskCommand {
  readonly taskId: TaskId;
  /** What is left out stays as it is. */
  readonly content: Partial<TaskContent>;
  readonly expectedVersion: number | undefined;
}

/**
 * Changes a task.
 *
 * - The author may change everything, the assignee whether it is done, and nobody else anything; whoever may not see it is
 *   told that there is none.
 * - Each field that changes has an entry in the history, in the same transaction.
 * - A change that was made against an older version is refused.
 */
export class ChangeTask {
  private readonly work: TaskWork;
  private readonly reader: TaskReader;
  private readonly directory: TaskDirectory;
  private readonly ids: Ids;
  private readonly clock: Clock;

  constructor(work: TaskWork, reader: TaskReader, directory: TaskDirectory, ids: Ids, clock: Clock) {
    this.work = work;
    this.reader = reader;
    this.directory = directory;
    this.ids = ids;
    this.clock = clock;
  }

  async execute({ taskId, content, expectedVersion }: ChangeTaskCommand, by: Principal): Promise<TaskView> {
    requireScope(by, 'tasks');
    await requireVisible(await this.reader.find(taskId), by, this.directory);
    await requireKnownReferences(content, this.directory);
    return this.work.run(
      async ({ tasks, history }) => {
        const task = await tasks.get(taskId);
        if (!task) throw new TaskNotFound();
        requireVersion(task, expectedVersion);
        const now = this.clock.now();
        for (const change of task.change(content, by.userId, now))
          await history.add(new HistoryEntry(this.ids.next(), { taskId, by: by.userId, change }, now));
        return task;
      },
      { retry: expectedVersion === undefined },
    );
  }
}
