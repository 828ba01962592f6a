import type { Principal } from '../../../kernel/principal.ts';
import { TaskNotFound } from '../domain/errors.ts';
import type { TaskDirectory, TaskView } from './ports.ts';

/**
 * The task, if whoever asks may see it: its author, its assignee and the people of its team do. For everybody else there
 * is none.
 * @throws TaskNotFound
 */
export async function requireVisible<T extends Pick<TaskView, 'authorId' | 'assigneeId' | 'teamId'>>(
  task: T | undefined,
  { userId }: Principal,
  directory: TaskDirectory,
): Promise<T> {
  if (!task) throw new TaskNotFound();
  const { authorId, assigneeId, teamId } = task;
  if (userId === authorId || userId === assigneeId) return task;
  if (teamId !== null && (await directory.isOf(userId, teamId))) return task;
  throw new TaskNotFound();
}
