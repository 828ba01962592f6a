import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { Redis } from 'ioredis';
import { describe, expect, inject, onTestFinished, test, vi } from 'vitest';
import { median } from '../benchmark/median.ts';
import type { Environment } from '../support/child-process.ts';
import { freePort } from '../support/postgres.ts';
import { expectProblem } from '../support/problem.ts';
import { TestRedis } from '../support/redis.ts';
import { remoteServer } from '../support/remote-server.ts';
import { launchServer, NPM, ownStorage, type ServerProcess, startServer } from '../support/server-process.ts';
import { slowUpload } from '../support/slow-upload.ts';
import { refreshed, revoked, signedIn, statusWith } from '../support/token-requests.ts';
import { answerersOf, clientsOfWorkers, metricOf, TELLING } from '../support/workers.ts';

/** Milliseconds: less than the half second after which a process reads the revocations anyway. */
const AT_ONCE = 300;

/** Milliseconds: less than the second for which PostgreSQL's answers are kept by who does not hear of writes. */
const HEARD = { timeout: 800, interval: 5 };

const STORAGES = ['sqlite', 'postgresql'] as const;

async function environmentOn(storage: (typeof STORAGES)[number]): Promise<Environment> {
  return { ...(await ownStorage(storage)), ...TELLING, WORKERS: '2' };
}

const readinessOf = async ({ managementOrigin }: ServerProcess) => {
  const { status, body } = await remoteServer(managementOrigin).request('GET', '//readyz');
  return { status, body };
};

/** Fails when something still listens there. */
async function takePort(origin: string): Promise<void> {
  const probe = createServer().listen(Number(new URL(origin).port), '127.0.0.1');
  await once(probe, 'listening');
  probe.close();
}

describe.each(STORAGES)('two workers on %s', storage => {
  test('start on nothing, say once where everything is, and both answer', async () => {
    const server = await startServer(await environmentOn(storage), NPM);
    await server.prints(/^ {2}Workers {8}2$/m);
    const [one, other] = await clientsOfWorkers(server);
    expect(new Set([one.pid, other.pid, server.pid]).size).toBe(3);
    const token = await one.signUp('alice');
    for (const client of [one, other])
      expect((await client.request('GET', '/users/me', { token })).status).toBe(200);
    expect(server.stdout.match(/Atrium is ready/g)).toHaveLength(1);
    expect(server.stdout.match(/set-up token/g)).toHaveLength(1);
    expect(server.stdout.match(/schema is up to date/g)).toHaveLength(1);
  });

  test('refuse at once the tokens of a session that the other ended', async () => {
    const server = await startServer(await environmentOn(storage));
    const [a, b] = await clientsOfWorkers(server);
    await a.register('alice');
    const took: number[] = [];
    for (let round = 0; round < 7; round += 1) {
      const session = await signedIn(a);
      for (const client of [a, b, b]) expect(await statusWith(client, session)).toBe(200);
      await revoked(a, session.refresh_token);
      const ended = performance.now();
      await vi.waitFor(async () => expect(await statusWith(b, session)).toBe(401), { interval: 5 });
      took.push(performance.now() - ended);
    }
    // A busy machine may delay some.
    expect(median(took)).toBeLessThan(AT_ONCE);
  });

  test('show what the other wrote, though they keep answers', async () => {
    const server = await startServer(await environmentOn(storage));
    const [a, b] = await clientsOfWorkers(server);
    const token = await a.signUp('alice');
    for (let round = 1; round <= 6; round += 1) {
      for (const client of [b, b])
        expect((await client.request('GET', '/todos', { token })).body.total_count).toBe(round - 1);
      expect((await a.request('POST', '/todos', { token, body: { text: 'new' } })).status).toBe(201);
      await vi.waitFor(async () => {
        expect((await b.request('GET', '/todos', { token })).body.total_count).toBe(round);
      }, HEARD);
    }
    expect(await metricOf(server, 'atrium_cached_answers_total{found="hit"}')).toBeGreaterThanOrEqual(6);
  });

  test('write at the same time, and lose nothing', async () => {
    const server = await startServer(await environmentOn(storage));
    const token = await server.signUp('alice');
    const statuses: number[] = [];
    const write = async (writer: number) => {
      for (let number = 0; number < 10; number += 1) {
        const body = { text: `${number} of writer ${writer}` };
        statuses.push((await server.request('POST', '/todos', { token, body })).status);
      }
    };
    await Promise.all(Array.from({ length: 20 }, (_, writer) => write(writer)));
    expect(statuses).toEqual(Array(200).fill(201));
    expect((await server.request('GET', '/todos', { token })).body.total_count).toBe(200);
    expect(answerersOf(server, '/api/v1/todos').size).toBe(2);
  });

  test('give one successor to a refresh token that is used at both at once', async () => {
    const server = await startServer(await environmentOn(storage));
    await server.register('alice');
    const { refresh_token: token } = await signedIn(server);
    const answers = await Promise.all(Array.from({ length: 20 }, () => refreshed(server, token)));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(new Set(answers.map(({ body }) => body.refresh_token)).size).toBe(1);
  });
});

describe('two workers', () => {
  test('count the requests of an address together', async () => {
    const environment = {
      ...(await environmentOn('sqlite')),
      RATE_LIMIT_REQUESTS: '6',
      TRUSTED_PROXIES: '1',
    };
    const server = await startServer(environment);
    const clients = await clientsOfWorkers(server);
    const ask = (index: number, from = '198.51.100.7') =>
      clients[index % 2]?.request('GET', '/posts', { headers: { 'x-forwarded-for': from } });
    for (let number = 0; number < 6; number += 1) expect((await ask(number))?.status).toBe(200);
    for (const number of [0, 1]) {
      const answer = await ask(number);
      if (answer) expectProblem(answer, 429, 'request.too_many');
      expect((await ask(number, '198.51.100.8'))?.status).toBe(200);
    }
    expect(await metricOf(server, 'atrium_rate_limit_failures_total')).toBe(0);
  });

  test('count the attempts on an account together', async () => {
    const server = await startServer(await environmentOn('sqlite'));
    const [a, b] = await clientsOfWorkers(server);
    await a.register('alice');
    for (const client of [a, b, a, b, a])
      expect((await client.signIn('alice', 'wrong horse battery')).status).toBe(400);
    for (const client of [b, a]) expect((await client.signIn('alice')).status).toBe(429);
  });

  test('are measured and asked how they are as one', async () => {
    const server = await startServer(await environmentOn('sqlite'));
    for (const client of await clientsOfWorkers(server))
      for (let number = 0; number < 3; number += 1) await client.request('GET', '/posts');
    const count = 'atrium_http_request_duration_seconds_count{endpoint="listPosts",status="200"}';
    expect(await metricOf(server, count)).toBe(6);
    expect(await metricOf(server, 'atrium_workers')).toBe(2);
    expect(await readinessOf(server)).toEqual({
      status: 200,
      body: { status: 'ok', checks: { database: 'ok', workers: 'ok' } },
    });
    expect((await remoteServer(server.managementOrigin).request('GET', '//livez')).status).toBe(200);
  });

  test.runIf(inject('hasRedis'))('are joined by Redis where there is one', async () => {
    const redis = await TestRedis.start();
    onTestFinished(() => redis.remove());
    const environment = { ...(await environmentOn('sqlite')), REDIS_URL: redis.url, TRUSTED_PROXIES: '1' };
    const server = await startServer(environment);
    await server.request('GET', '/posts', { headers: { 'x-forwarded-for': '198.51.100.7' } });
    const client = new Redis(redis.url);
    onTestFinished(() => client.disconnect());
    expect(await client.keys('atrium:limits:*')).toHaveLength(1);
    expect(await client.pubsub('NUMSUB', 'atrium:events:0')).toEqual(['atrium:events:0', 2]);
    expect((await readinessOf(server)).body.checks).toEqual({ database: 'ok', redis: 'ok', workers: 'ok' });
  });

  test('close the connections that are too many for both, instead of handing them round', async () => {
    const server = await startServer({ ...(await environmentOn('sqlite')), MAX_CONNECTIONS: '2' });
    const { hostname, port } = new URL(server.origin);
    let closed = 0;
    for (let number = 0; number < 8; number += 1) {
      const socket = connect(Number(port), hostname);
      onTestFinished(() => void socket.destroy());
      socket.resume().on('error', () => undefined);
      socket.once('close', () => {
        closed += 1;
      });
    }
    await vi.waitFor(() => expect(closed).toBeGreaterThanOrEqual(4), 5000);
    expect((await remoteServer(server.managementOrigin).request('GET', '//livez')).status).toBe(200);
  });

  test('are started by the command line too', async () => {
    const server = await startServer(await environmentOn('sqlite'), [
      process.execPath,
      'src/cli.ts',
      'serve',
    ]);
    await clientsOfWorkers(server);
    server.signal('SIGTERM');
    expect(await server.ended()).toEqual({ code: 0, signal: null });
  });
});

describe('a worker that is killed', () => {
  test('is replaced, and the other goes on meanwhile', async () => {
    const server = await startServer(await environmentOn('sqlite'));
    const [one, other] = await clientsOfWorkers(server);
    const token = await other.signUp('alice');
    process.kill(one.pid, 'SIGKILL');
    await server.prints(/A worker ended/);
    for (let number = 0; number < 5; number += 1) {
      expect((await other.request('POST', '/todos', { token, body: { text: 'on' } })).status).toBe(201);
      expect((await server.request('GET', '/todos', { token })).status).toBe(200);
    }
    await vi.waitFor(async () => expect(await metricOf(server, 'atrium_workers')).toBe(2), 25_000);
    expect(await metricOf(server, 'atrium_workers_replaced_total')).toBe(1);
    const pids = (await clientsOfWorkers(server)).map(({ pid }) => pid);
    expect(pids).toContain(other.pid);
    expect(pids).not.toContain(one.pid);
    expect((await server.request('GET', '/todos', { token })).body.total_count).toBe(5);
  });

  test('is replaced where it was the last one, on the same port', async () => {
    const server = await startServer({ ...(await environmentOn('sqlite')), PORT: String(await freePort()) });
    for (const { pid } of await clientsOfWorkers(server)) process.kill(pid, 'SIGKILL');
    await vi.waitFor(async () => {
      expect(await metricOf(server, 'atrium_workers_replaced_total')).toBe(2);
      expect(await metricOf(server, 'atrium_workers')).toBe(2);
    }, 25_000);
    expect((await server.request('GET', '//readyz')).status).toBe(200);
  });

  test('with the primary: no worker is left', async () => {
    const server = await startServer(await environmentOn('sqlite'));
    await clientsOfWorkers(server);
    server.signal('SIGKILL');
    // Whoever can write to its output has ended then too.
    expect(await server.ended()).toEqual({ code: null, signal: 'SIGKILL' });
    await takePort(server.origin);
  });
});

/** Waits until nobody takes connections any more. */
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

describe('workers that are stopped', () => {
  const toPrimary = (server: ServerProcess) => server.signal('SIGTERM');
  // As Ctrl-C on a terminal, and systemd.
  const toAll = (server: ServerProcess) => void process.kill(-server.pid, 'SIGINT');

  test.each([
    ['SIGTERM to the primary', toPrimary],
    ['SIGINT to all of them', toAll],
  ])('by %s finish their requests, and leave nothing behind', async (_, stop) => {
    const server = await startServer(await environmentOn('sqlite'));
    const token = await server.signUp('alice');
    const uploads = [await slowUpload(server.origin, token), await slowUpload(server.origin, token)];
    stop(server);
    await refusesConnections(server);
    expect(await readinessOf(server)).toEqual({
      status: 503,
      body: { status: 'unavailable', checks: { server: 'stopping' } },
    });
    for (const upload of uploads) expect(await upload.finish()).toEqual({ status: 201, connection: 'close' });
    expect(await server.ended()).toEqual({ code: 0, signal: null });
    expect(server.stdout).not.toMatch(/A worker ended/);
    for (const origin of [server.origin, server.managementOrigin]) await takePort(origin);
  });

  test('end at once at a second signal', async () => {
    const server = await startServer(await environmentOn('sqlite'));
    const upload = await slowUpload(server.origin, await server.signUp('alice'));
    server.signal('SIGTERM');
    await refusesConnections(server);
    const asked = performance.now();
    server.signal('SIGTERM');
    expect((await server.ended()).code).toBe(1);
    expect(performance.now() - asked).toBeLessThan(2000);
    await takePort(server.origin);
    upload.abandon();
  });

  test('while they start, leave nothing behind', async () => {
    const server = launchServer({
      ...(await environmentOn('sqlite')),
      MANAGEMENT_PORT: String(await freePort()),
    });
    await vi.waitFor(() => expect(server.stdout).toContain('schema is up to date'), 25_000);
    server.signal('SIGTERM');
    expect(await server.ended()).toEqual({ code: 0, signal: null });
    expect(server.stderr).toBe('');
  });
});

describe('workers that cannot start say why in one line, and end', () => {
  async function portInUse(): Promise<string> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    return String((server.address() as { port: number }).port);
  }

  const failures: [string, () => Promise<Environment>, RegExp][] = [
    ['a port in use', async () => ({ PORT: await portInUse() }), /Cannot listen on .*the port is in use/],
    [
      'a management port in use',
      async () => ({ MANAGEMENT_PORT: await portInUse() }),
      /Cannot listen on .*the port is in use/,
    ],
    ['a data directory that cannot be made', async () => ({ DATA_DIR: '/proc/atrium' }), /\/proc\/atrium/],
    ['a wrong setting', async () => ({ WORKERS: '65' }), /WORKERS is 65.*maximum 64/],
    [
      'a memory that only one process has',
      async () => ({ DATABASE_URL: 'memory:' }),
      /^atrium: WORKERS is 2, but "memory:" \(DATABASE_URL\) is for one process/,
    ],
  ];

  test.each(failures)('%s', async (_, wrong, line) => {
    const server = launchServer({ ...(await environmentOn('sqlite')), ...(await wrong()) });
    const { code } = await server.ended();
    expect(server.stderr).toMatch(/^atrium: .+\n$/);
    expect(server.stderr).toMatch(line);
    expect(server.stdout).not.toContain('Atrium is ready');
    expect(code).toBe(1);
  });
});
