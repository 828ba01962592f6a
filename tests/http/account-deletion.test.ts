import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { tokens } from '../../src/composition/tokens.ts';
import { administrator } from '../support/administrator.ts';
import { STORAGES } from '../support/application.ts';
import { PASSWORD, type TestServer, testServer } from '../support/client.ts';
import { cookieHeader } from '../support/cookies.ts';
import { idleJob } from '../support/job-worker.ts';
import { addressOf, MailingServer } from '../support/mailing-server.ts';
import { sessionsOf, todosOf } from '../support/own-data.ts';
import { expectProblem } from '../support/problem.ts';
import { DELETED, VERIFY } from '../support/recording-mailer.ts';
import { refreshed, signedIn } from '../support/token-requests.ts';

const PATIENT = { timeout: 15_000, interval: 20 };
const POST = { title: 'Shared', content: 'With everybody' };

describe.each(STORAGES)('DELETE /users/me on %s', storage => {
  let mailing: MailingServer;
  let server: TestServer;
  let root: string;
  let last = 0;
  let name: string;
  let id: string;
  let token: string;
  let refreshToken: string;

  beforeAll(async () => {
    mailing = await MailingServer.start(storage);
    ({ server } = mailing);
    root = (await administrator(server)).token;
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    last += 1;
    name = `user-${last}`;
    ({ id, token, refreshToken } = await server.signUp(name));
    await mailing.mailer.mail(addressOf(name), VERIFY);
  });

  const remove = (body?: unknown, headers: Record<string, string> = {}, by = token) =>
    server.request('DELETE', '/users/me', { token: by, body, headers });
  const read = (path: string, by = root) => server.request('GET', path, { token: by });
  const post = (path: string, body: unknown) => server.request('POST', path, { token, body });
  const expectThere = async () => expect((await read(`/users/${id}`)).body.username).toBe(name);

  it('answers 204 and lets in nobody any more, with any token', async () => {
    const other = await signedIn(server, name);
    const { body: personal } = await post('/auth/access-tokens', { name: 'Script' });
    const browser = await server.request('POST', '/auth/login', {
      body: { username: name, password: PASSWORD },
    });
    const answer = await remove({ current_password: PASSWORD });
    expect(answer).toMatchObject({ status: 204, body: undefined });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    for (const refused of [token, other.access_token, personal.token])
      expectProblem(await read('/users/me', refused), 401, 'identity.invalid_token');
    const cookie = cookieHeader(browser);
    expect((await server.request('GET', '/users/me', { headers: { cookie } })).status).toBe(401);
    for (const used of [refreshToken, other.refresh_token])
      expect(await refreshed(server, used)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect(await mailing.canSignIn(name)).toBe(false);
    expect(await mailing.canSignIn(addressOf(name))).toBe(false);
    expectProblem(await remove(undefined, {}, token), 401, 'identity.invalid_token');
  });

  it('takes the account out of every list, and leaves ids in the audit log', async () => {
    await remove();
    expectProblem(await read(`/users/${id}`), 404, 'identity.user_not_found');
    const patch = { token: root, body: { is_active: true } };
    expectProblem(await server.request('PATCH', `/users/${id}`, patch), 404, 'identity.user_not_found');
    const listed = await read('/users?per_page=100');
    expect(JSON.stringify(listed.body)).not.toContain(id);
    expect((await read(`/people?q=${name}`)).body.total_count).toBe(0);
    const { body } = await read(`/audit-log?subject=${id}`);
    expect(body.results[0]).toMatchObject({
      action: 'account.deleted',
      outcome: 'success',
      actor_id: id,
      subject_id: id,
      details: {},
    });
    expect(body.total_count).toBe(3);
    expect(JSON.stringify(body)).not.toContain(name);
  });

  it('keeps posts without a name, and erases to-dos, operations, sessions and what is known of jobs', async () => {
    const { body: shared } = await post('/posts', POST);
    await post('/todos', { text: 'Own' });
    const { body: operation } = await post('/operations', { quantity: '1', date: '2026-01-31', type: 'buy' });
    const { reader } = server.application.get(tokens.operationStorage);
    expect(await reader.find(operation.id)).toBeDefined();
    const job = await idleJob(server.application, id);
    await remove();
    const { status, body } = await server.request('GET', `/posts/${shared.id}`);
    expect(status).toBe(200);
    expect(body).toEqual({ ...shared, user_name: 'former member' });
    const found = await server.request('GET', `/posts?author=${id}`);
    expect(found.body.results).toEqual([body]);
    await vi.waitFor(async () => {
      expect(await todosOf(server.application, id)).toBe(0);
      expect(await sessionsOf(server.application, id)).toBe(0);
      expect(await reader.find(operation.id)).toBeUndefined();
      expect(await server.application.get(tokens.jobStorage).find(job)).toBeUndefined();
    }, PATIENT);
  });

  it('keeps tasks that others see, erases the others, and lets heroes stand for nobody', async () => {
    const other = await server.signUp(`${name}-colleague`);
    const { body: hero } = await server.request('POST', '/heroes', {
      token: root,
      body: { name: 'Hero', user_id: id },
    });
    const task = async (content: object = {}) => (await post('/tasks', { title: 'Title', ...content })).body;
    await task();
    await task({ assignee_id: id });
    const shared = await task({ assignee_id: other.id });
    await remove();
    const assigned = async () => (await read('/tasks', other.token)).body;
    await vi.waitFor(async () => {
      const { rows } = await server.application
        .get(tokens.taskStorage)
        .reader.list({ viewer: id, paging: { page: 1, perPage: 10 } });
      expect(rows.map(row => row.id)).toEqual([shared.id]);
      expect((await read(`/heroes/${hero.id}`)).body.user_id).toBe(null);
    }, PATIENT);
    expect((await assigned()).results).toEqual([shared]);
  });

  it('writes to the old address, once, and by no name', async () => {
    await server.request('PATCH', '/users/me', { token, body: { full_name: 'Ada Lovelace' } });
    await remove();
    const mail = await mailing.mailer.mail(addressOf(name), DELETED);
    expect(mail.text).toContain(mailing.clock.now().toUTCString());
    expect(mail.text).not.toMatch(/Ada|user-\d/);
    await mailing.settle();
    expect(mailing.mailer.to(addressOf(name)).map(({ subject }) => subject)).toHaveLength(2);
  });

  it('gives email and user name to who comes next, who gets nothing of the old account', async () => {
    await post('/posts', POST);
    await post('/todos', { text: 'Own' });
    await remove();
    const next = await server.signUp(name);
    expect(next.id).not.toBe(id);
    expect((await read('/todos', next.token)).body.total_count).toBe(0);
    expect((await read(`/posts?author=${next.id}`)).body.total_count).toBe(0);
    expect((await read('/people', next.token)).body.results).toContainEqual({ id: next.id, name });
  });

  it.each([
    [600, undefined, 204],
    [601, undefined, 403],
    [601, PASSWORD, 204],
    [0, 'wrong', 422],
  ])('%d s after the sign-in and with the password %j answers %d', async (age, current, status) => {
    mailing.clock.advance(age);
    root = (await signedIn(server, 'root')).access_token;
    const answer = await remove(current === undefined ? undefined : { current_password: current });
    expect(answer.status).toBe(status);
    if (status === 403) expectProblem(answer, 403, 'identity.sign_in_too_old');
    if (status === 422)
      expectProblem(answer, 422, 'identity.wrong_password', [['/current_password', 'wrong_password']]);
    if (status !== 204) await expectThere();
  });

  it('refuses a personal access token, with the right password too', async () => {
    const { body: personal } = await post('/auth/access-tokens', { name: 'Script' });
    for (const body of [undefined, { current_password: PASSWORD }])
      expectProblem(await remove(body, {}, personal.token), 403, 'identity.personal_token_refused');
    await expectThere();
  });

  it('refuses a token without its scope', async () => {
    const { access_token: lesser } = await signedIn(server, name, { scope: 'todos' });
    expectProblem(await remove(undefined, {}, lesser), 403, 'access.insufficient_scope');
    await expectThere();
  });

  it.each<readonly [unknown, number, string]>([
    [{ current_password: null }, 422, 'request.invalid'],
    [{ current_password: 42 }, 422, 'request.invalid'],
    [{ password: PASSWORD }, 422, 'request.invalid'],
    ['null', 422, 'request.invalid'],
    ['{', 400, 'request.malformed_json'],
  ])('answers the body %j with %d', async (body, status, code) => {
    expectProblem(await remove(body), status, code);
    await expectThere();
  });

  it('obeys If-Match', async () => {
    const stale = (await read('/users/me', token)).headers.get('etag') ?? '';
    await server.request('PATCH', '/users/me', { token, body: { full_name: 'Changed' } });
    expectProblem(await remove(undefined, { 'if-match': stale }), 412, 'request.precondition_failed');
    await expectThere();
    const fresh = (await read('/users/me', token)).headers.get('etag') ?? '';
    expect((await remove({}, { 'if-match': fresh })).status).toBe(204);
  });
});

describe('the last administrator', () => {
  it('stays, until there is another', async () => {
    const server = await testServer();
    const { id, token } = await administrator(server);
    const remove = () => server.request('DELETE', '/users/me', { token });
    expectProblem(await remove(), 409, 'identity.last_administrator');
    expect((await server.request('GET', '/users/me', { token })).body.id).toBe(id);
    const other = await administrator(server, 'other');
    const deactivate = { token, body: { is_active: false } };
    await server.request('PATCH', `/users/${other.id}`, deactivate);
    expectProblem(await remove(), 409, 'identity.last_administrator');
    await server.request('PATCH', `/users/${other.id}`, { token, body: { is_active: true } });
    expect((await remove()).status).toBe(204);
    const setUp = await server.request('POST', '/auth/setup', {
      body: {
        token: server.application.get(tokens.setupToken).value,
        email: 'new@example.org',
        password: PASSWORD,
      },
    });
    expectProblem(setUp, 404, 'identity.setup_finished');
    await server.stop();
  });
});
