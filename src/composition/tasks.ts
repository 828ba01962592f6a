import { ContainerModule } from 'inversify';
import { taskData } from '../modules/tasks/adapters/http/task-data.ts';
import { taskApi } from '../modules/tasks/adapters/http/task-endpoints.ts';
import { inMemoryTasks } from '../modules/tasks/adapters/memory/in-memory-tasks.ts';
import { mikroOrmTasks } from '../modules/tasks/adapters/mikro-orm/mikro-orm-tasks.ts';
import { taskSteps } from '../modules/tasks/adapters/mikro-orm/schema-steps.ts';
import { HistoryEntrySchema, TaskSchema } from '../modules/tasks/adapters/mikro-orm/task-schemas.ts';
import { configuredInsightSources } from '../modules/tasks/adapters/outbound/configured-insight-sources.ts';
import { ChangeTask } from '../modules/tasks/application/change-task.ts';
import { CreateTask } from '../modules/tasks/application/create-task.ts';
import { DeleteTask } from '../modules/tasks/application/delete-task.ts';
import { EraseTasks } from '../modules/tasks/application/erase-tasks.ts';
import { ReadTaskHistory } from '../modules/tasks/application/read-task-history.ts';
import { ReadTaskInsights } from '../modules/tasks/application/read-task-insights.ts';
import { ReadTasks } from '../modules/tasks/application/read-tasks.ts';
import { onStorage } from '../platform/storage.ts';
import type { BoundedContext } from './context.ts';
import { bind } from './token.ts';
import { tokens } from './tokens.ts';

const module = new ContainerModule(options => {
  bind(options, tokens.taskStorage, storage => onStorage(storage, inMemoryTasks, mikroOrmTasks), [
    tokens.storage,
  ]);
  bind(
    options,
    tokens.taskInsightSources,
    ({ taskInsightSources }, outbound) => configuredInsightSources(taskInsightSources, outbound),
    [tokens.settings, tokens.outbound],
  );
  bind(
    options,
    tokens.taskApi,
    ({ work, reader, directory }, ids, clock, sources) =>
      taskApi({
        create: new CreateTask(work, directory, ids, clock),
        change: new ChangeTask(work, reader, directory, ids, clock),
        remove: new DeleteTask(work, reader, directory),
        read: new ReadTasks(reader, directory),
        history: new ReadTaskHistory(reader, directory),
        insights: new ReadTaskInsights(reader, directory, sources),
      }),
    [tokens.taskStorage, tokens.ids, tokens.clock, tokens.taskInsightSources],
  );
  bind(options, tokens.taskData, ({ work, reader }) => taskData(reader, new EraseTasks(work)), [
    tokens.taskStorage,
  ]);
});

export const tasksContext: BoundedContext = {
  module,
  schema: { entities: [TaskSchema, HistoryEntrySchema], steps: taskSteps },
  api: tokens.taskApi,
  personalData: [tokens.taskData],
};
