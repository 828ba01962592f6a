import type { Application } from '../../src/composition/container.ts';
import { identityJobs } from '../../src/composition/identity-jobs.ts';
import { tokens } from '../../src/composition/tokens.ts';
import type { UserId } from '../../src/kernel/principal.ts';
import { DeleteOwnAccount } from '../../src/modules/identity/application/delete-own-account.ts';
import type { EraseAccount } from '../../src/modules/identity/application/jobs.ts';
import { ProofOfIdentity } from '../../src/modules/identity/application/proof-of-identity.ts';
import { Todo } from '../../src/modules/todos/domain/todo.ts';
import { lonelyAttempt } from './job-worker.ts';

/** The use case, on this application's adapters. */
export function accountDeletion(application: Application): DeleteOwnAccount {
  const { work } = application.get(tokens.identityStorage);
  const clock = application.get(tokens.clock);
  const hasher = application.get(tokens.passwordHasher);
  const proof = new ProofOfIdentity(hasher, application.get(tokens.credentialThrottle), clock);
  return new DeleteOwnAccount(work, proof, clock);
}

/** Does the job that erases what was somebody's own. */
export async function erase(
  application: Application,
  userId: UserId,
  signal = new AbortController().signal,
): Promise<void> {
  const job: EraseAccount = { type: 'identity.erase_account', userId };
  const handler = identityJobs.map(name => application.get(name)).find(({ type }) => type === job.type);
  if (!handler) throw new Error(`Nobody does ${job.type}.`);
  await handler.handle(job, lonelyAttempt(signal));
}

export async function addTodos(application: Application, userId: UserId, count: number): Promise<void> {
  const ids = application.get(tokens.ids);
  const now = application.get(tokens.clock).now();
  await application.get(tokens.todoStorage).work.run(async ({ todos }) => {
    for (let number = 0; number < count; number += 1)
      await todos.add(new Todo(ids.next(), userId, { text: `To-do ${number}`, completed: false }, now));
  });
}

export async function todosOf(application: Application, owner: UserId): Promise<number | undefined> {
  const paging = { page: 1, perPage: 1 };
  return (await application.get(tokens.todoStorage).reader.list({ where: { owner }, paging })).total;
}

/** All sessions, those that have ended too. */
export async function sessionsOf(application: Application, owner: UserId): Promise<number | undefined> {
  const paging = { page: 1, perPage: 1 };
  return (await application.get(tokens.identityStorage).sessions.list({ where: { owner }, paging })).total;
}
