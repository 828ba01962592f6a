import type { TaskView } from '../../application/ports.ts';

/** What the address of a source may say of a task, by the names of the wire. What is not there is empty. */
const VALUES = {
  id: ({ id }) => id,
  title: ({ title }) => title,
  description: ({ description }) => description ?? '',
  completed: ({ completed }) => String(completed),
  due_date: ({ dueDate }) => dueDate?.toISOString() ?? '',
  author_id: ({ authorId }) => authorId,
  assignee_id: ({ assigneeId }) => assigneeId ?? '',
  team_id: ({ teamId }) => teamId ?? '',
  created_at: ({ createdAt }) => createdAt.toISOString(),
  updated_at: ({ updatedAt }) => updatedAt.toISOString(),
} as const satisfies Readonly<Record<string, (task: TaskView) => string>>;

export const TASK_VALUES: readonly string[] = Object.keys(VALUES);

export function valuesOf(task: TaskView): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(VALUES).map(([name, say]) => [name, say(task)]));
}
