import { chatContext } from './chat.ts';
import type { BoundedContext } from './context.ts';
import { identityContext } from './identity.ts';
import { jobsContext } from './jobs.ts';
import { operationsContext } from './operations.ts';
import { postsContext } from './posts.ts';
import { rosterContext } from './roster.ts';
import { tasksContext } from './tasks.ts';
import { todosContext } from './todos.ts';

/** All bounded contexts, in the order of the documents. A new one is a line here. */
export const contexts: readonly BoundedContext[] = [
  identityContext,
  postsContext,
  todosContext,
  rosterContext,
  tasksContext,
  operationsContext,
  chatContext,
  jobsContext,
];
