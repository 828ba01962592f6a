import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokens } from '../../src/composition/tokens.ts';
import { SCOPES } from '../../src/kernel/principal.ts';
import { Role } from '../../src/modules/identity/domain/role.ts';
import { administrator, type SignedIn, tokenFor } from '../support/administrator.ts';
import { STORAGES } from '../support/application.ts';
import { PASSWORD, type TestServer, testServer } from '../support/client.ts';
import { expectProblem } from '../support/problem.ts';
import { signedIn } from '../support/token-requests.ts';

const MEMBER_SCOPES = SCOPES.filter(scope => !scope.includes('admin'));

describe.each(STORAGES)('roles on %s', storage => {
  let server: TestServer;
  let root: SignedIn;
  let last = 0;
  beforeAll(async () => {
    server = await testServer(storage);
    root = await administrator(server);
  });
  afterAll(() => server.stop());

  const nextName = () => {
    last += 1;
    return `role-${last}`;
  };
  const send = (method: string, path: string, body?: unknown, token = root.token, headers = {}) =>
    server.request(method, path, { token, body, headers });
  const made = async (scopes: readonly string[]) => {
    const name = nextName();
    expect((await send('POST', '/roles', { name, scopes })).status).toBe(201);
    return name;
  };
  const read = (name: string) => send('GET', `/roles/${name}`);
  /** Somebody who has this role. */
  const somebody = async (role: string) => {
    const username = `user-${nextName()}`;
    const { id } = await server.signUp(username);
    expect((await send('PATCH', `/users/${id}`, { role })).status).toBe(200);
    return { id, username, token: await tokenFor(server, username) };
  };
  const auditOf = async (action: string) =>
    (await send('GET', `/audit-log?action=${action}&per_page=1`)).body.results[0];

  it('are member and admin to begin with', async () => {
    expect((await read('member')).body).toEqual({ name: 'member', scopes: MEMBER_SCOPES, built_in: true });
    expect((await read('admin')).body).toEqual({ name: 'admin', scopes: [...SCOPES], built_in: true });
    const { results } = (await send('GET', '/roles?sort=created_at&per_page=2')).body;
    expect(results.map(({ name }: { name: string }) => name)).toEqual(['admin', 'member']);
  });

  it('are made, shown, listed newest first, and in the audit log', async () => {
    const name = nextName();
    const answer = await send('POST', '/roles', { name, scopes: ['todos', 'profile'] });
    const role = { name, scopes: ['profile', 'todos'], built_in: false };
    expect(answer).toMatchObject({ status: 201, body: role });
    expect(answer.headers.get('location')).toBe(`/api/v1/roles/${name}`);
    expect((await read(name)).body).toEqual(role);
    expect((await send('GET', '/roles?per_page=1')).body.results).toEqual([role]);
    expect(await auditOf('role.created')).toMatchObject({
      actor_id: root.id,
      subject_id: null,
      details: { role: name, scope: 'profile todos' },
    });
  });

  it('have one name each', async () => {
    const name = await made(['todos']);
    for (const taken of [name, 'member', 'admin'])
      expectProblem(
        await send('POST', '/roles', { name: taken, scopes: ['chat'] }),
        409,
        'identity.role_taken',
      );
    expect((await read(name)).body.scopes).toEqual(['todos']);
  });

  it.each([
    [{ name: 'Writer', scopes: ['todos'] }, '/name'],
    [{ name: '', scopes: ['todos'] }, '/name'],
    [{ scopes: ['todos'] }, '/name'],
    [{ name: 'writer' }, '/scopes'],
    [{ name: 'writer', scopes: [] }, '/scopes'],
    [{ name: 'writer', scopes: ['todos', 'todos'] }, '/scopes'],
    [{ name: 'writer', scopes: ['nonsense'] }, '/scopes/0'],
    [{ name: 'writer', scopes: 'todos' }, '/scopes'],
    [{ name: 'writer', scopes: ['todos'], built_in: true }, '/built_in'],
  ])('are not made of %j', async (body, pointer) => {
    const answer = await send('POST', '/roles', body);
    expectProblem(answer, 422, 'request.invalid');
    expect(answer.body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
    expect((await read('writer')).status).toBe(404);
  });

  it('are 404 where there is none', async () => {
    for (const name of ['unknown', 'Writer', 'x'.repeat(33)]) {
      expect((await read(name)).status).toBe(404);
      expect((await send('PUT', `/roles/${name}`, { scopes: ['todos'] })).status).toBe(404);
      expect((await send('DELETE', `/roles/${name}`)).status).toBe(404);
    }
  });

  it('let those who have them do what they list, and nothing else', async () => {
    const { token } = await somebody(await made(['todos', 'profile']));
    expect((await send('GET', '/todos', undefined, token)).status).toBe(200);
    expectProblem(
      await send('POST', '/posts', { title: 'A', content: 'B' }, token),
      403,
      'access.insufficient_scope',
    );
  });

  it('bound what a sign-in can ask for, and what a refresh gets', async () => {
    const name = await made(['todos', 'profile', 'chat']);
    const { username } = await somebody(name);
    const first = await signedIn(server, username, { scope: 'todos posts:write' });
    expect(first.scope).toBe('todos');
    const whole = await signedIn(server, username);
    expect(whole.scope).toBe('profile todos chat');
    await send('PUT', `/roles/${name}`, { scopes: ['todos'] });
    const form = { grant_type: 'refresh_token', refresh_token: whole.refresh_token };
    expect((await server.request('POST', '/auth/token', { form })).body.scope).toBe('todos');
    const wrong = { grant_type: 'password', username, password: PASSWORD, scope: 'chat' };
    expect((await server.request('POST', '/auth/token', { form: wrong })).body.error).toBe('invalid_scope');
  });

  it('change at once, for tokens that are out, and both ways', async () => {
    const name = await made(['todos', 'profile']);
    const { token } = await somebody(name);
    const personal = await send('POST', '/auth/access-tokens', { name: 'Script', scope: 'todos' }, token);
    const list = (of: string) => send('GET', '/todos', undefined, of);
    expect((await list(token)).status).toBe(200);
    expect((await list(personal.body.token)).status).toBe(200);
    expect((await send('PUT', `/roles/${name}`, { scopes: ['profile'] })).body.scopes).toEqual(['profile']);
    for (const of of [token, personal.body.token])
      expectProblem(await list(of), 403, 'access.insufficient_scope');
    await send('PUT', `/roles/${name}`, { scopes: ['profile', 'todos'] });
    expect((await list(token)).status).toBe(200);
    expect(await auditOf('role.changed')).toMatchObject({
      details: { role: name, scope: 'profile todos' },
    });
  });

  it('obey If-Match', async () => {
    const name = await made(['todos']);
    const etag = (await read(name)).headers.get('etag') ?? '';
    const put = (scope: string) =>
      send('PUT', `/roles/${name}`, { scopes: [scope] }, root.token, { 'if-match': etag });
    expect((await put('chat')).status).toBe(200);
    expectProblem(await put('profile'), 412, 'request.precondition_failed');
    const late = await send('DELETE', `/roles/${name}`, undefined, root.token, { 'if-match': etag });
    expectProblem(late, 412, 'request.precondition_failed');
    expect((await read(name)).body.scopes).toEqual(['chat']);
  });

  it('are deleted when nobody has them', async () => {
    const name = await made(['todos', 'profile']);
    const { id } = await somebody(name);
    expectProblem(await send('DELETE', `/roles/${name}`), 409, 'identity.role_in_use');
    await send('PATCH', `/users/${id}`, { role: 'member' });
    expect((await send('DELETE', `/roles/${name}`)).status).toBe(204);
    expect((await read(name)).status).toBe(404);
    expect(await auditOf('role.deleted')).toMatchObject({ details: { role: name } });
    const answer = await send('PATCH', `/users/${id}`, { role: name });
    expectProblem(answer, 422, 'identity.role_unknown');
    expect(answer.body.errors).toMatchObject([{ pointer: '/role' }]);
  });

  it('are never given to somebody while they are being deleted', async () => {
    for (let round = 0; round < 5; round += 1) {
      const name = await made(['todos', 'profile']);
      const { id } = await server.signUp(`user-${nextName()}`);
      await Promise.all([send('DELETE', `/roles/${name}`), send('PATCH', `/users/${id}`, { role: name })]);
      const { role } = (await send('GET', `/users/${id}`)).body;
      expect((await read(role)).status).toBe(200);
    }
  });

  it('that are built in stay: admin as it is, member with what it is given', async () => {
    const other = await administrator(server, `root-${nextName()}`);
    expectProblem(
      await send('PUT', '/roles/admin', { scopes: ['todos'] }, other.token),
      409,
      'identity.role_built_in',
    );
    for (const name of ['admin', 'member'])
      expectProblem(await send('DELETE', `/roles/${name}`), 409, 'identity.role_built_in');
    const { token } = await server.signUp(`user-${nextName()}`);
    expect((await send('PUT', '/roles/member', { scopes: ['profile'] })).status).toBe(200);
    expect((await send('GET', '/todos', undefined, token)).status).toBe(403);
    expect((await send('PUT', '/roles/member', { scopes: MEMBER_SCOPES })).status).toBe(200);
    expect((await send('GET', '/todos', undefined, token)).status).toBe(200);
  });

  it('are at most a hundred', async () => {
    const full = await testServer(storage);
    const { token } = await administrator(full);
    await full.application.get(tokens.identityStorage).work.run(async ({ roles }) => {
      for (let count = 3; count <= 100; count += 1)
        await roles.add(new Role(`role-${count}`, ['todos'], new Date()));
    });
    const answer = await full.request('POST', '/roles', { token, body: { name: 'more', scopes: ['chat'] } });
    expectProblem(answer, 409, 'identity.too_many_roles');
    await full.stop();
  });

  describe('in the hands of somebody who may not do everything', () => {
    /** May administer people and roles, and nothing else. */
    const LIMITED = ['profile', 'users:admin', 'roles:admin'];
    let limited: { id: string; token: string };
    beforeAll(async () => {
      limited = await somebody(await made(LIMITED));
    });

    it.each([['todos'], ['profile', 'todos'], ['jobs:admin']])(
      'are not made to allow %s',
      async (...scopes) => {
        const body = { name: nextName(), scopes };
        expectProblem(await send('POST', '/roles', body, limited.token), 403, 'identity.role_beyond_own');
        expect((await read(body.name)).status).toBe(404);
      },
    );

    it('are made to allow what they may do themselves', async () => {
      const body = { name: nextName(), scopes: ['profile', 'users:admin'] };
      expect((await send('POST', '/roles', body, limited.token)).status).toBe(201);
    });

    it('are neither given nor taken nor changed nor deleted where they allow more', async () => {
      const { id: adminId } = await administrator(server, `root-${nextName()}`);
      const { id } = await server.signUp(`user-${nextName()}`);
      const greater = await made(['todos']);
      const beyond = (answer: Awaited<ReturnType<typeof send>>) =>
        expectProblem(answer, 403, 'identity.role_beyond_own');
      beyond(await send('PATCH', `/users/${id}`, { role: 'admin' }, limited.token));
      beyond(await send('PATCH', `/users/${adminId}`, { role: 'member' }, limited.token));
      beyond(await send('PATCH', `/users/${adminId}`, { is_active: false }, limited.token));
      beyond(await send('PUT', `/roles/${greater}`, { scopes: ['profile'] }, limited.token));
      beyond(await send('PUT', '/roles/member', { scopes: ['profile'] }, limited.token));
      beyond(await send('DELETE', `/roles/${greater}`, undefined, limited.token));
      expect((await send('GET', `/users/${adminId}`)).body).toMatchObject({ role: 'admin', is_active: true });
      expect((await read(greater)).body.scopes).toEqual(['todos']);
    });

    it('are not changed where they have them themselves', async () => {
      const { role } = (await send('GET', `/users/${limited.id}`)).body;
      const answer = await send('PUT', `/roles/${role}`, { scopes: ['profile'] }, limited.token);
      expectProblem(answer, 403, 'identity.own_access');
      expect((await read(role)).body.scopes).toEqual(LIMITED);
    });
  });

  it.each(['GET /roles', 'POST /roles', 'GET /roles/member', 'PUT /roles/member', 'DELETE /roles/member'])(
    'answer %s to nobody without the scope',
    async operation => {
      const [method = '', path = ''] = operation.split(' ');
      const body = method === 'GET' || method === 'DELETE' ? undefined : {};
      const { token } = await server.signUp(`user-${nextName()}`);
      const refused = await send(method, path, body, token);
      expectProblem(refused, 403, 'access.insufficient_scope');
      expect(refused.headers.get('www-authenticate')).toContain('scope="roles:admin"');
      expectProblem(await server.request(method, path, { body }), 401, 'request.unauthenticated');
    },
  );
});
