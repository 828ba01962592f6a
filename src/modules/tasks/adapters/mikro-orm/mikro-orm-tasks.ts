import { MikroOrmUnitOfWork } from '../../../../platform/mikro-orm/mikro-orm-unit-of-work.ts';
import { ReadModel } from '../../../../platform/mikro-orm/read-model.ts';
import { columnsOf } from '../../../../platform/mikro-orm/read-model-source.ts';
import type { Transaction } from '../../../../platform/mikro-orm/transaction.ts';
import type { SqlStorage } from '../../../../platform/storage.ts';
import {
  HISTORY_LIST,
  type HistoryView,
  TASK_LIST,
  type TaskHistory,
  type TaskRepository,
  type TaskStorage,
  type TaskView,
} from '../../application/ports.ts';
import type { HistoryEntry } from '../../domain/history-entry.ts';
import type { Task } from '../../domain/task.ts';
import { mikroOrmTaskDirectory } from './mikro-orm-task-directory.ts';
import { HistoryEntrySchema, TaskSchema } from './task-schemas.ts';

const TASK_VIEW = [
  'id',
  'authorId',
  'title',
  'description',
  'dueDate',
  'completed',
  'assigneeId',
  'teamId',
  'createdAt',
  'updatedAt',
  'version',
] as const;

const HISTORY_VIEW = ['id', 'taskId', 'userId', 'field', 'valueBefore', 'valueAfter', 'createdAt'] as const;

export class MikroOrmTaskRepository implements TaskRepository {
  private readonly transaction: Transaction;

  constructor(transaction: Transaction) {
    this.transaction = transaction;
  }

  get(id: string): Promise<Task | undefined> {
    return this.transaction.find(TaskSchema, { id });
  }

  add(task: Task): Promise<void> {
    return this.transaction.add(task);
  }

  /** Its history goes with it by its foreign key. */
  remove(task: Task): Promise<void> {
    return this.transaction.remove(task);
  }

  async removeSomeUnshared(authorId: string, limit: number): Promise<number> {
    const own = { author_id: authorId, team_id: null };
    const unassigned = await this.transaction.removeSome('tasks', { ...own, assignee_id: null }, limit);
    if (unassigned === limit) return limit;
    const rest = limit - unassigned;
    return unassigned + (await this.transaction.removeSome('tasks', { ...own, assignee_id: authorId }, rest));
  }
}

export class MikroOrmTaskHistory implements TaskHistory {
  private readonly transaction: Transaction;

  constructor(transaction: Transaction) {
    this.transaction = transaction;
  }

  add(entry: HistoryEntry): Promise<void> {
    return this.transaction.add(entry);
  }
}

export function mikroOrmTasks({ database }: SqlStorage): TaskStorage {
  const { reader } = database;
  const tasks = new ReadModel<TaskView>(
    reader,
    {
      table: 'tasks',
      columns: columnsOf(TaskSchema, TASK_VIEW),
      search: { ftsTable: 'tasks_search', rowId: 'tasks.seq', vector: 'tasks.search_vector' },
      visibility: { people: ['tasks.author_id', 'tasks.assignee_id'], team: 'tasks.team_id' },
    },
    TASK_LIST,
  );
  const history = new ReadModel<HistoryView>(
    reader,
    { table: 'task_history', columns: columnsOf(HistoryEntrySchema, HISTORY_VIEW) },
    HISTORY_LIST,
  );
  return {
    work: new MikroOrmUnitOfWork(database, transaction => ({
      tasks: new MikroOrmTaskRepository(transaction),
      history: new MikroOrmTaskHistory(transaction),
    })),
    reader: {
      find: id => tasks.findBy('id', id),
      list: query => tasks.list(query),
      history: query => history.list(query),
    },
    directory: mikroOrmTaskDirectory(database),
  };
}
