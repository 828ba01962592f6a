import { allPages } from '../../../../kernel/all-pages.ts';
import type { UserId } from '../../../../kernel/principal.ts';
import type { ExportedData } from '../../../../platform/http/exported-data.ts';
import type { EraseTasks } from '../../application/erase-tasks.ts';
import type { TaskReader } from '../../application/ports.ts';
import { presentTask, Task } from './task-representation.ts';

/** What somebody made, and what they were to do. What others see of it stays, with a nameless author or assignee. */
export function taskData(reader: TaskReader, erase: EraseTasks): ExportedData {
  return {
    name: 'tasks',
    record: Task,
    async *export(viewer: UserId) {
      const pages = (where: { readonly author: UserId } | { readonly assignee: UserId }) =>
        allPages(query => reader.list({ ...query, viewer }), where, { present: task => task });
      for await (const made of pages({ author: viewer })) yield made.map(presentTask);
      for await (const assigned of pages({ assignee: viewer }))
        yield assigned.filter(({ authorId }) => authorId !== viewer).map(presentTask);
    },
    erase: (userId, signal) => erase.execute(userId, signal),
  };
}
