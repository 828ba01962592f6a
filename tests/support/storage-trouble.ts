import { expect } from 'vitest';
import type { Environment } from './child-process.ts';
import type { Answer } from './client.ts';
import { expectProblem } from './problem.ts';
import { type ServerProcess, startServer } from './server-process.ts';

/** Milliseconds that the servers here wait for a lock or a connection. */
export const TIMEOUT = 500;

/** It caches nothing, because cached answers need no storage. */
export const startImpatient = (environment: Environment) =>
  startServer({ ...environment, DATABASE_TIMEOUT: String(TIMEOUT), CACHE_SIZE: '0' });

export const addTodo = (server: ServerProcess, token: string, text = 'remember') =>
  server.request('POST', '/todos', { token, body: { text } });

export const listTodos = (server: ServerProcess, token: string) => server.request('GET', '/todos', { token });

export function expectUnavailable(answer: Answer): void {
  expectProblem(answer, 503, 'storage.unavailable');
  expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
}

/** How many milliseconds something takes. */
export async function timed<T>(work: Promise<T>): Promise<{ readonly result: T; readonly took: number }> {
  const started = performance.now();
  const result = await work;
  return { result, took: performance.now() - started };
}
