import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { accountChanges } from '../support/accounts.ts';
import { administrator, tokenFor } from '../support/administrator.ts';
import { STORAGES } from '../support/application.ts';
import { PASSWORD, type TestServer, testServer } from '../support/client.ts';
import { principal } from '../support/people.ts';
import { expectProblem, type Fault } from '../support/problem.ts';
import { TestClock } from '../support/test-clock.ts';

const NEW_PASSWORD = 'another horse battery';

describe.each(STORAGES)("one's own account on %s", storage => {
  const clock = new TestClock();
  let server: TestServer;
  let last = 0;
  let name: string;
  let id: string;
  let token: string;

  beforeAll(async () => {
    server = await testServer(storage, {}, [override(tokens.clock, clock)]);
    await server.signUp('taken');
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    last += 1;
    name = `user-${last}`;
    ({ id, token } = await server.signUp(name));
  });

  const read = () => server.request('GET', '/users/me', { token });
  const patch = (body: unknown, headers: Record<string, string> = {}) =>
    server.request('PATCH', '/users/me', { token, body, headers });
  const put = (body: unknown, by: string | undefined = token) =>
    server.request('PUT', '/users/me/password', { token: by, body });
  const change = (current: string, next: string) => put({ current_password: current, new_password: next });
  const deactivate = async () => {
    const { id: root } = await administrator(server, `root-${last}`);
    const { user } = accountChanges(server.application);
    const command = { userId: id, change: { isActive: false }, expectedVersion: undefined };
    await user.execute(command, principal(root));
  };
  const tokenOfOtherScopes = async () => {
    const form = { grant_type: 'password', username: name, password: PASSWORD, scope: 'todos' };
    return (await server.request('POST', '/auth/token', { form })).body.access_token;
  };

  describe('PATCH /users/me', () => {
    it.each([
      [{ username: 'renamed' }],
      [{ full_name: 'Ünal Ücretli 💙' }],
      [{ email: 'Renamed@Example.org' }],
      [{ username: 'renamed.too', full_name: 'Renamed', email: 'renamed.too@example.org' }],
      [{ username: null }],
      [{ full_name: null }],
      [{ username: null, full_name: null }],
    ])('changes %j, and nothing else', async body => {
      await patch({ full_name: 'Before' });
      const before = await read();
      clock.advance(1);
      const answer = await patch(body);
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({
        ...before.body,
        ...body,
        updated_at: clock.now().toISOString(),
      });
      expect(answer.headers.get('cache-control')).toBe('private, no-cache');
      expect((await read()).body).toEqual(answer.body);
      await patch({ username: name, email: `${name}@example.org` });
    });

    it('takes a merge patch by its own media type, an empty one too', async () => {
      const before = await read();
      clock.advance(1);
      const headers = { 'content-type': 'application/merge-patch+json' };
      expect((await patch({}, headers)).body).toEqual(before.body);
      expect((await patch({ full_name: 'Merged' }, headers)).body.full_name).toBe('Merged');
    });

    it('lets in under the new names, and under the old ones no more', async () => {
      await patch({ username: `${name}-new`, email: `${name}-new@example.org` });
      await tokenFor(server, `${name}-new`);
      await tokenFor(server, `${name.toUpperCase()}-NEW@example.org`);
      for (const old of [name, `${name}@example.org`])
        await expect(tokenFor(server, old)).rejects.toThrow('identity.invalid_grant');
    });

    it.each<readonly [unknown, Fault]>([
      [{ email: null }, ['/email', 'type']],
      [{ email: 42 }, ['/email', 'type']],
      [{ email: 'nonsense' }, ['/email', 'email_invalid']],
      [{ username: 'No Name' }, ['/username', 'pattern']],
      [{ username: '' }, ['/username', 'pattern']],
      [{ full_name: '' }, ['/full_name', 'min_length']],
      [{ full_name: 'x'.repeat(101) }, ['/full_name', 'max_length']],
      [{ full_name: ['x'] }, ['/full_name', 'type']],
      [{ full_name: 'a\0b' }, ['/full_name', 'characters']],
      [{ current_password: null }, ['/current_password', 'type']],
      [{ role: 'admin' }, ['/role', 'unknown_field']],
      [{ is_active: false }, ['/is_active', 'unknown_field']],
      [{ is_verified: true }, ['/is_verified', 'unknown_field']],
      [{ password: NEW_PASSWORD }, ['/password', 'unknown_field']],
      [{ id: 'x' }, ['/id', 'unknown_field']],
    ])('answers 422 to %j and names the field: %j', async (body, [pointer, code]) => {
      const before = await read();
      const answer = await patch(body);
      expect(answer.status).toBe(422);
      expect(answer.body.errors).toContainEqual({ pointer, code, detail: expect.any(String) });
      expect((await read()).body).toEqual(before.body);
    });

    it.each([
      [{ username: 'taken', full_name: 'A' }, 'identity.username_taken'],
      [{ email: 'TAKEN@example.org', full_name: 'A' }, 'identity.email_taken'],
    ])('answers 409 to %j, and changes nothing', async (body, code) => {
      const before = await read();
      expectProblem(await patch(body), 409, code);
      expect((await read()).body).toEqual(before.body);
    });

    it('obeys If-Match, and gives an ETag that changes with what is shown', async () => {
      const etag = (await read()).headers.get('etag') ?? '';
      const answer = await patch({ full_name: 'First' }, { 'if-match': etag });
      expect(answer.status).toBe(200);
      const changed = answer.headers.get('etag') ?? '';
      expect(changed).not.toBe(etag);
      expect((await read()).headers.get('etag')).toBe(changed);
      const late = await patch({ full_name: 'Late' }, { 'if-match': etag });
      expectProblem(late, 412, 'request.precondition_failed');
      expect((await read()).body.full_name).toBe('First');
      expect((await patch({ full_name: 'Next' }, { 'if-match': `W/${changed}` })).status).toBe(200);
      const copy = await server.request('GET', '/users/me', { token, headers: { 'if-none-match': changed } });
      expect(copy.status).toBe(200);
    });

    it.each([
      [600, undefined, 200],
      [601, undefined, 403],
      [601, PASSWORD, 200],
      [0, 'wrong', 422],
    ])(
      '%d s after the sign-in and with the password %j answers %d to another email',
      async (age, current, status) => {
        clock.advance(age);
        const email = `${name}-new@example.org`;
        const answer = await patch({ email, ...(current !== undefined && { current_password: current }) });
        expect(answer.status).toBe(status);
        if (status === 403) expectProblem(answer, 403, 'identity.sign_in_too_old');
        if (status === 422)
          expectProblem(answer, 422, 'identity.wrong_password', [['/current_password', 'wrong_password']]);
        expect((await read()).body.email).toBe(status === 200 ? email : `${name}@example.org`);
        expect(JSON.stringify(answer.body)).not.toContain(PASSWORD);
      },
    );

    it('wants neither for names, however long ago the sign-in was', async () => {
      clock.advance(800);
      expect((await patch({ username: `${name}-later`, full_name: 'Later' })).status).toBe(200);
    });

    it('is seen in posts at once, also by who has a copy', async () => {
      const post = { title: 'Hello', content: 'World' };
      const { body } = await server.request('POST', '/posts', { token, body: post });
      const path = `/posts/${body.id}`;
      const etag = (await server.request('GET', path)).headers.get('etag') ?? '';
      await patch({ full_name: 'Full Name', username: `${name}-author` });
      const fresh = await server.request('GET', path, { headers: { 'if-none-match': etag } });
      expect(fresh).toMatchObject({ status: 200, body: { user_name: `${name}-author` } });
      await patch({ username: null });
      expect((await server.request('GET', path)).body.user_name).toBe('Full Name');
      await patch({ full_name: null });
      expect((await server.request('GET', path)).body.user_name).toBe(`member-${id.slice(-6)}`);
      const listed = await server.request('GET', `/posts?author=${id}`);
      expect(listed.body.results[0].user_name).toBe(`member-${id.slice(-6)}`);
    });
  });

  describe('PUT /users/me/password', () => {
    it('answers 204, ends every session at once, and lets in with the new one only', async () => {
      const other = await tokenFor(server, name);
      const answer = await change(PASSWORD, NEW_PASSWORD);
      expect(answer).toMatchObject({ status: 204, body: undefined });
      expect(answer.headers.get('cache-control')).toBe('no-store');
      for (const ended of [token, other])
        expectProblem(
          await server.request('GET', '/users/me', { token: ended }),
          401,
          'identity.invalid_token',
        );
      await expect(tokenFor(server, name)).rejects.toThrow('identity.invalid_grant');
      token = await tokenFor(server, name, NEW_PASSWORD);
      expect((await read()).body.id).toBe(id);
    });

    it('ends the sessions of browsers too', async () => {
      const login = { username: name, password: PASSWORD };
      const { headers } = await server.request('POST', '/auth/login', { body: login });
      const cookie = headers
        .getSetCookie()
        .map(line => line.split(';')[0])
        .join('; ');
      expect((await server.request('GET', '/users/me', { headers: { cookie } })).status).toBe(200);
      await change(PASSWORD, NEW_PASSWORD);
      expect((await server.request('GET', '/users/me', { headers: { cookie } })).status).toBe(401);
      expect((await server.request('POST', '/auth/refresh', { headers: { cookie } })).status).not.toBe(204);
    });

    it.each([
      ['is short', 'short', 'password_length'],
      ['is long', 'x'.repeat(129), 'password_length'],
      ['is common', 'password1', 'password_common'],
    ])('answers 422 when the new one %s', async (_, next, code) => {
      expectProblem(await change(PASSWORD, next), 422, `identity.${code}`, [['/new_password', code]]);
      expect((await read()).status).toBe(200);
      await tokenFor(server, name);
    });

    it('answers 422 when the new one is the email or the user name', async () => {
      await patch({ username: `${name}-as-a-password` });
      for (const next of [`${name.toUpperCase()}@example.org`, `${name}-as-a-password`])
        expectProblem(await change(PASSWORD, next), 422, 'identity.password_is_name', [
          ['/new_password', 'password_is_name'],
        ]);
    });

    it('answers 422 when the present one is wrong, before it looks at the new one', async () => {
      for (const next of [NEW_PASSWORD, 'short'])
        expectProblem(await change('wrong', next), 422, 'identity.wrong_password', [
          ['/current_password', 'wrong_password'],
        ]);
      await tokenFor(server, name);
    });

    it.each([
      [{}, '/current_password'],
      [{ current_password: PASSWORD }, '/new_password'],
      [{ current_password: PASSWORD, new_password: null }, '/new_password'],
      [{ current_password: PASSWORD, new_password: NEW_PASSWORD, user_id: 'x' }, '/user_id'],
    ])('answers 422 to %j', async (body, pointer) => {
      const answer = await put(body);
      expectProblem(answer, 422, 'request.invalid');
      expect(answer.body.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
    });
  });

  describe.each([
    ['PATCH', '/users/me', { full_name: 'A' }],
    ['PUT', '/users/me/password', { current_password: PASSWORD, new_password: NEW_PASSWORD }],
  ] as const)('%s %s', (method, path, body) => {
    const send = (by: string | undefined) => server.request(method, path, { token: by, body });

    it('answers 401 without a token, with a challenge', async () => {
      const answer = await send(undefined);
      expectProblem(answer, 401, 'request.unauthenticated');
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="atrium"');
    });

    it('answers 403 without its scope', async () => {
      const answer = await send(await tokenOfOtherScopes());
      expectProblem(answer, 403, 'access.insufficient_scope');
      expect(answer.headers.get('www-authenticate')).toContain('scope="profile"');
    });

    it('answers 400 to who is deactivated', async () => {
      await deactivate();
      expectProblem(await send(token), 400, 'identity.inactive');
    });
  });
});

describe('with delays on credentials', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await testServer('memory', { rateLimit: 'on' });
  });
  afterAll(() => server.stop());

  it.each([
    ['PUT', '/users/me/password', (password: string) => ({ current_password: password, new_password: 'x' })],
    ['PATCH', '/users/me', (password: string) => ({ current_password: password, email: 'x@example.org' })],
  ] as const)('%s %s looks at five wrong passwords, then at none, the right one included', async (...row) => {
    const [method, path, bodyOf] = row;
    const username = `user-${method.toLowerCase()}`;
    const { token } = await server.signUp(username);
    const send = (password: string, by = token) =>
      server.request(method, path, { token: by, body: bodyOf(password) });
    for (let count = 0; count < 5; count++)
      expectProblem(await send('wrong'), 422, 'identity.wrong_password');
    for (const password of ['wrong', PASSWORD]) {
      const answer = await send(password);
      expectProblem(answer, 429, 'identity.too_many_attempts');
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(13);
      expect(Number(answer.headers.get('retry-after'))).toBeLessThanOrEqual(15);
    }
    const other = await tokenFor(server, username);
    expect((await send('wrong', other)).status).toBe(422);
  });
});
