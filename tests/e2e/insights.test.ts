import { expect, test } from 'vitest';
import { closed, foreignServerOfTest, hanging, json, text } from '../support/foreign-server.ts';
import { ownStorage, type ServerProcess, startServer } from '../support/server-process.ts';

const sourcesAt = (origin: string, change: object = {}) => ({
  TASK_INSIGHT_SOURCES: JSON.stringify([
    {
      name: 'weather',
      url: `${origin}/{id}?key=hunter2-url`,
      headers: { 'X-Api-Key': 'hunter2-header' },
      allow_private: true,
      ...change,
    },
  ]),
});

async function taskOf(server: ServerProcess): Promise<{ readonly token: string; readonly path: string }> {
  const token = await server.signUp('alice');
  const { body } = await server.request('POST', '/tasks', { token, body: { title: 'Water the plants' } });
  return { token, path: `/tasks/${body.id}/insights` };
}

test('a stop waits for insights no longer than for anything else', async () => {
  const foreign = await foreignServerOfTest(hanging);
  const server = await startServer({
    ...(await ownStorage('sqlite')),
    ...sourcesAt(foreign.origin, { timeout_ms: 60_000 }),
    STOP_TIMEOUT: '100',
  });
  const { token, path } = await taskOf(server);
  const answer = server.request('GET', path, { token });
  const asked = await foreign.asked(1);
  const [cut, ending] = await Promise.allSettled([
    answer,
    Promise.resolve(server.signal('SIGTERM')).then(() => server.ended()),
  ]);
  expect(cut.status).toBe('rejected');
  expect(ending).toMatchObject({ value: { code: 0 } });
  await closed(asked);
});

test('what a source is asked with is said nowhere, not even where it fails', async () => {
  let answers = 0;
  const foreign = await foreignServerOfTest((request, response) => {
    answers += 1;
    const answer = answers === 1 ? json({ celsius: 21 }) : text('hunter2-url', {}, 500);
    answer(request, response);
  });
  const server = await startServer({
    ...(await ownStorage('sqlite')),
    ...sourcesAt(foreign.origin, { failures: 2 }),
    LOG_LEVEL: 'trace',
    LOG_FORMAT: 'json',
  });
  const { token, path } = await taskOf(server);
  const read = async () => (await server.request('GET', path, { token })).body.insights[0];
  expect(await read()).toMatchObject({ status: 'ok', data: { celsius: 21 } });
  expect(await read()).toMatchObject({ status: 'error', reason: 'status' });
  expect(await read()).toMatchObject({ status: 'error', reason: 'status' });
  expect(await read()).toMatchObject({ status: 'error', reason: 'open_circuit' });
  const metrics = await (await fetch(`${server.managementOrigin}/metrics`)).text();
  expect(metrics).toContain('atrium_outbound_answers_total{service="insights/weather",outcome="status"} 2');
  await server.prints(
    /"service":"insights\/weather","reason":"status","code":"500".*is not asked for a while/,
  );
  server.signal('SIGTERM');
  await server.ended();
  expect(foreign.requests[0]?.headers['x-api-key']).toBe('hunter2-header');
  expect(server.stdout + server.stderr + metrics).not.toContain('hunter2');
});
