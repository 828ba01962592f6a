import { describe, expect, test } from 'vitest';
import { ownStorage, SECRET_KEY, type ServerProcess, startServer } from '../support/server-process.ts';

const LOGGING = { LOG_LEVEL: 'debug', LOG_FORMAT: 'json', DATABASE_TIMEOUT: '300', SECRET_KEY };

const REQUEST_ID = 'from-the-proxy.42';
const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';

interface Line {
  readonly level: string;
  readonly time: string;
  readonly msg: string;
  readonly request_id?: string;
  readonly trace_id?: string;
  readonly path?: string;
  readonly status?: number;
}

/** Ends the server, and reads what it logged: all that it printed but the banner. */
async function loggedBy(server: ServerProcess): Promise<Line[]> {
  server.signal('SIGTERM');
  await server.ended();
  expect(server.stderr).toBe('');
  const log = server.stdout.replace(/^Atrium is ready.*\n( {2}.*\n)+/m, '');
  return log
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line));
}

describe('the log in JSON', () => {
  test('says of each request when it was, what became of it, and which request and trace it was', async () => {
    const server = await startServer({ ...(await ownStorage('sqlite')), ...LOGGING });
    await server.signUp('alice');
    await server.request('GET', '/posts?q=nobodys+business');
    await server.request('GET', '/nowhere');
    const lines = await loggedBy(server);
    for (const line of lines)
      expect(line).toMatchObject({ level: expect.any(String), time: expect.any(String) });
    const requests = lines.filter(({ path }) => path !== undefined);
    expect(requests.map(({ path, status }) => `${status} ${path}`)).toEqual([
      '201 /api/v1/auth/register',
      '200 /api/v1/auth/token',
      '200 /api/v1/posts',
      '404 /api/v1/nowhere',
    ]);
    for (const { time, request_id, trace_id } of requests) {
      expect(new Date(time).toISOString()).toBe(time);
      expect(request_id).toMatch(/^[0-9a-f]{32}$/);
      expect(trace_id).toMatch(/^[0-9a-f]{32}$/);
    }
    expect(new Set(requests.map(({ request_id }) => request_id)).size).toBe(requests.length);
  });

  test("carries the caller's request id and trace", async () => {
    const server = await startServer({ ...(await ownStorage('sqlite')), ...LOGGING });
    const headers = { 'x-request-id': REQUEST_ID, traceparent: `00-${TRACE_ID}-b7ad6b7169203331-01` };
    const answer = await server.request('GET', '/posts', { headers });
    expect(answer.headers.get('x-request-id')).toBe(REQUEST_ID);
    const lines = await loggedBy(server);
    expect(lines).toContainEqual(
      expect.objectContaining({ request_id: REQUEST_ID, trace_id: TRACE_ID, path: '/api/v1/posts' }),
    );
  });
});
