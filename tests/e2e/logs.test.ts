import { describe, expect, test } from 'vitest';
import type { Answer } from '../support/client.ts';
import { ownStorage, SECRET_KEY, type ServerProcess, startServer } from '../support/server-process.ts';
import { onPostgres } from '../support/statements.ts';

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

test('no secret shows in the output or in an answer, whatever happens', async () => {
  const storage = await ownStorage('postgresql');
  const server = await startServer({ ...storage, ...LOGGING });
  const [, setupToken = ''] = await server.prints(/set-up token .*:\n +(\S+)$/m);
  const passwords = ['alices kept phrase', 'mallorys wrong guess', 'roots kept phrase', 'q7!tiny'];
  const [right = '', wrong = '', roots = '', short = ''] = passwords;
  const answers: Answer[] = [];
  const ask = async (...request: Parameters<ServerProcess['request']>) => {
    const answer = await server.request(...request);
    answers.push(answer);
    return answer;
  };
  const grant = (form: Record<string, string>) => server.request('POST', '/auth/token', { form });
  const account = { email: 'alice@example.org', username: 'alice', password: right };

  await ask('POST', '/auth/register', { body: account });
  await ask('POST', '/auth/register', { body: account });
  await ask('POST', '/auth/register', { body: { ...account, email: 'b@example.org', password: short } });
  await ask('POST', '/auth/register', { body: { ...account, unknown: right } });
  await ask('POST', '/auth/register', { body: `{"password": ${right}}` });
  await ask('POST', '/auth/setup', { body: { ...account, token: right } });
  const root = { email: 'root@example.org', username: 'root', password: roots };
  expect((await ask('POST', '/auth/setup', { body: { ...root, token: setupToken } })).status).toBe(201);
  await ask('POST', '/auth/setup', { body: { ...root, token: setupToken } });

  await ask('POST', '/auth/token', { form: { grant_type: 'password', username: 'alice', password: wrong } });
  await ask('POST', `/auth/token?password=${encodeURIComponent(right)}`);
  const { body: first } = await grant({ grant_type: 'password', username: 'alice', password: right });
  const { body: next } = await grant({ grant_type: 'refresh_token', refresh_token: first.refresh_token });
  await ask('GET', '/users/me', { token: next.access_token });
  await ask('GET', '/users/me', { token: `${next.access_token}x` });
  await ask('GET', `/posts?access_token=${next.access_token}`);
  const { body: other } = await grant({ grant_type: 'password', username: 'alice', password: right });
  const { body: admin } = await grant({ grant_type: 'password', username: 'root', password: roots });
  for (const token of [first.refresh_token, next.access_token, next.refresh_token]) {
    const form = { token };
    expect((await ask('POST', '/auth/introspect', { token: admin.access_token, form })).status).toBe(200);
    expect((await ask('POST', '/auth/introspect', { token: next.access_token, form })).status).toBe(403);
    expect((await ask('POST', '/auth/introspect', { form })).status).toBe(401);
    expect((await ask('POST', '/auth/revoke', { body: form })).status).toBe(415);
    await ask('POST', `/auth/revoke?token=${token}`);
  }
  expect((await ask('GET', '/auth/sessions', { token: next.access_token })).body.total_count).toBe(2);

  await onPostgres({ databaseUrl: storage.DATABASE_URL ?? '' }, async client => {
    await client.query('begin; lock table users, sessions in exclusive mode');
    const late = { email: 'late@example.org', password: right };
    expect((await ask('POST', '/auth/register', { body: late })).status).toBe(503);
    const form = { grant_type: 'refresh_token', refresh_token: next.refresh_token };
    expect((await ask('POST', '/auth/token', { form })).status).toBe(503);
    for (const token of [other.access_token, other.refresh_token])
      expect((await ask('POST', '/auth/revoke', { form: { token } })).status).toBe(503);
    await client.query('rollback');
  });
  expect((await ask('POST', '/auth/revoke', { form: { token: other.refresh_token } })).status).toBe(200);
  const { body: last } = await grant({ grant_type: 'refresh_token', refresh_token: next.refresh_token });
  const reused = { grant_type: 'refresh_token', refresh_token: first.refresh_token };
  expect((await ask('POST', '/auth/token', { form: reused })).status).toBe(400);
  expect((await ask('GET', '/users/me', { token: last.access_token })).status).toBe(401);
  await ask('DELETE', '/auth/sessions', { token: admin.access_token });
  await ask('GET', '//.well-known/oauth-authorization-server');
  await ask('GET', '//.well-known/paserks.json');
  await grant({ grant_type: 'refresh_token', refresh_token: admin.refresh_token });
  const hashes = await onPostgres({ databaseUrl: storage.DATABASE_URL ?? '' }, client =>
    client.query<{ hash: string | null }>(
      `select password_hash as hash from users union select encrypted_secret_key from signing_keys union
       select unnest(array[family_hash, refresh_token_hash, used_token_hash, sealed_successor]) from sessions`,
    ),
  );

  await loggedBy(server);
  const banner = server.stdout.indexOf(setupToken);
  const output = server.stdout.slice(0, banner) + server.stdout.slice(banner + setupToken.length);
  const said = answers.map(({ headers, body }) => JSON.stringify([[...headers], body])).join('\n');
  const tokens = [first, next, other, admin, last].flatMap(({ access_token, refresh_token }) => [
    access_token,
    ...refresh_token.replace('atr_', '').split('.'),
  ]);
  const stored = hashes.rows.flatMap(({ hash }) => hash || []);
  expect(new Set([...tokens, ...stored]).size).toBeGreaterThan(20);
  const secrets = [...passwords, ...tokens, ...stored, setupToken, SECRET_KEY];
  for (const secret of secrets) {
    expect(secret.length).toBeGreaterThan(6);
    for (const form of [secret, encodeURIComponent(secret), secret.replaceAll(' ', '+')]) {
      expect(output).not.toContain(form);
      expect(said).not.toContain(form);
    }
  }
  expect(output + said).not.toContain('$argon2');
});
