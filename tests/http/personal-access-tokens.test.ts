import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { STORAGES } from '../support/application.ts';
import { PASSWORD, type TestServer, testServer } from '../support/client.ts';
import { UNKNOWN_ID } from '../support/endpoints.ts';
import { expectProblem } from '../support/problem.ts';
import { TestClock } from '../support/test-clock.ts';

const LIST = '/auth/access-tokens';

describe.each(STORAGES)('personal access tokens on %s', storage => {
  const clock = new TestClock();
  let server: TestServer;
  let alice: string;
  let bob: string;

  beforeAll(async () => {
    server = await testServer(storage, {}, [override(tokens.clock, clock)]);
    alice = (await server.signUp('alice')).token;
    bob = (await server.signUp('bob')).token;
  });
  afterAll(() => server.stop());

  const create = (body: object = {}, token = alice) =>
    server.request('POST', LIST, { token, body: { name: 'Script', ...body } });
  const made = async (body: object = {}) => (await create(body)).body as { id: string; token: string };
  const statusWith = async (token: string) => (await server.request('GET', '/users/me', { token })).status;

  it('is shown once, and then never again', async () => {
    const { status, headers, body } = await create({ name: 'Backup', scope: 'profile todos' });
    expect(status).toBe(201);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('location')).toBe(`/api/v1${LIST}/${body.id}`);
    const { token, ...shown } = body;
    expect(token).toMatch(/^atp_[\w-]{43}$/);
    expect(shown).toEqual({
      id: body.id,
      name: 'Backup',
      scope: 'profile todos',
      created_at: clock.now().toISOString(),
      expires_at: null,
    });
    const { body: list } = await server.request('GET', `${LIST}?per_page=100`, { token: alice });
    expect(list.results).toContainEqual(shown);
    expect(JSON.stringify(list)).not.toContain(token);
  });

  it('lets a program in with its scopes only', async () => {
    const { token } = await made({ scope: 'todos' });
    expect((await server.request('POST', '/todos', { token, body: { text: 'Water' } })).status).toBe(201);
    expectProblem(await server.request('GET', '/users/me', { token }), 403, 'access.insufficient_scope');
  });

  it.each([
    [undefined, 'profile posts:write tasks todos operations chat'],
    ['', 'profile posts:write tasks todos operations chat'],
    ['todos users:admin nonsense', 'todos'],
  ])('has for the scope %j what the role allows: %s', async (scope, expected) => {
    expect((await create({ ...(scope !== undefined && { scope }) })).body.scope).toBe(expected);
  });

  it('is not made where the role allows nothing of what was asked for', async () => {
    expectProblem(await create({ scope: 'users:admin' }), 400, 'identity.invalid_scope');
  });

  it('ends at its time', async () => {
    const expiry = new Date(clock.now().getTime() + 60_000).toISOString();
    const { token } = await made({ expires_at: expiry });
    clock.advance(59.999);
    expect(await statusWith(token)).toBe(200);
    clock.advance(0.001);
    expect(await statusWith(token)).toBe(401);
  });

  it('cannot end before it begins', async () => {
    const faults = [['/expires_at', 'expiry_in_the_past']] as const;
    const expired = await create({ expires_at: clock.now().toISOString() });
    expectProblem(expired, 422, 'identity.expiry_in_the_past', faults);
  });

  it('is refused at once when it is deleted', async () => {
    const { id, token } = await made();
    expect(await statusWith(token)).toBe(200);
    const gone = await server.request('DELETE', `${LIST}/${id}`, { token: alice });
    expect(gone.status).toBe(204);
    expect(await statusWith(token)).toBe(401);
    expectProblem(
      await server.request('DELETE', `${LIST}/${id}`, { token: alice }),
      404,
      'identity.access_token_not_found',
    );
  });

  it('leaves the others when one is deleted', async () => {
    const [one, other] = [await made(), await made()];
    expect(await statusWith(other.token)).toBe(200);
    await server.request('DELETE', `${LIST}/${one.id}`, { token: alice });
    expect(await statusWith(other.token)).toBe(200);
    expect(await statusWith(alice)).toBe(200);
  });

  it('is nobody else’s', async () => {
    const { id, token } = await made();
    expect((await server.request('GET', LIST, { token: bob })).body.total_count).toBe(0);
    const theft = await server.request('DELETE', `${LIST}/${id}`, { token: bob });
    expectProblem(theft, 404, 'identity.access_token_not_found');
    expect(await statusWith(token)).toBe(200);
    const unknown = await server.request('DELETE', `${LIST}/${UNKNOWN_ID}`, { token: bob });
    expectProblem(unknown, 404, 'identity.access_token_not_found');
  });

  it('is not kept as it is', async () => {
    const { id, token } = await made();
    const stored = await server.application
      .get(tokens.identityStorage)
      .work.run(({ accessTokens }) => accessTokens.get(id));
    expect(JSON.stringify(stored)).not.toContain(token.slice(4));
  });

  it.each([
    ['GET', LIST, undefined],
    ['POST', LIST, { name: 'Another' }],
    ['DELETE', `${LIST}/${UNKNOWN_ID}`, undefined],
    ['GET', '/auth/sessions', undefined],
    ['DELETE', '/auth/sessions', undefined],
    ['DELETE', `/auth/sessions/${UNKNOWN_ID}`, undefined],
    ['PATCH', '/users/me', { email: 'mallory@example.org' }],
    ['PATCH', '/users/me', { email: 'mallory@example.org', current_password: PASSWORD }],
    ['PUT', '/users/me/password', { current_password: PASSWORD, new_password: 'another long one' }],
  ])('takes nobody’s account over: %s %s', async (method, path, body) => {
    const { token } = await made();
    const answer = await server.request(method, path, { token, body });
    expectProblem(answer, 403, 'identity.personal_token_refused');
  });

  it.each(['atp_', 'atp_nonsense', `atp_${'x'.repeat(43)}`, `atp_${'x'.repeat(60_000)}`])(
    'is not %.20s',
    async token => {
      expectProblem(
        await server.request('GET', '/users/me', { token: token.slice(0, 8000) }),
        401,
        'identity.invalid_token',
      );
    },
  );

  it('wants the password or a sign-in of the last 10 minutes', async () => {
    clock.advance(601);
    expectProblem(await create(), 403, 'identity.sign_in_too_old');
    const faults = [['/current_password', 'wrong_password']] as const;
    expectProblem(await create({ current_password: 'wrong' }), 422, 'identity.wrong_password', faults);
    expect((await create({ current_password: PASSWORD })).status).toBe(201);
  });

  it('follows the role and the activity of its person at once', async () => {
    const carol = await server.signUp('carol');
    const { body } = await create({}, carol.token);
    expect(await statusWith(body.token)).toBe(200);
    await server.application.get(tokens.identityStorage).work.run(async ({ users }) => {
      (await users.get(carol.id))?.changeAccess({ role: 'member', isActive: false }, clock.now());
    });
    const { verifiedTokens } = tokens;
    server.application.get(verifiedTokens).forget({ userId: carol.id, sessionId: null });
    const answer = await server.request('GET', '/users/me', { token: body.token });
    expectProblem(answer, 400, 'identity.inactive');
  });

  it('cannot be had more than fifty times', async () => {
    const dave = await server.signUp('dave');
    const answers = await Promise.all(Array.from({ length: 55 }, () => create({}, dave.token)));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([...new Array(50).fill(201), ...new Array(5).fill(409)]);
  });

  it.each([
    [{ name: '' }, '/name'],
    [{ name: 'x'.repeat(101) }, '/name'],
    [{ name: 'a\0b' }, '/name'],
    [{ scope: 7 }, '/scope'],
    [{ expires_at: 'tomorrow' }, '/expires_at'],
    [{ unknown: 1 }, '/unknown'],
  ])('is not made of %j', async (body, pointer) => {
    const { status, body: problem } = await create({ current_password: PASSWORD, ...body });
    expect(status).toBe(422);
    expect(problem.errors[0].pointer).toBe(pointer);
  });
});
