import { faker } from '@faker-js/faker';
import { tokens } from '../../composition/tokens.ts';
import { HistoryEntry } from '../../modules/tasks/domain/history-entry.ts';
import { Task } from '../../modules/tasks/domain/task.ts';
import type { DemoWorld } from './demo-world.ts';

interface TaskWithHistory {
  readonly task: Task;
  readonly history: readonly HistoryEntry[];
}

export async function addTasks(world: DemoWorld, amount: number): Promise<void> {
  const { work } = world.application.get(tokens.taskStorage);
  await world.fill(
    'tasks',
    amount,
    () => makeTask(world),
    batch =>
      work.run(async ({ tasks, history }) => {
        for (const { task } of batch) await tasks.add(task);
        for (const entry of batch.flatMap(made => made.history)) await history.add(entry);
      }),
  );
}

/** Most are somebody's to do, some a team's; four in ten are done. */
function makeTask(world: DemoWorld): TaskWithHistory {
  const now = world.recently();
  const [by, assigneeId] = [world.someone(), faker.datatype.boolean(0.6) ? world.someone() : null];
  const content = {
    title: faker.git.commitMessage().slice(0, 50),
    description: faker.datatype.boolean() ? faker.lorem.sentences({ min: 1, max: 3 }) : null,
    dueDate: faker.datatype.boolean() ? faker.date.soon({ days: 60, refDate: now }) : null,
    completed: false,
    assigneeId,
    teamId:
      world.teams.length > 0 && faker.datatype.boolean(0.4) ? faker.helpers.arrayElement(world.teams) : null,
  };
  const task = new Task(world.nextId(), by, content, now);
  const history = [new HistoryEntry(world.nextId(), { taskId: task.id, by }, now)];
  if (!faker.datatype.boolean(0.4)) return { task, history };
  const [doer, then] = [assigneeId ?? by, world.later(now)];
  for (const change of task.change({ completed: true }, doer, then))
    history.push(new HistoryEntry(world.nextId(), { taskId: task.id, by: doer, change }, then));
  return { task, history };
}
