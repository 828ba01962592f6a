import type { CollectionDraft } from '../../../../platform/memory/collection-draft.ts';
import { MemoryCollection } from '../../../../platform/memory/memory-collection.ts';
import { evaluateList } from '../../../../platform/memory/memory-list.ts';
import { MemoryUnitOfWork } from '../../../../platform/memory/memory-unit-of-work.ts';
import type { MemoryStorage } from '../../../../platform/storage.ts';
import { TODO_LIST, type TodoRepository, type TodoStorage } from '../../application/ports.ts';
import type { Todo } from '../../domain/todo.ts';

export class InMemoryTodoRepository implements TodoRepository {
  private readonly todos: CollectionDraft<Todo>;

  constructor(todos: CollectionDraft<Todo>) {
    this.todos = todos;
  }

  get(id: string): Promise<Todo | undefined> {
    return this.todos.get(id);
  }

  add(todo: Todo): Promise<void> {
    return this.todos.add(todo);
  }

  remove(todo: Todo): Promise<void> {
    return this.todos.remove(todo);
  }

  removeSomeOf(userId: string, limit: number): Promise<number> {
    return this.todos.removeSome(todo => todo.userId === userId, limit);
  }
}

export function inMemoryTodos({ store }: MemoryStorage): TodoStorage {
  const todos = new MemoryCollection<Todo>('todos');
  return {
    work: new MemoryUnitOfWork(store, transaction => ({
      todos: new InMemoryTodoRepository(transaction.draft(todos)),
    })),
    reader: {
      find: async id => todos.row(id),
      list: async query => evaluateList(todos.rows(), TODO_LIST, query),
    },
  };
}
