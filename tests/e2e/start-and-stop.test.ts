import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { PASSWORD } from '../support/client.ts';
import { freePort } from '../support/postgres.ts';
import { remoteServer } from '../support/remote-server.ts';
import { NPM, ownStorage, type ServerProcess, startServer } from '../support/server-process.ts';
import { slowUpload } from '../support/slow-upload.ts';

const SETUP_TOKEN = /set-up token .*:\n +(\S+)$/m;

const administrator = (token: string) => ({
  body: { token, email: 'root@example.org', username: 'root', password: PASSWORD },
});

/** Waits until the server takes no more connections. */
function refusesConnections({ origin }: ServerProcess): Promise<void> {
  const { hostname, port } = new URL(origin);
  return vi.waitFor(async () => {
    const socket = connect(Number(port), hostname);
    const outcome = await Promise.race([
      once(socket, 'connect').then(() => 'accepted'),
      once(socket, 'error').then(([error]) => error.code),
    ]).catch(error => error.code);
    socket.destroy();
    expect(outcome).toBe('ECONNREFUSED');
  });
}

/** Fails when something still listens on the port. */
async function takePort({ origin }: ServerProcess): Promise<void> {
  const probe = createServer().listen(Number(new URL(origin).port), '127.0.0.1');
  await once(probe, 'listening');
  probe.close();
}

describe('npm start', () => {
  // How soon it is ready is measured by the benchmark.
  test('starts on nothing, and says where everything is', async () => {
    const { DATA_DIR: parent = '' } = await ownStorage('sqlite');
    const DATA_DIR = join(parent, 'not', 'there', 'yet');
    const server = await startServer({ DATA_DIR }, NPM);
    const url = server.origin.replace('127.0.0.1', 'localhost');
    const [banner] = await server.prints(/^Atrium is ready.*set-up token.*\n {2}[\w-]{32}\n$/ms);
    expect(banner.split('\n')).toEqual([
      `Atrium is ready at ${url}`,
      `  API            ${url}/api/v1`,
      `  Documentation  ${url}/docs, ${url}/redoc and ${url}/docs/chat`,
      `  Storage        SQLite in ${DATA_DIR}`,
      `  Management     ${server.managementOrigin}/metrics`,
      '  There is no administrator yet. The set-up token for the first one (POST /api/v1/auth/setup):',
      expect.stringMatching(/^ {2}[\w-]{32}$/),
      '',
    ]);
    const { body: openApi } = await server.request('GET', '//openapi.json');
    expect(new URL(openApi.servers[0].url, url).origin).toBe(url);
    expect((await remoteServer(server.managementOrigin).request('GET', '//metrics')).status).toBe(200);
  });

  test('prints the token that makes the first administrator, until there is one', async () => {
    const environment = await ownStorage('sqlite');
    const first = await startServer(environment, NPM);
    const [, token = ''] = await first.prints(SETUP_TOKEN);
    first.signal('SIGTERM');
    await first.ended();

    const second = await startServer(environment, NPM);
    expect(await second.prints(SETUP_TOKEN)).toContain(token);
    expect((await second.request('POST', '/auth/setup', administrator(token))).status).toBe(201);
    expect((await second.request('POST', '/auth/setup', administrator(token))).status).toBe(404);
    expect((await second.signIn('root')).status).toBe(200);
    second.signal('SIGTERM');
    await second.ended();

    const third = await startServer(environment, NPM);
    third.signal('SIGTERM');
    await third.ended();
    expect(third.stdout).toMatch(/Management .*\n$/);
    expect(third.stdout).not.toContain(token);
  });

  test('keeps the data, the key and the tokens of the last start', async () => {
    const storage = await ownStorage('sqlite');
    const environment = {
      ...storage,
      PUBLIC_URL: 'https://atrium.example.org',
      PORT: String(await freePort()),
    };
    const keyFile = join(storage.DATA_DIR ?? '', 'secret.key');
    const first = await startServer(environment, NPM);
    const token = await first.signUp('alice');
    const added = await first.request('POST', '/todos', { token, body: { text: 'come back' } });
    const key = await readFile(keyFile, 'utf8');
    first.signal('SIGTERM');
    await first.ended();

    const second = await startServer(environment, NPM);
    const todos = await second.request('GET', '/todos', { token });
    expect(todos.status).toBe(200);
    expect(todos.body.results).toEqual([added.body]);
    expect((await second.signIn('alice')).status).toBe(200);
    expect(await readFile(keyFile, 'utf8')).toBe(key);
  });
});

describe.each(['SIGTERM', 'SIGINT'] as const)('%s to npm', signal => {
  test('lets a running request finish, takes no new ones, and leaves nothing behind', async () => {
    const server = await startServer(await ownStorage('sqlite'), NPM);
    const token = await server.signUp('alice');
    const upload = await slowUpload(server.origin, token);
    server.signal(signal);
    await refusesConnections(server);
    const readiness = await remoteServer(server.managementOrigin).request('GET', '//readyz');
    expect(readiness.status).toBe(503);
    expect(readiness.body).toEqual({ status: 'unavailable', checks: { server: 'stopping' } });
    expect(await upload.finish()).toEqual({ status: 201, connection: 'close' });
    expect(await server.ended()).toEqual({ code: 0, signal: null });
    await takePort(server);
    await takePort({ ...server, origin: server.managementOrigin });
  });
});

describe('a server that stops', () => {
  test('waits for a request no longer than STOP_TIMEOUT', async () => {
    const server = await startServer({ ...(await ownStorage('sqlite')), STOP_TIMEOUT: '300' });
    await slowUpload(server.origin, await server.signUp('alice'));
    const asked = performance.now();
    server.signal('SIGTERM');
    expect(await server.ended()).toEqual({ code: 0, signal: null });
    expect(performance.now() - asked).toBeLessThan(2000);
  });

  test('ends at once at a second signal', async () => {
    const server = await startServer(await ownStorage('sqlite'), NPM);
    const upload = await slowUpload(server.origin, await server.signUp('alice'));
    server.signal('SIGTERM');
    await refusesConnections(server);
    const asked = performance.now();
    server.signal('SIGTERM');
    expect((await server.ended()).code).toBe(1);
    expect(performance.now() - asked).toBeLessThan(2000);
    upload.abandon();
  });

  test('does not wait for a connection that has asked for nothing', async () => {
    const server = await startServer({ ...(await ownStorage('sqlite')), STOP_TIMEOUT: '4000' });
    const { hostname, port } = new URL(server.origin);
    const silent = connect(Number(port), hostname);
    await once(silent, 'connect');
    await server.request('GET', '//livez');
    const asked = performance.now();
    server.signal('SIGTERM');
    expect(await server.ended()).toEqual({ code: 0, signal: null });
    expect(performance.now() - asked).toBeLessThan(2000);
    silent.destroy();
  });
});
