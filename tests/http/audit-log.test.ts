import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { STORAGES, sqlStorageOf } from '../support/application.ts';
import { type Answer, PASSWORD, type TestServer, testServer } from '../support/client.ts';
import { expectProblem } from '../support/problem.ts';
import { openAccount } from '../support/sign-in.ts';
import { TestClock } from '../support/test-clock.ts';
import { refreshed, sessionIdOf, signedIn } from '../support/token-requests.ts';

const NEW_PASSWORD = 'another long password';

describe.each(STORAGES)('the audit log on %s', storage => {
  const clock = new TestClock();
  let server: TestServer;
  let root: { id: string; token: string };

  beforeAll(async () => {
    server = await testServer(storage, { trustedProxies: 1 }, [override(tokens.clock, clock)]);
    const { id } = await openAccount(server.application, 'root', 'admin');
    root = { id, token: (await signedIn(server, 'root')).access_token };
  });
  afterAll(() => server.stop());

  const log = async (query = '') =>
    (await server.request('GET', `/audit-log?per_page=100&${query}`, { token: root.token })).body.results;
  const about = (id: string) => log(`subject=${id}`);
  const person = () => server.signUp(`p-${crypto.randomUUID().slice(0, 8)}`);
  const forwarded = { 'x-forwarded-for': '198.51.100.7' };

  it('says who did what to whom, when, from where, and what came of it', async () => {
    const { id, token } = await person();
    clock.advance(60);
    const body = { role: 'admin' };
    await server.request('PATCH', `/users/${id}`, { token: root.token, headers: forwarded, body });
    const [newest] = await about(id);
    expect(newest).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      at: clock.now().toISOString(),
      action: 'user.changed',
      outcome: 'success',
      actor_id: root.id,
      subject_id: id,
      address: '198.51.100.7',
      details: { role: 'admin', is_active: true },
    });
    expect(token).toBeDefined();
  });

  type Deed = (person: { id: string; token: string; refreshToken: string }) => Promise<unknown>;
  const as = (token: string, method: string, path: string, body?: object): Promise<Answer> =>
    server.request(method, path, { token, headers: forwarded, body });

  it.each<[string, string, Deed]>([
    ['account.opened', 'success', async () => undefined],
    ['sign_in', 'success', async () => undefined],
    ['sign_in', 'failure', ({ id }) => signInAs(id, 'wrong')],
    ['session.ended', 'success', ({ token }) => as(token, 'DELETE', `/auth/sessions/${sessionId(token)}`)],
    ['sessions.ended', 'success', ({ token }) => as(token, 'DELETE', '/auth/sessions')],
    [
      'access_token.created',
      'success',
      ({ token }) => as(token, 'POST', '/auth/access-tokens', { name: 'X' }),
    ],
    [
      'email.changed',
      'success',
      ({ token }) => as(token, 'PATCH', '/users/me', { email: `${crypto.randomUUID()}@b.co` }),
    ],
    [
      'password.changed',
      'success',
      ({ token }) =>
        as(token, 'PUT', '/users/me/password', { current_password: PASSWORD, new_password: NEW_PASSWORD }),
    ],
    [
      'refresh_token.reused',
      'failure',
      async ({ refreshToken }) => {
        await refreshed(server, refreshToken);
        clock.advance(60);
        await refreshed(server, refreshToken);
      },
    ],
    ['user.changed', 'success', ({ id }) => as(root.token, 'PATCH', `/users/${id}`, { is_active: false })],
  ])('has an entry for %s (%s)', async (action, outcome, deed) => {
    const somebody = await person();
    await deed(somebody);
    const entries = await about(somebody.id);
    expect(entries.map((entry: Record<string, string>) => `${entry.action} ${entry.outcome}`)).toContain(
      `${action} ${outcome}`,
    );
  });

  const sessionId = (token: string) =>
    sessionIdOf({ access_token: token, refresh_token: '', scope: '', expires_in: 0 });
  const signInAs = async (id: string, password: string) => {
    const { body } = await as(root.token, 'GET', `/users/${id}`);
    const form = { grant_type: 'password', username: body.username, password };
    return server.request('POST', '/auth/token', { form });
  };

  it('has none for what was refused or rolled back', async () => {
    const { id, token } = await person();
    const before = (await about(id)).length;
    await as(token, 'PUT', '/users/me/password', { current_password: 'wrong', new_password: NEW_PASSWORD });
    await as(token, 'PATCH', '/users/me', { email: 'root@example.org' });
    await as(token, 'PATCH', `/users/${root.id}`, { role: 'member' });
    await as(root.token, 'PATCH', `/users/${root.id}`, { role: 'member' });
    expect(await about(id)).toHaveLength(before);
  });

  it('keeps no secret, and nothing of what was typed where there is nobody of the name', async () => {
    const { token, refreshToken } = await person();
    const form = { grant_type: 'password', username: 'my secret password', password: 'hunter2' };
    await server.request('POST', '/auth/token', { form });
    const [newest] = await log('action=sign_in&outcome=failure');
    expect(newest).toMatchObject({ actor_id: null, subject_id: null });
    const all = JSON.stringify(await log());
    for (const secret of [PASSWORD, 'hunter2', 'my secret', token, refreshToken, NEW_PASSWORD])
      expect(all).not.toContain(secret);
  });

  it('is searched by actor, action, outcome and time', async () => {
    const from = clock.now().toISOString();
    const { id } = await person();
    clock.advance(1);
    const to = clock.now().toISOString();
    await signInAs(id, 'wrong');
    const actions = (entries: { action: string }[]) => entries.map(({ action }) => action);
    expect(actions(await log(`actor=${id}`))).toEqual(['sign_in', 'account.opened']);
    expect(actions(await log(`subject=${id}&outcome=failure`))).toEqual(['sign_in']);
    expect(actions(await log(`subject=${id}&from=${from}&to=${to}`))).toEqual(['sign_in', 'account.opened']);
    expect(actions(await log(`subject=${id}&from=${to}`))).toEqual(['sign_in']);
    expect(await log(`actor=${id}&action=user.changed`)).toEqual([]);
  });

  it.each(['action=nonsense', 'actor=nonsense', 'from=yesterday', 'outcome=maybe', 'q=x'])(
    'refuses to be searched by %s',
    async query => {
      const answer = await server.request('GET', `/audit-log?${query}`, { token: root.token });
      expectProblem(answer, 422, 'request.invalid');
    },
  );

  it('is paged by cursor', async () => {
    const seen = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const { body }: Answer = await server.request('GET', `/audit-log?per_page=7&cursor=${cursor}`, {
        token: root.token,
      });
      seen.push(...body.results);
      cursor = body.next_cursor;
    }
    expect(seen).toHaveLength(
      (await server.request('GET', '/audit-log', { token: root.token })).body.total_count,
    );
    expect(new Set(seen.map(({ id }) => id)).size).toBe(seen.length);
  });

  it('is for administrators of users only', async () => {
    const { token } = await person();
    expectProblem(await server.request('GET', '/audit-log', { token }), 403, 'access.insufficient_scope');
    expectProblem(await server.request('GET', '/audit-log'), 401, 'request.unauthenticated');
  });

  it.runIf(storage !== 'memory')('cannot be changed, not even in the database', async () => {
    const opened = sqlStorageOf(server.application);
    const change = opened.database.transaction(transaction =>
      transaction.query(
        "update audit_log set outcome = 'success' where outcome = 'failure' returning id",
        [],
      ),
    );
    await expect(change).rejects.toThrow('The audit log is not changed.');
  });

  it('forgets what is older than 400 days', async () => {
    const { id } = await person();
    clock.advance(401 * 86_400);
    root = { ...root, token: (await signedIn(server, 'root')).access_token };
    expect(await about(id)).toEqual([]);
    expect(await log(`subject=${root.id}`)).not.toEqual([]);
  });
});
