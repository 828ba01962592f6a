import { allPages } from '../../../../kernel/all-pages.ts';
import type { ExportedData } from '../../../../platform/http/exported-data.ts';
import type { EraseTodos } from '../../application/erase-todos.ts';
import type { TodoReader } from '../../application/ports.ts';
import { presentTodo, Todo } from './todo-representation.ts';

/** To-dos are their person's own, and go with them. */
export function todoData(reader: TodoReader, erase: EraseTodos): ExportedData {
  return {
    name: 'todos',
    record: Todo,
    export: owner => allPages(query => reader.list(query), { owner }, { present: presentTodo }),
    erase: (userId, signal) => erase.execute(userId, signal),
  };
}
