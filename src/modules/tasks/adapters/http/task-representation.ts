import Type, { type Static } from 'typebox';
import { nullable, Timestamp, Uuid } from '../../../../platform/http/schemas.ts';
import { timestamp } from '../../../../platform/http/timestamp.ts';
import type { HistoryView, TaskView } from '../../application/ports.ts';
import type { HistoryValue } from '../../domain/history-entry.ts';
import { TASK_DESCRIPTION, TASK_TITLE, type TaskContent, type TaskField } from '../../domain/task.ts';

const title = Type.String({
  minLength: TASK_TITLE.min,
  maxLength: TASK_TITLE.max,
  examples: ['Water the plants'],
});
const description = Type.String({
  maxLength: TASK_DESCRIPTION.max,
  examples: ['Those on the window sill too'],
});
const completed = Type.Boolean({ default: false, examples: [false] });
const dueDate = Type.String({ format: 'date-time', examples: ['2030-01-31T12:00:00.000Z'] });

const optional = <Schema extends Type.TSchema>(schema: Schema) => Type.Optional(nullable(schema));

const content = {
  description: optional(description),
  due_date: optional(dueDate),
  assignee_id: optional(Uuid),
  team_id: optional(Uuid),
};

export const NewTask = Type.Object(
  { title, ...content, completed: Type.Optional(completed) },
  { title: 'NewTask', additionalProperties: false },
);

export const TaskPatch = Type.Object(
  { title: Type.Optional(title), ...content, completed: optional(Type.Boolean()) },
  { title: 'TaskPatch', additionalProperties: false },
);

export const Task = Type.Object(
  {
    id: Uuid,
    title,
    description: nullable(description),
    due_date: nullable(dueDate),
    completed,
    author_id: Uuid,
    assignee_id: nullable(Uuid),
    team_id: nullable(Uuid),
    created_at: Timestamp,
    updated_at: Timestamp,
  },
  { title: 'Task', additionalProperties: false },
);

/** Fields on the wire, by their names inside. */
const WIRE: Readonly<Record<TaskField | 'created', string>> = {
  created: 'created',
  title: 'title',
  description: 'description',
  dueDate: 'due_date',
  completed: 'completed',
  assigneeId: 'assignee_id',
  teamId: 'team_id',
};

const value = Type.Union([Type.String(), Type.Boolean(), Type.Null()], { examples: ['Water the plants'] });

export const TaskHistoryEntry = Type.Object(
  {
    id: Uuid,
    user_id: Uuid,
    at: Timestamp,
    field: Type.Union(
      Object.values(WIRE).map(name => Type.Literal(name)),
      { description: '`created` where the task was made', examples: ['title'] },
    ),
    before: value,
    after: value,
  },
  { title: 'TaskHistoryEntry', additionalProperties: false },
);

const timeOf = (text: string | null | undefined) => (text ? new Date(text) : null);

export const contentOf = (body: Static<typeof NewTask>): TaskContent => ({
  title: body.title,
  description: body.description ?? null,
  dueDate: timeOf(body.due_date),
  completed: body.completed ?? false,
  assigneeId: body.assignee_id ?? null,
  teamId: body.team_id ?? null,
});

/** What a merge patch leaves out stays out; null takes away, or resets. */
export const changeOf = (patch: Static<typeof TaskPatch>): Partial<TaskContent> => ({
  ...(patch.title !== undefined && { title: patch.title }),
  ...(patch.description !== undefined && { description: patch.description }),
  ...(patch.due_date !== undefined && { dueDate: timeOf(patch.due_date) }),
  ...(patch.completed !== undefined && { completed: patch.completed ?? false }),
  ...(patch.assignee_id !== undefined && { assigneeId: patch.assignee_id }),
  ...(patch.team_id !== undefined && { teamId: patch.team_id }),
});

export const presentTask = (task: TaskView) => ({
  id: task.id,
  title: task.title,
  description: task.description,
  due_date: task.dueDate && timestamp(task.dueDate),
  completed: task.completed,
  author_id: task.authorId,
  assignee_id: task.assigneeId,
  team_id: task.teamId,
  created_at: timestamp(task.createdAt),
  updated_at: timestamp(task.updatedAt),
});

export const presentHistory = (entry: HistoryView) => ({
  id: entry.id,
  user_id: entry.userId,
  at: timestamp(entry.createdAt),
  field: WIRE[entry.field],
  before: JSON.parse(entry.valueBefore) as HistoryValue,
  after: JSON.parse(entry.valueAfter) as HistoryValue,
});
