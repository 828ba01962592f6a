import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { type Environment, startProcess } from '../support/child-process.ts';
import { ownStorage, runAtrium, startServer } from '../support/server-process.ts';

const FEW = [
  'demo',
  ...'--users 3 --teams 2 --posts 5 --todos 7 --tasks 11 --operations 13 --rooms 2 --messages 17'.split(' '),
];

/** DECAWM: whether the terminal breaks lines that are too long. */
const WRAP_ON = '\u001b[?7h';
const WRAP_OFF = '\u001b[?7l';

/** What standard error shows on a terminal, which util-linux's `script` plays. */
async function onTerminal(environment: Environment): Promise<string> {
  const command = `${process.execPath} src/cli.ts ${FEW.join(' ')} >/dev/null`;
  const run = startProcess(['script', '--quiet', '--command', command, '/dev/null'], {
    ...environment,
    PASSWORD_HASH_MEMORY: '64',
  });
  run.input('');
  await run.ended();
  return run.stdout;
}

test('demo fills the database with people who can sign in', async () => {
  const environment = await ownStorage('sqlite');
  const { code, stdout, stderr } = await runAtrium(FEW, environment);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(
    /^Added 3 people, 2 teams, 5 posts, 7 to-dos, 11 tasks, 13 operations and 17 messages in 2 rooms\.\n/,
  );
  const [, password = ''] = /password is "(.+)"/.exec(stdout) ?? [];

  const server = await startServer(environment);
  const seen = { todos: 0, operations: 0 };
  let messages: number[] = [];
  const tasks = new Set<string>();
  for (const username of ['demo1', 'demo2', 'demo3']) {
    const { body } = await server.signIn(username, password);
    const list = async (path: string) =>
      (await server.request('GET', `${path}?per_page=100`, { token: body.access_token })).body;
    seen.todos += (await list('/todos')).total_count;
    seen.operations += (await list('/operations')).total_count;
    for (const { id } of (await list('/tasks')).results) tasks.add(id);
    messages = (await list('/chat/rooms')).results.map(({ seq }: { seq: number }) => seq);
    expect((await list('/teams')).total_count).toBe(2);
    expect((await list('/heroes')).total_count).toBe(3);
  }
  expect(seen).toEqual({ todos: 7, operations: 13 });
  expect(messages).toHaveLength(2);
  expect(messages.reduce((sum, seq) => sum + seq)).toBe(17);
  expect(tasks.size).toBe(11);
  expect((await server.request('GET', '/posts')).body.total_count).toBe(5);
});

test.runIf(process.platform === 'linux')(
  'demo shows on a terminal how far it is, and leaves the terminal as it was when it fails',
  async () => {
    const environment = await ownStorage('sqlite');
    const done = await onTerminal(environment);
    expect(done).toContain('0/63 people');
    expect(done).toContain('63/63 messages');
    expect(done.lastIndexOf(WRAP_ON)).toBeGreaterThan(done.lastIndexOf(WRAP_OFF));
    const other = new SqliteDatabase(join(environment.DATA_DIR ?? '', 'atrium.db'));
    onTestFinished(() => void other.close());
    other.exec('begin immediate');
    const refused = await onTerminal({ ...environment, DATABASE_TIMEOUT: '200' });
    expect(refused).toContain('atrium: ');
    expect(refused.lastIndexOf(WRAP_ON)).toBeGreaterThan(refused.lastIndexOf(WRAP_OFF));
  },
);

test('demo works beside a running server on PostgreSQL', async () => {
  const environment = await ownStorage('postgresql');
  const server = await startServer(environment);
  expect((await runAtrium(FEW, environment)).code).toBe(0);
  expect((await server.request('GET', '/posts')).body.total_count).toBe(5);
});

test('demo a second time adds other people', async () => {
  const environment = await ownStorage('sqlite');
  await runAtrium(FEW, environment);
  const { code, stdout, stderr } = await runAtrium(FEW, environment);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const [, password = ''] = /password is "(.+)"/.exec(stdout) ?? [];
  const server = await startServer(environment);
  expect((await server.signIn('demo6', password)).status).toBe(200);
  expect((await server.request('GET', '/posts')).body.total_count).toBe(10);
});

test('demo refuses numbers that are none', async () => {
  const { code, stderr } = await runAtrium(['demo', '--posts', 'many'], await ownStorage('sqlite'));
  expect({ code, stderr }).toEqual({ code: 1, stderr: 'atrium: --posts must be a number, not "many".\n' });
});

test.each(['0', '1001'])('demo refuses the scale %s', async scale => {
  const { code, stderr } = await runAtrium(['demo', '--scale', scale], await ownStorage('sqlite'));
  expect({ code, stderr }).toEqual({ code: 1, stderr: 'atrium: --scale must be 1 to 1000.\n' });
});
