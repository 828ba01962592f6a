import { MikroOrmUnitOfWork } from '../../../../platform/mikro-orm/mikro-orm-unit-of-work.ts';
import { ReadModel } from '../../../../platform/mikro-orm/read-model.ts';
import { columnsOf } from '../../../../platform/mikro-orm/read-model-source.ts';
import type { Transaction } from '../../../../platform/mikro-orm/transaction.ts';
import type { SqlStorage } from '../../../../platform/storage.ts';
import { TODO_LIST, type TodoRepository, type TodoStorage, type TodoView } from '../../application/ports.ts';
import type { Todo } from '../../domain/todo.ts';
import { TodoSchema } from './todo-schema.ts';

export class MikroOrmTodoRepository implements TodoRepository {
  private readonly transaction: Transaction;

  constructor(transaction: Transaction) {
    this.transaction = transaction;
  }

  get(id: string): Promise<Todo | undefined> {
    return this.transaction.find(TodoSchema, { id });
  }

  add(todo: Todo): Promise<void> {
    return this.transaction.add(todo);
  }

  remove(todo: Todo): Promise<void> {
    return this.transaction.remove(todo);
  }

  removeSomeOf(userId: string, limit: number): Promise<number> {
    return this.transaction.removeSome('todos', { user_id: userId }, limit);
  }
}

export function mikroOrmTodos({ database }: SqlStorage): TodoStorage {
  const columns = columnsOf(TodoSchema, [
    'id',
    'userId',
    'text',
    'completed',
    'createdAt',
    'updatedAt',
    'version',
  ]);
  const todos = new ReadModel<TodoView>(database.reader, { table: 'todos', columns }, TODO_LIST);
  return {
    work: new MikroOrmUnitOfWork(database, transaction => ({
      todos: new MikroOrmTodoRepository(transaction),
    })),
    reader: {
      find: id => todos.findBy('id', id),
      list: query => todos.list(query),
    },
  };
}
