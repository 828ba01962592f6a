import type { ListQuery, Page } from '../../../kernel/list.ts';
import { type Principal, requireScope } from '../../../kernel/principal.ts';
import type { TaskId } from '../domain/task.ts';
import type { HistoryView, TaskDirectory, TaskReader } from './ports.ts';
import { requireVisible } from './visible-task.ts';

/** Shows what happened to a task, newest first, to whoever may see the task. Nothing changes it. */
export class ReadTaskHistory {
  private readonly reader: TaskReader;
  private readonly directory: TaskDirectory;

  constructor(reader: TaskReader, directory: TaskDirectory) {
    this.reader = reader;
    this.directory = directory;
  }

  async execute(taskId: TaskId, query: ListQuery, by: Principal): Promise<Page<HistoryView>> {
    requireScope(by, 'tasks');
    await requireVisible(await this.reader.find(taskId), by, this.directory);
    return this.reader.history({ ...query, where: { task: taskId } });
  }
}
