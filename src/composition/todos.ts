import { ContainerModule } from 'inversify';
import { todoData } from '../modules/todos/adapters/http/todo-data.ts';
import { todoApi } from '../modules/todos/adapters/http/todo-endpoints.ts';
import { inMemoryTodos } from '../modules/todos/adapters/memory/in-memory-todos.ts';
import { mikroOrmTodos } from '../modules/todos/adapters/mikro-orm/mikro-orm-todos.ts';
import { todoSteps } from '../modules/todos/adapters/mikro-orm/schema-steps.ts';
import { TodoSchema } from '../modules/todos/adapters/mikro-orm/todo-schema.ts';
import { AddTodo } from '../modules/todos/application/add-todo.ts';
import { ChangeTodo } from '../modules/todos/application/change-todo.ts';
import { DeleteTodo } from '../modules/todos/application/delete-todo.ts';
import { EraseTodos } from '../modules/todos/application/erase-todos.ts';
import { ListTodos } from '../modules/todos/application/list-todos.ts';
import { ReadTodo } from '../modules/todos/application/read-todo.ts';
import { onStorage } from '../platform/storage.ts';
import type { BoundedContext } from './context.ts';
import { bind } from './token.ts';
import { tokens } from './tokens.ts';

const module = new ContainerModule(options => {
  bind(options, tokens.todoStorage, storage => onStorage(storage, inMemoryTodos, mikroOrmTodos), [
    tokens.storage,
  ]);
  bind(
    options,
    tokens.todoApi,
    ({ work, reader }, ids, clock) =>
      todoApi({
        add: new AddTodo(work, ids, clock),
        change: new ChangeTodo(work, clock),
        remove: new DeleteTodo(work),
        read: new ReadTodo(reader),
        list: new ListTodos(reader),
      }),
    [tokens.todoStorage, tokens.ids, tokens.clock],
  );
  bind(options, tokens.todoData, ({ work, reader }) => todoData(reader, new EraseTodos(work)), [
    tokens.todoStorage,
  ]);
});

export const todosContext: BoundedContext = {
  module,
  schema: { entities: [TodoSchema], steps: todoSteps },
  api: tokens.todoApi,
  personalData: [tokens.todoData],
};
