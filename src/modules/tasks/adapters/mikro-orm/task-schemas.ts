import { EntitySchema } from '@mikro-orm/core';
import { HistoryEntry } from '../../domain/history-entry.ts';
import { Task } from '../../domain/task.ts';

export const TaskSchema = new EntitySchema<Task>({
  class: Task,
  tableName: 'tasks',
  properties: {
    id: { type: 'uuid', primary: true },
    authorId: { type: 'uuid' },
    title: { type: 'text' },
    description: { type: 'text', nullable: true },
    dueDate: { type: 'Date', nullable: true },
    completed: { type: 'boolean' },
    assigneeId: { type: 'uuid', nullable: true },
    teamId: { type: 'uuid', nullable: true },
    searchText: { type: 'text', getter: true, hydrate: false },
    createdAt: { type: 'Date' },
    updatedAt: { type: 'Date' },
    version: { type: 'integer', version: true },
  },
});

export const HistoryEntrySchema = new EntitySchema<HistoryEntry>({
  class: HistoryEntry,
  tableName: 'task_history',
  properties: {
    id: { type: 'uuid', primary: true },
    taskId: { type: 'uuid' },
    userId: { type: 'uuid' },
    field: { type: 'text' },
    valueBefore: { type: 'text' },
    valueAfter: { type: 'text' },
    createdAt: { type: 'Date' },
    version: { type: 'integer', version: true },
  },
});
