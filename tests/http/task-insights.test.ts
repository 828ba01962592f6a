import { get, type ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { InsightSourceSettings } from '../../src/platform/configuration/insight-source-settings.ts';
import type { Settings } from '../../src/platform/configuration/settings.ts';
import { STORAGES, type StorageName } from '../support/application.ts';
import { type TestServer, testServer } from '../support/client.ts';
import { UNKNOWN_ID } from '../support/endpoints.ts';
import {
  closed,
  flooding,
  foreignServer,
  foreignServerOfTest,
  gzipBomb,
  hanging,
  hangingInBody,
  json,
  redirecting,
  resetting,
  text,
  truncating,
} from '../support/foreign-server.ts';
import { expectProblem } from '../support/problem.ts';
import { signedIn } from '../support/token-requests.ts';

interface Person {
  readonly id: string;
  readonly token: string;
}

const TRACE = '0af7651916cd43dd8448eb211c80319c';

/** A source on this machine, which has all the time it wants unless a test says otherwise. */
const source = (
  name: string,
  url: string,
  change: Partial<InsightSourceSettings> = {},
): InsightSourceSettings => ({ name, url, timeout_ms: 20_000, allow_private: true, ...change });

async function serverWith(
  taskInsightSources: InsightSourceSettings[],
  storage: StorageName = 'memory',
  change: Partial<Settings> = {},
): Promise<{ readonly server: TestServer; readonly alice: Person; readonly path: string }> {
  const server = await testServer(storage, { taskInsightSources, ...change });
  const alice = await server.signUp('alice');
  const body = { title: 'Water the plants', description: 'a/b?c=d&e' };
  const { id } = (await server.request('POST', '/tasks', { token: alice.token, body })).body;
  return { server, alice, path: `/tasks/${id}/insights` };
}

/** The insights of a server that goes when the test ends. */
async function insightsOf(sources: InsightSourceSettings[]) {
  const { server, alice, path } = await serverWith(sources);
  onTestFinished(() => server.stop());
  const read = () => server.request('GET', path, { token: alice.token });
  return { server, alice, path, read, answer: await read() };
}

describe.each(STORAGES)('the insights of a task on %s', storage => {
  let foreign: Awaited<ReturnType<typeof foreignServer>>;
  let server: TestServer;
  let alice: Person;
  let path: string;
  beforeAll(async () => {
    foreign = await foreignServer(json({ celsius: 21 }));
    const url = `${foreign.origin}/v1/{id}/{description}?title={title}&done={completed}&due={due_date}`;
    ({ server, alice, path } = await serverWith([source('weather', url)], storage));
  });
  afterAll(async () => {
    await server.stop();
    await foreign.close();
  });

  it('are the task and what the source says of it', async () => {
    const task = await server.request('GET', path.replace('/insights', ''), { token: alice.token });
    const answer = await server.request('GET', path, { token: alice.token });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      task: task.body,
      insights: [{ source: 'weather', status: 'ok', took_ms: expect.any(Number), data: { celsius: 21 } }],
    });
    const asked = foreign.requests.at(-1);
    expect(asked?.url).toBe(
      `/v1/${task.body.id}/a%2Fb%3Fc%3Dd%26e?title=Water%20the%20plants&done=false&due=`,
    );
  });

  it('are kept from whoever may not see the task, and no source hears of it', async () => {
    const eve = await server.signUp('eve');
    const before = foreign.requests.length;
    expectProblem(await server.request('GET', path, { token: eve.token }), 404, 'tasks.not_found');
    expectProblem(await server.request('GET', path), 401, 'request.unauthenticated');
    const { access_token: token } = await signedIn(server, 'alice', { scope: 'todos' });
    expectProblem(await server.request('GET', path, { token }), 403, 'access.insufficient_scope');
    for (const [id, code] of [
      [UNKNOWN_ID, 'tasks.not_found'],
      ['nonsense', 'request.bad_id'],
    ] as const) {
      const answer = await server.request('GET', `/tasks/${id}/insights`, { token: alice.token });
      expectProblem(answer, 404, code);
    }
    expect(foreign.requests).toHaveLength(before);
  });

  it('are shown to the assignee too', async () => {
    const bob = await server.signUp('bob');
    const body = { assignee_id: bob.id };
    await server.request('PATCH', path.replace('/insights', ''), { token: alice.token, body });
    expect((await server.request('GET', path, { token: bob.token })).status).toBe(200);
  });

  it('are private, and made anew each time', async () => {
    const headers = { 'if-none-match': '*' };
    const answer = await server.request('GET', path, { token: alice.token, headers });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('private, no-cache');
    expect(answer.headers.has('etag')).toBe(false);
  });

  it('are asked for with nothing of whoever asks but the trace', async () => {
    const headers = {
      cookie: 'secret=1',
      traceparent: `00-${TRACE}-b7ad6b7169203331-01`,
      'x-request-id': 'secret',
      'x-forwarded-for': '192.0.2.1',
    };
    await server.request('GET', path, { token: alice.token, headers });
    const asked = foreign.requests.at(-1)?.headers ?? {};
    expect(Object.keys(asked).toSorted()).toEqual([
      'accept',
      'accept-encoding',
      'connection',
      'host',
      'traceparent',
      'user-agent',
    ]);
    expect(asked.traceparent).toMatch(new RegExp(`^00-${TRACE}-(?!b7ad6b7169203331)[0-9a-f]{16}-01$`));
  });
});

describe('insights', () => {
  it('are none where there are no sources', async () => {
    const { answer } = await insightsOf([]);
    expect(answer).toMatchObject({
      status: 200,
      body: { task: { title: 'Water the plants' }, insights: [] },
    });
  });

  it('are asked for at once: each source answers only when all have been asked', async () => {
    const held: ServerResponse[] = [];
    const foreign = await foreignServerOfTest((request, response) => {
      held.push(response);
      if (held.length === 3) for (const each of held) json('together')(request, each);
    });
    const { answer } = await insightsOf(
      ['a', 'b', 'c'].map(name => source(name, `${foreign.origin}/${name}`)),
    );
    expect(answer.body.insights).toMatchObject([
      { source: 'a', status: 'ok', data: 'together' },
      { source: 'b', status: 'ok', data: 'together' },
      { source: 'c', status: 'ok', data: 'together' },
    ]);
  });

  it('name every source that fails with the reason, beside those that do not', async () => {
    const serve = async (name: string, answer: Parameters<typeof foreignServerOfTest>[0], change = {}) =>
      source(name, `${(await foreignServerOfTest(answer)).origin}/`, change);
    const target = await foreignServerOfTest(json('private'));
    const away = await foreignServerOfTest(json(1));
    await away.close();
    const { answer } = await insightsOf([
      await serve('good', json([1])),
      await serve('hanging', hanging, { timeout_ms: 200 }),
      await serve('half', hangingInBody, { timeout_ms: 200 }),
      await serve('truncated', truncating),
      await serve('reset', resetting),
      source('away', `${away.origin}/`),
      await serve('flood', flooding),
      await serve('bomb', gzipBomb),
      await serve('redirect', redirecting(`${target.origin}/`)),
      await serve('html', text('<html>', { 'content-type': 'text/html' })),
      await serve('broken', text('{}', { 'content-type': 'application/json' }, 500)),
      source('local', `http://localhost:${target.port}/`, { allow_private: false }),
      source('climbing', `${target.origin}/a/.{team_id}./b`),
    ]);
    expect(answer.status).toBe(200);
    const { insights } = answer.body as { insights: { source: string; took_ms: number }[] };
    expect(insights.map(({ took_ms: _, ...rest }) => rest)).toEqual([
      { source: 'good', status: 'ok', data: [1] },
      { source: 'hanging', status: 'timeout', reason: 'timeout' },
      { source: 'half', status: 'timeout', reason: 'timeout' },
      { source: 'truncated', status: 'error', reason: 'unreachable' },
      { source: 'reset', status: 'error', reason: 'unreachable' },
      { source: 'away', status: 'error', reason: 'unreachable' },
      { source: 'flood', status: 'error', reason: 'too_large' },
      { source: 'bomb', status: 'error', reason: 'too_large' },
      { source: 'redirect', status: 'error', reason: 'redirect' },
      { source: 'html', status: 'error', reason: 'not_json' },
      { source: 'broken', status: 'error', reason: 'status' },
      { source: 'local', status: 'error', reason: 'refused_address' },
      { source: 'climbing', status: 'error', reason: 'refused_address' },
    ]);
    for (const { took_ms } of insights) expect(took_ms).toBeLessThan(20_000);
    expect(target.connections).toBe(0);
  });

  it('are not asked for where the source keeps failing, until it is tried again', async () => {
    const foreign = await foreignServerOfTest(text('{}', {}, 503));
    const { read, server } = await insightsOf([
      source('weather', `${foreign.origin}/`, { failures: 2, pause_ms: 3_600_000 }),
    ]);
    await read();
    const { body } = await read();
    expect(body.insights).toMatchObject([{ status: 'error', reason: 'open_circuit' }]);
    expect(foreign.requests).toHaveLength(2);
    const metrics = await (await fetch(`${server.managementOrigin}/metrics`)).text();
    expect(metrics).toContain('atrium_outbound_circuit_state{service="insights/weather"} 2\n');
  });

  it('are given up where whoever asked has gone', async () => {
    const foreign = await foreignServerOfTest(hanging);
    const { server, alice, path } = await serverWith([source('weather', `${foreign.origin}/`)]);
    onTestFinished(() => server.stop());
    const headers = { authorization: `Bearer ${alice.token}` };
    const request = get(`${server.origin}/api/v1${path}`, { headers }).on('error', () => undefined);
    const asked = await foreign.asked(1);
    request.destroy();
    await closed(asked);
  });

  it('that are being asked for do not hold up a stop for longer than its limit', async () => {
    const foreign = await foreignServerOfTest(hanging);
    const sources = [source('weather', `${foreign.origin}/`)];
    const { server, alice, path } = await serverWith(sources, 'memory', { stopTimeout: 50 });
    const answer = server.request('GET', path, { token: alice.token });
    const asked = await foreign.asked(1);
    const [cut] = await Promise.allSettled([answer, server.stop()]);
    expect(cut.status).toBe('rejected');
    await closed(asked);
  });
});
