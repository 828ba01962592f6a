import Type from 'typebox';
import { type Api, created, endpointsThrowing, noContent, ok } from '../../../../platform/http/endpoint.ts';
import { listQuery, pageOf, pageReply, toListQuery } from '../../../../platform/http/list-endpoint.ts';
import { IdParams, Timestamp, Uuid } from '../../../../platform/http/schemas.ts';
import type { ChangeTask } from '../../application/change-task.ts';
import type { CreateTask } from '../../application/create-task.ts';
import type { DeleteTask } from '../../application/delete-task.ts';
import { HISTORY_LIST, TASK_LIST } from '../../application/ports.ts';
import type { ReadTaskHistory } from '../../application/read-task-history.ts';
import type { ReadTaskInsights } from '../../application/read-task-insights.ts';
import type { ReadTasks } from '../../application/read-tasks.ts';
import type { TaskErrorCode } from '../../domain/errors.ts';
import { taskInsightEndpoint } from './task-insight-endpoint.ts';
import {
  changeOf,
  contentOf,
  NewTask,
  presentHistory,
  presentTask,
  Task,
  TaskHistoryEntry,
  TaskPatch,
} from './task-representation.ts';

const taskProblems = {
  'tasks.not_found': 404,
  'tasks.not_author': 403,
  'tasks.title_blank': 422,
  'tasks.due_in_the_past': 422,
  'tasks.unknown_assignee': 422,
  'tasks.unknown_team': 422,
} as const satisfies Record<TaskErrorCode, number>;

const CONTENT_PROBLEMS = ['tasks.title_blank', 'tasks.unknown_assignee', 'tasks.unknown_team'] as const;

export interface TaskUseCases {
  readonly create: CreateTask;
  readonly change: ChangeTask;
  readonly remove: DeleteTask;
  readonly read: ReadTasks;
  readonly history: ReadTaskHistory;
  readonly insights: ReadTaskInsights;
}

const endpoint = endpointsThrowing<TaskErrorCode>();

const FILTERS = { completed: Type.Boolean(), assignee: Uuid, due_before: Timestamp };

const WHO = 'The author may change everything, the assignee whether it is done.';

export function taskApi({ create, change, remove, read, history, insights }: TaskUseCases): Api {
  return {
    name: 'tasks',
    description: 'What somebody wants done: seen by its author, its assignee and the people of its team.',
    problems: taskProblems,
    endpoints: [
      endpoint({
        name: 'listTasks',
        method: 'GET',
        path: '/tasks',
        summary: 'Lists the tasks that you may see',
        description:
          'Newest first. `completed` keeps the done or the open ones, `assignee` those of one person, `due_before` those that are due before a time; `q` those in whose title or description each of its words begins a word.',
        scope: 'tasks',
        query: listQuery(TASK_LIST, FILTERS, { keyset: true }),
        returns: { 200: pageOf(Task, 'PageOfTasks', { keyset: true }) },
        problems: [],
        cache: 'private',
        madeOf: ['tasks', 'team_people'],
        async handle({ query, url, principal }) {
          const asked = toListQuery(TASK_LIST, query);
          return pageReply(await read.list(asked, principal), presentTask, asked, url);
        },
      }),
      endpoint({
        name: 'createTask',
        method: 'POST',
        path: '/tasks',
        summary: 'Makes a task',
        description: 'It is yours, and whoever it is assigned to and the people of its team see it.',
        scope: 'tasks',
        body: NewTask,
        returns: { 201: Task },
        problems: [...CONTENT_PROBLEMS, 'tasks.due_in_the_past'],
        cache: 'private',
        async handle({ body, principal }) {
          const task = await create.execute(contentOf(body), principal);
          return created(`/tasks/${task.id}`, presentTask(task));
        },
      }),
      endpoint({
        name: 'readTask',
        method: 'GET',
        path: '/tasks/:id',
        summary: 'Shows a task',
        scope: 'tasks',
        params: IdParams,
        returns: { 200: Task },
        problems: ['tasks.not_found'],
        cache: 'private',
        async handle({ params, principal }) {
          const task = await read.one(params.id, principal);
          return ok(presentTask(task), task.version);
        },
      }),
      endpoint({
        name: 'replaceTask',
        method: 'PUT',
        path: '/tasks/:id',
        summary: 'Replaces a task',
        description: `${WHO} What is left out is reset.`,
        scope: 'tasks',
        params: IdParams,
        body: NewTask,
        returns: { 200: Task },
        problems: ['tasks.not_found', 'tasks.not_author', ...CONTENT_PROBLEMS],
        cache: 'private',
        async handle({ params, body, expectedVersion, principal }) {
          const command = { taskId: params.id, content: contentOf(body), expectedVersion };
          return ok(presentTask(await change.execute(command, principal)));
        },
      }),
      endpoint({
        name: 'changeTask',
        method: 'PATCH',
        path: '/tasks/:id',
        summary: 'Changes parts of a task',
        description: `A JSON merge patch (RFC 7396). ${WHO}`,
        scope: 'tasks',
        params: IdParams,
        body: TaskPatch,
        returns: { 200: Task },
        problems: ['tasks.not_found', 'tasks.not_author', ...CONTENT_PROBLEMS],
        cache: 'private',
        async handle({ params, body, expectedVersion, principal }) {
          const command = { taskId: params.id, content: changeOf(body), expectedVersion };
          return ok(presentTask(await change.execute(command, principal)));
        },
      }),
      endpoint({
        name: 'deleteTask',
        method: 'DELETE',
        path: '/tasks/:id',
        summary: 'Deletes a task, with its history',
        description: 'Only its author can.',
        scope: 'tasks',
        params: IdParams,
        returns: { 204: null },
        problems: ['tasks.not_found', 'tasks.not_author'],
        cache: 'private',
        async handle({ params, expectedVersion, principal }) {
          await remove.execute({ taskId: params.id, expectedVersion }, principal);
          return noContent();
        },
      }),
      endpoint({
        name: 'listTaskHistory',
        method: 'GET',
        path: '/tasks/:id/history',
        summary: 'Lists what happened to a task',
        description:
          'Newest first: an entry for each field that was changed, and one, `created`, where it was made.',
        scope: 'tasks',
        params: IdParams,
        query: listQuery(HISTORY_LIST, {}, { keyset: true }),
        returns: { 200: pageOf(TaskHistoryEntry, 'PageOfTaskHistory', { keyset: true }) },
        problems: ['tasks.not_found'],
        cache: 'private',
        async handle({ params, query, url, principal }) {
          const asked = toListQuery(HISTORY_LIST, query);
          const page = await history.execute(params.id, asked, principal);
          return pageReply(page, presentHistory, asked, url);
        },
      }),
      taskInsightEndpoint(insights),
    ],
  };
}
