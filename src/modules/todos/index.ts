export type { TodoId } from './domain/todo.ts';
