import Type from 'typebox';
import { nullable, Timestamp, Uuid } from '../../../../platform/http/schemas.ts';
import { timestamp } from '../../../../platform/http/timestamp.ts';
import type { TodoView } from '../../application/ports.ts';
import { TODO_TEXT } from '../../domain/todo.ts';

const text = Type.String({
  minLength: TODO_TEXT.min,
  maxLength: TODO_TEXT.max,
  examples: ['Water the plants'],
});
const completed = Type.Boolean({ default: false, examples: [false] });

export const NewTodo = Type.Object(
  { text, completed: Type.Optional(completed) },
  { title: 'NewTodo', additionalProperties: false },
);

export const TodoPatch = Type.Object(
  { text: Type.Optional(text), completed: Type.Optional(nullable(Type.Boolean())) },
  { title: 'TodoPatch', additionalProperties: false },
);

export const Todo = Type.Object(
  { id: Uuid, text, completed, created_at: Timestamp, updated_at: Timestamp },
  { title: 'Todo', additionalProperties: false },
);

export const presentTodo = (todo: TodoView) => ({
  id: todo.id,
  text: todo.text,
  completed: todo.completed,
  created_at: timestamp(todo.createdAt),
  updated_at: timestamp(todo.updatedAt),
});
