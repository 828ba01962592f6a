import { expect, test } from 'vitest';
import { ownStorage, type ServerProcess, startServer } from '../support/server-process.ts';

const WRITERS = 4;
const ENOUGH = 60;

/** Adds to-dos until the server is gone, and kills it in the middle; the ids of those that it acknowledged. */
async function writeUntilKilled(server: ServerProcess, token: string): Promise<string[]> {
  const acknowledged: string[] = [];
  const write = async (writer: number) => {
    for (let number = 0; ; number += 1) {
      const body = { text: `${number} of writer ${writer}` };
      const answer = await server.request('POST', '/todos', { token, body }).catch(() => undefined);
      if (!answer) return;
      expect(answer.status).toBe(201);
      acknowledged.push(answer.body.id);
      if (acknowledged.length === ENOUGH) server.signal('SIGKILL');
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
  return acknowledged;
}

async function storedTodos(server: ServerProcess, token: string): Promise<string[]> {
  const ids: string[] = [];
  for (let page = 1; ; page += 1) {
    const { body } = await server.request('GET', `/todos?per_page=100&page=${page}`, { token });
    ids.push(...body.results.map(({ id }: { id: string }) => id));
    if (body.results.length < 100) return ids;
  }
}

test.each(['sqlite', 'postgresql'] as const)(
  'on %s nothing that was acknowledged is lost when the process is killed in the middle of writes',
  async storage => {
    const environment = await ownStorage(storage);
    const killed = await startServer(environment);
    const acknowledged = await writeUntilKilled(killed, await killed.signUp('alice'));
    expect(await killed.ended()).toEqual({ code: null, signal: 'SIGKILL' });

    const next = await startServer(environment);
    const { body } = await next.signIn('alice');
    const stored = await storedTodos(next, body.access_token);
    expect(acknowledged.length).toBeGreaterThanOrEqual(ENOUGH);
    expect(stored).toEqual(expect.arrayContaining(acknowledged));
    expect(stored.length).toBeLessThanOrEqual(acknowledged.length + WRITERS);
    expect(
      (await next.request('POST', '/todos', { token: body.access_token, body: { text: 'on' } })).status,
    ).toBe(201);
  },
);
