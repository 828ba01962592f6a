import { EntitySchema } from '@mikro-orm/core';
import { Todo } from '../../domain/todo.ts';

export const TodoSchema = new EntitySchema<Todo>({
  class: Todo,
  tableName: 'todos',
  properties: {
    id: { type: 'uuid', primary: true },
    userId: { type: 'uuid' },
    text: { type: 'text' },
    completed: { type: 'boolean' },
    createdAt: { type: 'Date' },
    updatedAt: { type: 'Date' },
    version: { type: 'integer', version: true },
  },
});
