import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { administrator } from '../support/administrator.ts';
import { STORAGES } from '../support/application.ts';
import { PASSWORD, type TestServer, testServer } from '../support/client.ts';
import { idleJob } from '../support/job-worker.ts';
import { addTodos } from '../support/own-data.ts';
import { expectProblem } from '../support/problem.ts';
import { TestClock } from '../support/test-clock.ts';
import { revoked, sessionIdOf, signedIn } from '../support/token-requests.ts';

const EXPORT = '/users/me/export';

describe.each(STORAGES)('GET /users/me/export on %s', storage => {
  const clock = new TestClock();
  let server: TestServer;
  let alice: { readonly id: string; readonly token: string; readonly refreshToken: string };
  let bob: { readonly id: string; readonly token: string };
  let root: { readonly id: string; readonly token: string };

  beforeAll(async () => {
    server = await testServer(storage, { trustedProxies: 1 }, [override(tokens.clock, clock)]);
    alice = await server.signUp('alice');
    bob = await server.signUp('bob');
    root = await administrator(server);
  });
  afterAll(() => server.stop());

  const get = (token: string, headers: Record<string, string> = {}) =>
    server.request('GET', EXPORT, { token, headers });
  const post = (path: string, body: unknown, token = alice.token) =>
    server.request('POST', path, { token, body });

  it('is a file that nobody keeps, with everything that is kept of the person', async () => {
    const { access_token: ended } = await signedIn(server, 'alice', { device_name: 'Old laptop' });
    await revoked(server, ended);
    const { body: personal } = await post('/auth/access-tokens', { name: 'Script', scope: 'todos' });
    const { token: secret, ...shown } = personal;
    const { body: account } = await server.request('GET', '/users/me', { token: alice.token });
    const { body: mine } = await post('/posts', { title: 'Mine', content: 'ü "quoted" 💙' });
    const { body: todo } = await post('/todos', { text: 'Own' });
    const { body: task } = await post('/tasks', { title: 'Own', assignee_id: account.id });
    const { body: assigned } = await post(
      '/tasks',
      { title: 'For Alice', assignee_id: account.id },
      bob.token,
    );
    const trade = { quantity: '1.50', figi: 'Own', date: '2026-01-31', type: 'buy' };
    const { body: operation } = await post('/operations', trade);
    await post('/operations', { ...trade, figi: 'Of Bob' }, bob.token);
    await post('/tasks', { title: 'Of Bob' }, bob.token);
    await post('/posts', { title: 'Not mine', content: 'Of Bob' }, bob.token);
    await post('/todos', { text: 'Of Bob' }, bob.token);
    const { body: own } = await post('/chat/rooms', { name: 'Own', kind: 'private' });
    const { body: joined } = await post('/chat/rooms', { kind: 'direct', with: account.id }, bob.token);
    const { body: ofBob } = await post('/chat/rooms', { name: 'Of Bob', kind: 'public' }, bob.token);
    const { body: said } = await post(`/chat/rooms/${ofBob.id}/messages`, { text: 'a', client_id: '1' });
    await post(`/chat/rooms/${ofBob.id}/messages`, { text: 'b', client_id: '1' }, bob.token);
    const jobId = await idleJob(server.application, alice.id);
    await idleJob(server.application, bob.id);
    const { body: job } = await server.request('GET', `/jobs/${jobId}`, { token: alice.token });
    const answer = await get(alice.token);
    expect(answer.status).toBe(200);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'content-disposition': `attachment; filename="atrium-export-${clock.now().toISOString().slice(0, 10)}.json"`,
      'cache-control': 'no-store',
    });
    expect(answer.body).toEqual({
      exported_at: clock.now().toISOString(),
      account,
      sessions: [expect.objectContaining({ device_name: 'Old laptop' }), expect.any(Object)],
      access_tokens: [shown],
      audit_log: expect.any(Array),
      posts: [mine],
      todos: [todo],
      heroes: [],
      tasks: [task, assigned],
      operations: [operation],
      chat_rooms: expect.arrayContaining([own, { ...joined, with: bob.id }]),
      chat_messages: [said],
      jobs: [job],
    });
    expect(answer.body.chat_rooms).toHaveLength(2);
    expect(answer.body.sessions[0]).toEqual({
      id: sessionIdOf({ access_token: ended } as Parameters<typeof sessionIdOf>[0]),
      device_name: 'Old laptop',
      address: '127.0.0.1',
      created_at: clock.now().toISOString(),
      last_used_at: clock.now().toISOString(),
      expires_at: clock.now().toISOString(),
    });
    const actions = answer.body.audit_log.map(({ action }: { action: string }) => action);
    expect(actions).toEqual([
      'account.exported',
      'access_token.created',
      'sign_in',
      'sign_in',
      'account.opened',
    ]);
    expect(secret).toMatch(/^atp_/);
  });

  it('has no secret, no hash, and nothing of anybody else', async () => {
    const { body: personal } = await post('/auth/access-tokens', { name: 'Secret' });
    const text = JSON.stringify((await get(alice.token)).body);
    const stored = await server.application.get(tokens.identityStorage).work.run(async repositories => ({
      user: await repositories.users.get(alice.id),
      sessions: await repositories.sessions.liveOf(alice.id, clock.now()),
      personal: await repositories.accessTokens.of(alice.id),
    }));
    const hashes = [
      ...stored.sessions.flatMap(({ familyHash, refreshTokenHash }) => [familyHash, refreshTokenHash]),
      ...stored.personal.map(({ hash }) => hash),
    ];
    expect(hashes.length).toBeGreaterThan(3);
    const secrets = [
      PASSWORD,
      alice.token,
      alice.refreshToken,
      personal.token,
      stored.user?.passwordHash ?? 'none',
      ...hashes,
      'bob@example.org',
      'root@example.org',
      'Of Bob',
    ];
    for (const secret of secrets) expect(text).not.toContain(secret);
    expect(text).not.toMatch(/argon2|_hash|password"|Of Bob/);
  });

  it('says what somebody did to others, and what others did, but not from where', async () => {
    const headers = { 'x-forwarded-for': '198.51.100.7' };
    const patch = { token: root.token, body: { role: 'admin' }, headers };
    await server.request('PATCH', `/users/${bob.id}`, patch);
    const { body: ofBob } = await get((await signedIn(server, 'bob')).access_token);
    const change = { action: 'user.changed', actor_id: root.id, subject_id: bob.id };
    expect(ofBob.audit_log).toContainEqual(expect.objectContaining({ ...change, address: null }));
    const { body: ofRoot } = await get(root.token);
    const entries = ofRoot.audit_log.filter(({ action }: { action: string }) => action === 'user.changed');
    expect(entries).toEqual([expect.objectContaining({ ...change, address: '198.51.100.7' })]);
    const ids = ofRoot.audit_log.map((entry: { id: string }) => entry.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ofRoot.audit_log.at(-1).id).toBe(entries[0].id);
  });

  it('has every page of what is long, once and in order', async () => {
    const { id, token } = await server.signUp('writer');
    await addTodos(server.application, id, 450);
    for (let number = 0; number < 25; number += 1)
      await post('/posts', { title: `Post ${number}`, content: 'x' }, token);
    const { body } = await get(token, { 'accept-encoding': 'gzip' });
    const texts = body.todos.map(({ text }: { text: string }) => text);
    expect(texts).toHaveLength(450);
    expect(new Set(texts).size).toBe(450);
    const titles = body.posts.map(({ title }: { title: string }) => title);
    expect(titles).toEqual(Array.from({ length: 25 }, (_, number) => `Post ${24 - number}`));
  });

  it('is in the audit log', async () => {
    await get(bob.token);
    const path = `/audit-log?subject=${bob.id}&action=account.exported`;
    const { body } = await server.request('GET', path, { token: root.token });
    expect(body.results[0]).toMatchObject({ actor_id: bob.id, outcome: 'success', details: {} });
  });

  it('is refused to a personal access token, to lesser tokens, and long after the sign-in', async () => {
    const { body: personal } = await post('/auth/access-tokens', { name: 'Script' });
    expectProblem(await get(personal.token), 403, 'identity.personal_token_refused');
    const { access_token: lesser } = await signedIn(server, 'alice', { scope: 'todos posts:write' });
    expectProblem(await get(lesser), 403, 'access.insufficient_scope');
    const { access_token: late } = await signedIn(server, 'alice');
    clock.advance(600);
    expect((await get(late)).status).toBe(200);
    clock.advance(0.001);
    expectProblem(await get(late), 403, 'identity.sign_in_too_old');
  });
});

describe('an export whose storage fails', () => {
  it('in the middle, breaks off', async () => {
    const server = await testServer();
    const { token } = await server.signUp('alice');
    const { reader } = server.application.get(tokens.todoStorage);
    Object.assign(reader, { list: () => Promise.reject(new Error('broken')) });
    await expect(server.request('GET', EXPORT, { token })).rejects.toThrow();
    const head = await server.request('HEAD', EXPORT, { token });
    expect(head).toMatchObject({ status: 200, body: undefined });
    await server.stop();
  });
});
