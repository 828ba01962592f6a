import Type from 'typebox';
import { type Api, created, endpointsThrowing, noContent, ok } from '../../../../platform/http/endpoint.ts';
import { listQuery, pageOf, pageReply, toListQuery } from '../../../../platform/http/list-endpoint.ts';
import { IdParams } from '../../../../platform/http/schemas.ts';
import type { AddTodo } from '../../application/add-todo.ts';
import type { ChangeTodo } from '../../application/change-todo.ts';
import type { DeleteTodo } from '../../application/delete-todo.ts';
import type { ListTodos } from '../../application/list-todos.ts';
import { TODO_LIST } from '../../application/ports.ts';
import type { ReadTodo } from '../../application/read-todo.ts';
import type { TodoErrorCode } from '../../domain/errors.ts';
import { NewTodo, presentTodo, Todo, TodoPatch } from './todo-representation.ts';

const todoProblems = { 'todos.not_found': 404 } as const satisfies Record<TodoErrorCode, number>;

export interface TodoUseCases {
  readonly add: AddTodo;
  readonly change: ChangeTodo;
  readonly remove: DeleteTodo;
  readonly read: ReadTodo;
  readonly list: ListTodos;
}

const endpoint = endpointsThrowing<TodoErrorCode>();

export function todoApi({ add, change, remove, read, list }: TodoUseCases): Api {
  return {
    name: 'todos',
    description: "Everybody's own list of things to do; nobody sees another's.",
    problems: todoProblems,
    endpoints: [
      endpoint({
        name: 'listTodos',
        method: 'GET',
        path: '/todos',
        summary: 'Lists your to-dos',
        description: 'Newest first. `completed` keeps the done or the open ones.',
        scope: 'todos',
        query: listQuery(TODO_LIST, { completed: Type.Boolean() }),
        returns: { 200: pageOf(Todo, 'PageOfTodos') },
        problems: [],
        cache: 'private',
        madeOf: [{ own: 'todos' }],
        async handle({ query, url, principal }) {
          const asked = toListQuery(TODO_LIST, query);
          return pageReply(await list.execute(asked, principal), presentTodo, asked, url);
        },
      }),
      endpoint({
        name: 'addTodo',
        method: 'POST',
        path: '/todos',
        summary: 'Adds a to-do to your list',
        scope: 'todos',
        body: NewTodo,
        returns: { 201: Todo },
        problems: [],
        cache: 'private',
        async handle({ body, principal }) {
          const todo = await add.execute({ text: body.text, completed: body.completed ?? false }, principal);
          return created(`/todos/${todo.id}`, presentTodo(todo));
        },
      }),
      endpoint({
        name: 'readTodo',
        method: 'GET',
        path: '/todos/:id',
        summary: 'Shows one of your to-dos',
        scope: 'todos',
        params: IdParams,
        returns: { 200: Todo },
        problems: ['todos.not_found'],
        cache: 'private',
        async handle({ params, principal }) {
          const todo = await read.execute(params.id, principal);
          return ok(presentTodo(todo), todo.version);
        },
      }),
      endpoint({
        name: 'replaceTodo',
        method: 'PUT',
        path: '/todos/:id',
        summary: 'Replaces one of your to-dos',
        description: '`completed` is false where it is left out.',
        scope: 'todos',
        params: IdParams,
        body: NewTodo,
        returns: { 200: Todo },
        problems: ['todos.not_found'],
        cache: 'private',
        async handle({ params, body, expectedVersion, principal }) {
          const content = { text: body.text, completed: body.completed ?? false };
          return ok(
            presentTodo(await change.execute({ todoId: params.id, content, expectedVersion }, principal)),
          );
        },
      }),
      endpoint({
        name: 'changeTodo',
        method: 'PATCH',
        path: '/todos/:id',
        summary: 'Changes parts of one of your to-dos',
        description: 'A JSON merge patch (RFC 7396).',
        scope: 'todos',
        params: IdParams,
        body: TodoPatch,
        returns: { 200: Todo },
        problems: ['todos.not_found'],
        cache: 'private',
        async handle({ params, body, expectedVersion, principal }) {
          const { completed: done, ...rest } = body;
          const content = done === undefined ? rest : { ...rest, completed: done ?? false };
          return ok(
            presentTodo(await change.execute({ todoId: params.id, content, expectedVersion }, principal)),
          );
        },
      }),
      endpoint({
        name: 'deleteTodo',
        method: 'DELETE',
        path: '/todos/:id',
        summary: 'Takes a to-do off your list',
        scope: 'todos',
        params: IdParams,
        returns: { 204: null },
        problems: ['todos.not_found'],
        cache: 'private',
        async handle({ params, expectedVersion, principal }) {
          await remove.execute({ todoId: params.id, expectedVersion }, principal);
          return noContent();
        },
      }),
    ],
  };
}
