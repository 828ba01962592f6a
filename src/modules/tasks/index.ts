export type { TaskId } from './domain/task.ts';
