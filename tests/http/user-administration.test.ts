import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { accountChanges } from '../support/accounts.ts';
import { administrator, type SignedIn, tokenFor } from '../support/administrator.ts';
import { STORAGES } from '../support/application.ts';
import { type Answer, PASSWORD, type TestServer, testServer } from '../support/client.ts';
import { UNKNOWN_ID } from '../support/endpoints.ts';
import { principal } from '../support/people.ts';
import { expectProblem } from '../support/problem.ts';
import { TestClock } from '../support/test-clock.ts';

const namesOf = ({ body }: Answer): string[] =>
  body.results.map(({ username }: { username: string }) => username);

describe.each(STORAGES)('the list of accounts on %s', storage => {
  const clock = new TestClock();
  let server: TestServer;
  let root: SignedIn;
  const get = (query: string) => server.request('GET', `/users${query}`, { token: root.token });

  /** root, ann and ben at one time, cat and dan a second later; ben is an administrator, dan is deactivated. */
  beforeAll(async () => {
    server = await testServer(storage, {}, [override(tokens.clock, clock)]);
    root = await administrator(server);
    const ids = new Map<string, string>();
    for (const name of ['ann', 'ben', 'cat', 'dan']) {
      if (name === 'cat') clock.advance(1);
      ids.set(name, (await server.signUp(name)).id);
    }
    clock.advance(1);
    for (const [name, body] of [
      ['dan', { is_active: false }],
      ['ben', { role: 'admin' }],
    ] as const)
      await server.request('PATCH', `/users/${ids.get(name)}`, { token: root.token, body });
  });
  afterAll(() => server.stop());

  it('shows everybody, the newest first, as they are shown one by one', async () => {
    const answer = await get('');
    expect(answer.body).toMatchObject({ total_count: 5, page: 1, per_page: 10 });
    expect(namesOf(answer)).toEqual(['dan', 'cat', 'ben', 'ann', 'root']);
    expect(answer.headers.get('cache-control')).toBe('private, no-cache');
    for (const user of answer.body.results) expect((await get(`/${user.id}`)).body).toEqual(user);
    expect(JSON.stringify(answer.body)).not.toMatch(/hash|argon2|email_key|version/i);
  });

  it.each([
    ['?per_page=2', 5, ['dan', 'cat']],
    ['?per_page=2&page=2', 5, ['ben', 'ann']],
    ['?per_page=2&page=3', 5, ['root']],
    ['?page=2', 5, []],
    ['?role=admin', 2, ['ben', 'root']],
    ['?role=member', 3, ['dan', 'cat', 'ann']],
    ['?is_active=false', 1, ['dan']],
    ['?is_active=true', 4, ['cat', 'ben', 'ann', 'root']],
    ['?role=member&is_active=true', 2, ['cat', 'ann']],
    ['?role=admin&is_active=false', 0, []],
    ['?role=admin&per_page=1&page=2', 2, ['root']],
    ['?sort=created_at', 5, ['root', 'ann', 'ben', 'cat', 'dan']],
    ['?sort=-updated_at', 5, ['dan', 'ben', 'cat', 'ann', 'root']],
    ['?sort=updated_at&is_active=true', 4, ['root', 'ann', 'cat', 'ben']],
  ])('answers %s: %d in all, on this page %j', async (query, total, names) => {
    const answer = await get(query);
    expect(answer.status).toBe(200);
    expect(answer.body.total_count).toBe(total);
    expect(namesOf(answer)).toEqual(names);
  });

  it('has links that keep the filters', async () => {
    const link = (await get('?role=member&per_page=2')).headers.get('link') ?? '';
    const [, next = ''] = /<([^>]+)>; rel="next"/.exec(link) ?? [];
    const answer = await server.request('GET', `/${next}`, { token: root.token });
    expect(namesOf(answer)).toEqual(['ann']);
  });

  it.each([
    ['?unknown=1', '/unknown'],
    ['?email=ann@example.org', '/email'],
    ['?role=Owner', '/role'],
    ['?role=', '/role'],
    ['?is_active=yes', '/is_active'],
    ['?sort=email', '/sort'],
    ['?sort=password_hash', '/sort'],
    ['?page=0', '/page'],
    ['?per_page=101', '/per_page'],
    ['?role=admin&role=member', '/role'],
  ])('answers 422 to %s and names %s', async (query, pointer) => {
    const answer = await get(query);
    expectProblem(answer, 422, 'request.invalid');
    expect(answer.body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
  });
});

describe.each(STORAGES)('the administration of accounts on %s', storage => {
  let server: TestServer;
  let root: SignedIn;
  let last = 0;
  beforeAll(async () => {
    server = await testServer(storage);
    root = await administrator(server);
  });
  afterAll(() => server.stop());

  const somebody = async () => {
    last += 1;
    return { name: `user-${last}`, ...(await server.signUp(`user-${last}`)) };
  };
  const read = (id: string) => server.request('GET', `/users/${id}`, { token: root.token });
  const change = (id: string, body: unknown, headers: Record<string, string> = {}, token = root.token) =>
    server.request('PATCH', `/users/${id}`, { token, body, headers });
  const listAs = (token: string) => server.request('GET', '/users', { token });

  it('shows an account as its owner sees it', async () => {
    const { id, token } = await somebody();
    const own = await server.request('GET', '/users/me', { token });
    const answer = await read(id);
    expect(answer).toMatchObject({ status: 200, body: own.body });
    expect(answer.headers.get('etag')).toBe(own.headers.get('etag'));
    expect((await read(id.toUpperCase())).body).toEqual(own.body);
  });

  it('answers 404 to ids that nobody has, and to what is no id', async () => {
    expectProblem(await read(UNKNOWN_ID), 404, 'identity.user_not_found');
    expectProblem(await change(UNKNOWN_ID, { role: 'admin' }), 404, 'identity.user_not_found');
    for (const id of ['x', '1', 'root', `${UNKNOWN_ID}0`, '%00']) {
      expect((await read(id)).status).toBe(404);
      expect((await change(id, {})).status).toBe(404);
    }
  });

  it('changes role and access, and answers the account as it is then', async () => {
    const { id } = await somebody();
    const before = (await read(id)).body;
    for (const body of [{ role: 'admin' }, { is_active: false }, { role: 'member', is_active: true }]) {
      const answer = await change(id, body);
      expect(answer).toMatchObject({ status: 200, body });
      expect((await read(id)).body).toEqual(answer.body);
    }
    expect((await read(id)).body).toEqual({ ...before, updated_at: expect.any(String) });
  });

  it('takes a merge patch by its own media type; one that changes nothing leaves no trace', async () => {
    const { id } = await somebody();
    const before = await read(id);
    const headers = { 'content-type': 'application/merge-patch+json' };
    for (const body of [{}, { role: 'member' }, { is_active: true }])
      expect(await change(id, body, headers)).toMatchObject({ status: 200, body: before.body });
    expect((await read(id)).headers.get('etag')).toBe(before.headers.get('etag'));
  });

  it.each([
    [{ role: 'Owner' }, '/role'],
    [{ role: null }, '/role'],
    [{ role: ['admin'] }, '/role'],
    [{ is_active: null }, '/is_active'],
    [{ is_active: 'false' }, '/is_active'],
    [{ is_active: 0 }, '/is_active'],
    [{ email: 'a@example.org' }, '/email'],
    [{ is_verified: true }, '/is_verified'],
    [{ username: 'a' }, '/username'],
  ])('answers 422 to %j and names %s', async (body, pointer) => {
    const { id } = await somebody();
    const before = (await read(id)).body;
    const answer = await change(id, body);
    expectProblem(answer, 422, 'request.invalid');
    expect(answer.body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
    expect((await read(id)).body).toEqual(before);
  });

  it('obeys If-Match', async () => {
    const { id } = await somebody();
    const etag = (await read(id)).headers.get('etag') ?? '';
    const answer = await change(id, { role: 'admin' }, { 'if-match': etag });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('etag')).not.toBe(etag);
    const late = await change(id, { role: 'member' }, { 'if-match': etag });
    expectProblem(late, 412, 'request.precondition_failed');
    expect((await read(id)).body.role).toBe('admin');
  });

  it('gives and takes a role at once, on tokens that are there already', async () => {
    const { id } = await somebody();
    await change(id, { role: 'admin' });
    const token = await tokenFor(server, `user-${last}`);
    expect((await listAs(token)).status).toBe(200);
    await change(id, { role: 'member' });
    const refused = await listAs(token);
    expectProblem(refused, 403, 'access.insufficient_scope');
    expect(refused.headers.get('www-authenticate')).toBe(
      'Bearer realm="atrium", error="insufficient_scope", scope="users:admin"',
    );
    expect((await server.request('GET', '/users/me', { token })).body.role).toBe('member');
    await change(id, { role: 'admin' });
    expect((await listAs(token)).status).toBe(200);
  });

  it('deactivates at once: neither tokens nor sign-ins are good, and activating starts afresh', async () => {
    const { id, name, token, refreshToken } = await somebody();
    await server.request('GET', '/users/me', { token });
    expect((await change(id, { is_active: false })).status).toBe(200);
    expectProblem(await server.request('GET', '/users/me', { token }), 400, 'identity.inactive');
    await expect(tokenFor(server, name)).rejects.toThrow('identity.invalid_grant');
    const form = { grant_type: 'refresh_token', refresh_token: refreshToken };
    expect((await server.request('POST', '/auth/token', { form })).body.error).toBe('invalid_grant');
    const login = { username: name, password: PASSWORD };
    expect((await server.request('POST', '/auth/login', { body: login })).status).toBe(400);
    await change(id, { is_active: true });
    expectProblem(await server.request('GET', '/users/me', { token }), 401, 'identity.invalid_token');
    await tokenFor(server, name);
  });

  it('leaves what somebody wrote when they are deactivated', async () => {
    const { id, name, token } = await somebody();
    const post = await server.request('POST', '/posts', { token, body: { title: 'A', content: 'B' } });
    await change(id, { is_active: false });
    const answer = await server.request('GET', `/posts/${post.body.id}`);
    expect(answer).toMatchObject({ status: 200, body: { user_name: name } });
  });

  it.each([{ role: 'member' }, { is_active: false }])("answers 403 to one's own %j", async body => {
    const { id } = await somebody();
    await change(id, { role: 'admin' });
    expectProblem(await change(root.id, body), 403, 'identity.own_access');
    expect((await read(root.id)).body).toMatchObject({ role: 'admin', is_active: true });
    await change(id, { role: 'member' });
  });

  it.each(['GET /users', 'GET /users/:id', 'PATCH /users/:id'])(
    'answers %s 403 to members, and to administrators whose token has not the scope',
    async operation => {
      const { id, token } = await somebody();
      const [method = '', path = ''] = operation.replace(':id', id).split(' ');
      const body = method === 'PATCH' ? { role: 'admin' } : undefined;
      const form = { grant_type: 'password', username: 'root', password: PASSWORD, scope: 'profile' };
      const narrow = (await server.request('POST', '/auth/token', { form })).body.access_token;
      for (const without of [token, narrow]) {
        const answer = await server.request(method, path, { token: without, body });
        expectProblem(answer, 403, 'access.insufficient_scope');
        expect(answer.headers.get('www-authenticate')).toContain('scope="users:admin"');
      }
      expectProblem(await server.request(method, path, { body }), 401, 'request.unauthenticated');
      expect((await read(id)).body.role).toBe('member');
    },
  );

  it('tells members nothing of who there is', async () => {
    const [{ id }, { token }] = [await somebody(), await somebody()];
    const [known, unknown] = [id, UNKNOWN_ID].map(user => server.request('GET', `/users/${user}`, { token }));
    expect((await known)?.status).toBe(403);
    expect((await unknown)?.status).toBe(403);
  });
});

describe.each(STORAGES)('the last administrator on %s', storage => {
  it.each([{ role: 'member' }, { is_active: false }])('stays one: two who set each other %j', async body => {
    const server = await testServer(storage);
    const [one, other] = [await administrator(server, 'one'), await administrator(server, 'other')];
    const set = (by: SignedIn, whom: SignedIn) =>
      server.request('PATCH', `/users/${whom.id}`, { token: by.token, body });
    const answers = await Promise.all([set(one, other), set(other, one)]);
    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused).toHaveLength(1);
    for (const answer of refused) expect([400, 403, 409]).toContain(answer.status);
    const tokensLeft = [one, other].map(({ token }) => server.request('GET', '/users', { token }));
    const statuses = (await Promise.all(tokensLeft)).map(({ status }) => status);
    expect(statuses.filter(status => status === 200)).toHaveLength(1);
    await server.stop();
  });

  it('answers 409 to a request that was let in before its administrator was demoted', async () => {
    const server = await testServer(storage);
    const [one, other] = [await administrator(server, 'one'), await administrator(server, 'other')];
    const provider = server.application.get(tokens.identityProvider);
    const late = { ...(await provider.verify(other.token)).principal, address: null };
    const demote = { role: 'member' } as const;
    await server.request('PATCH', `/users/${other.id}`, { token: one.token, body: demote });
    const { user } = accountChanges(server.application);
    const command = { userId: one.id, change: demote, expectedVersion: undefined };
    await expect(user.execute(command, late)).rejects.toMatchObject({ code: 'identity.last_administrator' });
    const anybody = {
      principal: { ...principal(other.id), roles: ['admin'] },
      expiresAt: Number.POSITIVE_INFINITY,
    };
    Object.assign(provider, { verify: async () => anybody });
    const answer = await server.request('PATCH', `/users/${one.id}`, { token: other.token, body: demote });
    expectProblem(answer, 409, 'identity.last_administrator');
    await server.stop();
  });
});
