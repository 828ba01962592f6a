import type { CollectionDraft } from '../../../../platform/memory/collection-draft.ts';
import { MemoryCollection } from '../../../../platform/memory/memory-collection.ts';
import { evaluateList } from '../../../../platform/memory/memory-list.ts';
import { MemoryUnitOfWork } from '../../../../platform/memory/memory-unit-of-work.ts';
import type { MemoryStorage } from '../../../../platform/storage.ts';
import {
  HISTORY_LIST,
  TASK_LIST,
  type TaskHistory,
  type TaskRepository,
  type TaskStorage,
} from '../../application/ports.ts';
import type { HistoryEntry } from '../../domain/history-entry.ts';
import type { Task } from '../../domain/task.ts';

export class InMemoryTaskRepository implements TaskRepository {
  private readonly tasks: CollectionDraft<Task>;
  private readonly history: CollectionDraft<HistoryEntry>;

  constructor(tasks: CollectionDraft<Task>, history: CollectionDraft<HistoryEntry>) {
    this.tasks = tasks;
    this.history = history;
  }

  get(id: string): Promise<Task | undefined> {
    return this.tasks.get(id);
  }

  add(task: Task): Promise<void> {
    return this.tasks.add(task);
  }

  async remove(task: Task): Promise<void> {
    await this.tasks.remove(task);
    for (const entry of await this.history.filter(({ taskId }) => taskId === task.id))
      await this.history.remove(entry);
  }

  async removeSomeUnshared(authorId: string, limit: number): Promise<number> {
    const isOwn = (id: string | null) => id === null || id === authorId;
    const unshared = await this.tasks.filter(
      task => task.authorId === authorId && task.teamId === null && isOwn(task.assigneeId),
    );
    const some = unshared.slice(0, limit);
    for (const task of some) await this.remove(task);
    return some.length;
  }
}

export class InMemoryTaskHistory implements TaskHistory {
  private readonly history: CollectionDraft<HistoryEntry>;

  constructor(history: CollectionDraft<HistoryEntry>) {
    this.history = history;
  }

  add(entry: HistoryEntry): Promise<void> {
    return this.history.add(entry);
  }
}

export function inMemoryTasks({ store }: MemoryStorage): TaskStorage {
  const tasks = new MemoryCollection<Task>('tasks');
  const history = new MemoryCollection<HistoryEntry>('task_history');
  const isOf = (person: string, team: string) => store.read('teamsOf', person).includes(team);
  const isVisible = ({ authorId, assigneeId, teamId }: Task, viewer: string) =>
    authorId === viewer || assigneeId === viewer || (teamId !== null && isOf(viewer, teamId));
  return {
    work: new MemoryUnitOfWork(store, transaction => {
      const entries = transaction.draft(history);
      return {
        tasks: new InMemoryTaskRepository(transaction.draft(tasks), entries),
        history: new InMemoryTaskHistory(entries),
      };
    }),
    reader: {
      find: async id => tasks.row(id),
      list: async query =>
        evaluateList(
          [...tasks.rows()].filter(task => isVisible(task, query.viewer)),
          TASK_LIST,
          query,
        ),
      history: async query => evaluateList(history.rows(), HISTORY_LIST, query),
    },
    directory: {
      isPerson: async id => store.read('activePeople', id),
      isTeam: async id => store.read('teams', id) !== undefined,
      isOf: async (person, team) => isOf(person, team),
    },
  };
}
