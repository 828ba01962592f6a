import type { ListQuery, Page } from '../../../kernel/list.ts';
import { type Principal, requireScope } from '../../../kernel/principal.ts';
import type { TaskId } from '../domain/task.ts';
import type { TaskDirectory, TaskReader, TaskView } from './ports.ts';
import { requireVisible } from './visible-task.ts';

/**
 * Shows tasks to their author, their assignee and the people of their team, one or many.
 *
 * - For everybody else there are none: they are neither listed nor counted.
 */
export class ReadTasks {
  private readonly reader: TaskReader;
  private readonly directory: TaskDirectory;

  constructor(reader: TaskReader, directory: TaskDirectory) {
    this.reader = reader;
    this.directory = directory;
  }

  async one(id: TaskId, by: Principal): Promise<TaskView> {
    requireScope(by, 'tasks');
    return requireVisible(await this.reader.find(id), by, this.directory);
  }

  async list(query: ListQuery, by: Principal): Promise<Page<TaskView>> {
    requireScope(by, 'tasks');
    return this.reader.list({ ...query, viewer: by.userId });
  }
}
