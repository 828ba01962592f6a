import { UnknownAssignee, UnknownTeam } from '../domain/errors.ts';
import type { TaskContent } from '../domain/task.ts';
import type { TaskDirectory } from './ports.ts';

/** @throws UnknownAssignee, UnknownTeam */
export async function requireKnownReferences(
  { assigneeId, teamId }: Partial<TaskContent>,
  directory: TaskDirectory,
): Promise<void> {
  if (assigneeId && !(await directory.isPerson(assigneeId))) throw new UnknownAssignee();
  if (teamId && !(await directory.isTeam(teamId))) throw new UnknownTeam();
}
