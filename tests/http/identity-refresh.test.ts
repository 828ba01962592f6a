import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { STORAGES } from '../support/application.ts';
import { PASSWORD, type TestServer, testServer } from '../support/client.ts';
import { claimsOf } from '../support/forge.ts';
import { TestClock } from '../support/test-clock.ts';

const DAY = 86_400;

describe.each(STORAGES)('refreshing a session on %s', storage => {
  const clock = new TestClock();
  let server: TestServer;
  beforeAll(async () => {
    server = await testServer(storage, {}, [override(tokens.clock, clock)]);
    await server.signUp('alice');
  });
  afterAll(() => server.stop());

  const signIn = async (scope = ''): Promise<{ access_token: string; refresh_token: string }> => {
    const form = { grant_type: 'password', username: 'alice', password: PASSWORD, scope };
    return (await server.request('POST', '/auth/token', { form })).body;
  };
  const refresh = (refreshToken: string, scope = '') =>
    server.request('POST', '/auth/token', {
      form: { grant_type: 'refresh_token', refresh_token: refreshToken, scope },
    });
  const expectRefused = ({ status, body }: Awaited<ReturnType<typeof refresh>>) =>
    expect({ status, body }).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant', code: 'identity.invalid_grant', title: 'Bad Request' },
    });

  it('answers 200 with new tokens of the same session', async () => {
    const first = await signIn();
    clock.advance(60);
    const { status, body, headers } = await refresh(first.refresh_token);
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body.refresh_token).not.toBe(first.refresh_token);
    expect(body.access_token).not.toBe(first.access_token);
    expect(claimsOf(body.access_token).sid).toBe(claimsOf(first.access_token).sid);
    expect((await server.request('GET', '/users/me', { token: body.access_token })).status).toBe(200);
    expect((await refresh(body.refresh_token)).status).toBe(200);
  });

  it('refuses a token that was used before', async () => {
    const first = await signIn();
    const second = (await refresh(first.refresh_token)).body;
    clock.advance(60);
    expect((await refresh(second.refresh_token)).status).toBe(200);
    expectRefused(await refresh(first.refresh_token));
    expectRefused(await refresh(second.refresh_token));
  });

  it.each(['nonsense', 'x'.repeat(43), "' or 1=1 --", '\0'])('refuses the unknown token %j', async token => {
    expectRefused(await refresh(token));
  });

  it('refuses an access token in its place, and refresh tokens as access tokens', async () => {
    const { access_token: access, refresh_token: token } = await signIn();
    expect((await refresh(access)).status).toBe(400);
    expect((await server.request('GET', '/users/me', { token })).status).toBe(401);
  });

  it('narrows one access token to the scopes asked for, and not the session', async () => {
    const narrowed = (await refresh((await signIn()).refresh_token, 'todos users:admin')).body;
    expect(narrowed.scope).toBe('todos');
    expect((await server.request('GET', '/users/me', { token: narrowed.access_token })).status).toBe(403);
    expect((await refresh(narrowed.refresh_token)).body.scope.split(' ').length).toBeGreaterThan(1);
  });

  it('widens no session', async () => {
    const { refresh_token: token } = await signIn('todos');
    const refused = await refresh(token, 'profile');
    expect(refused).toMatchObject({ status: 400, body: { error: 'invalid_scope' } });
    const again = await refresh(token, 'todos profile');
    expect(again).toMatchObject({ status: 200, body: { scope: 'todos' } });
    expect((await refresh(again.body.refresh_token)).body.scope).toBe('todos');
  });

  it('lets a session go on with every use, and end 7 days after the last', async () => {
    const { idle, used } = { idle: await signIn(), used: await signIn() };
    clock.advance(7 * DAY - 1);
    const next = await refresh(used.refresh_token);
    expect(next.status).toBe(200);
    clock.advance(1);
    expectRefused(await refresh(idle.refresh_token));
    clock.advance(7 * DAY - 2);
    const last = await refresh(next.body.refresh_token);
    expect(last.status).toBe(200);
    clock.advance(7 * DAY);
    expectRefused(await refresh(last.body.refresh_token));
  });

  it('ends a session 30 days after the sign-in at the latest, however much it is used', async () => {
    let { refresh_token: token } = await signIn();
    for (let day = 6; day < 30; day += 6) {
      clock.advance(6 * DAY);
      ({ refresh_token: token } = (await refresh(token)).body);
    }
    clock.advance(6 * DAY - 1);
    const last = await refresh(token);
    expect(last.status).toBe(200);
    clock.advance(1);
    expectRefused(await refresh(last.body.refresh_token));
  });

  it('leaves other devices alone when one token is presented again', async () => {
    const [phone, laptop] = [await signIn(), await signIn()];
    const next = (await refresh(phone.refresh_token)).body;
    await refresh(next.refresh_token);
    clock.advance(60);
    expectRefused(await refresh(phone.refresh_token));
    expect((await refresh(laptop.refresh_token)).status).toBe(200);
  });

  it('gives one successor to twenty uses of a token at once, and refuses the others', async () => {
    const { refresh_token: token } = await signIn();
    const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(token)));
    const [winner, ...more] = answers.filter(({ status }) => status === 200);
    expect(more).toEqual([]);
    for (const answer of answers) if (answer !== winner) expectRefused(answer);
    expect((await refresh(winner?.body.refresh_token)).status).toBe(200);
  });
});
