import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { STORAGES } from '../support/application.ts';
import { type Answer, type TestServer, testServer } from '../support/client.ts';
import { claimsOf } from '../support/forge.ts';
import { expectOAuthError, expectProblem } from '../support/problem.ts';
import { TestClock } from '../support/test-clock.ts';
import { refreshed, signedIn, statusWith, type Tokens } from '../support/token-requests.ts';

const DAY = 86_400;

const expectRefused = (answer: Answer) => expectOAuthError(answer, 'invalid_grant', 'identity.invalid_grant');

describe.each(STORAGES)('refreshing a session on %s', storage => {
  const clock = new TestClock();
  let server: TestServer;
  beforeAll(async () => {
    server = await testServer(storage, {}, [override(tokens.clock, clock)]);
    await server.signUp('alice');
  });
  afterAll(() => server.stop());

  const signIn = (scope = '') => signedIn(server, 'alice', { scope });
  const refresh = (refreshToken: string, scope = '') => refreshed(server, refreshToken, scope);
  const successorOf = async ({ refresh_token: token }: Tokens): Promise<Tokens> => {
    const { status, body } = await refresh(token);
    expect(status).toBe(200);
    return body;
  };
  const expectOver = async (...ofSession: readonly Tokens[]) => {
    for (const { access_token: token } of ofSession)
      expectProblem(await server.request('GET', '/users/me', { token }), 401, 'identity.invalid_token');
    for (const { refresh_token: token } of ofSession) expectRefused(await refresh(token));
  };

  it('answers 200 with new tokens of the same session', async () => {
    const first = await signIn();
    clock.advance(60);
    const { status, body, headers } = await refresh(first.refresh_token);
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body.refresh_token).not.toBe(first.refresh_token);
    expect(body.access_token).not.toBe(first.access_token);
    expect(claimsOf(body.access_token).sid).toBe(claimsOf(first.access_token).sid);
    expect(await statusWith(server, body)).toBe(200);
    expect((await refresh(body.refresh_token)).status).toBe(200);
  });

  it.each([
    'nonsense',
    'x'.repeat(43),
    `atr_${'x'.repeat(43)}`,
    `atr_${'x'.repeat(43)}.${'y'.repeat(43)}`,
    "' or 1=1 --",
    '\0',
  ])('refuses the unknown token %j', async token => {
    expectRefused(await refresh(token));
  });

  it('refuses an access token in its place, and refresh tokens as access tokens', async () => {
    const { access_token: access, refresh_token: token } = await signIn();
    expectRefused(await refresh(access));
    expect((await server.request('GET', '/users/me', { token })).status).toBe(401);
  });

  it('narrows one access token to the scopes asked for, and not the session', async () => {
    const narrowed = (await refresh((await signIn()).refresh_token, 'todos users:admin')).body;
    expect(narrowed.scope).toBe('todos');
    expect(await statusWith(server, narrowed)).toBe(403);
    expect((await refresh(narrowed.refresh_token)).body.scope.split(' ').length).toBeGreaterThan(1);
  });

  it('widens no session, and asking for it uses no token up', async () => {
    const { refresh_token: token } = await signIn('todos');
    expectOAuthError(await refresh(token, 'profile'), 'invalid_scope', 'identity.invalid_scope');
    clock.advance(60);
    const again = await refresh(token, 'todos profile');
    expect(again).toMatchObject({ status: 200, body: { scope: 'todos' } });
    expect((await refresh(again.body.refresh_token)).body.scope).toBe('todos');
  });

  it('lets a session go on with every use, and end 7 days after the last', async () => {
    const { idle, used } = { idle: await signIn(), used: await signIn() };
    clock.advance(7 * DAY - 1);
    const next = await successorOf(used);
    clock.advance(1);
    expectRefused(await refresh(idle.refresh_token));
    clock.advance(7 * DAY - 2);
    const last = await successorOf(next);
    clock.advance(7 * DAY);
    expectRefused(await refresh(last.refresh_token));
  });

  it('ends a session 30 days after the sign-in at the latest, with its access tokens, however much it is used', async () => {
    let session = await signIn();
    for (let day = 6; day < 30; day += 6) {
      clock.advance(6 * DAY);
      session = await successorOf(session);
    }
    clock.advance(6 * DAY - 1);
    const last = await successorOf(session);
    expect(await statusWith(server, last)).toBe(200);
    clock.advance(1);
    await expectOver(last);
  });

  describe('with a token that was used', () => {
    it('in the last 10 seconds, gives the same successor again: another tab asked first', async () => {
      const first = await signIn();
      const next = await successorOf(first);
      clock.advance(10);
      const again = await successorOf(first);
      expect(again.refresh_token).toBe(next.refresh_token);
      expect(again.access_token).not.toBe(next.access_token);
      for (const each of [first, next, again]) expect(await statusWith(server, each)).toBe(200);
      expect(await statusWith(server, await successorOf(again))).toBe(200);
    });

    it('in the last 10 seconds, narrows the access token as it is asked to', async () => {
      const first = await signIn();
      const next = await successorOf(first);
      const again = await refresh(first.refresh_token, 'todos');
      expect(again.body).toMatchObject({ scope: 'todos', refresh_token: next.refresh_token });
      expectOAuthError(
        await refresh(first.refresh_token, 'users:admin'),
        'invalid_scope',
        'identity.invalid_scope',
      );
    });

    it('counts the 10 seconds from the first use, not from the last', async () => {
      const first = await signIn();
      const next = await successorOf(first);
      clock.advance(6);
      await successorOf(first);
      clock.advance(6);
      expectRefused(await refresh(first.refresh_token));
      await expectOver(first, next);
    });

    it('longer than 10 seconds ago, ends the session at once', async () => {
      const first = await signIn();
      const next = await successorOf(first);
      clock.advance(10.001);
      for (const each of [first, next]) expect(await statusWith(server, each)).toBe(200);
      expectRefused(await refresh(first.refresh_token));
      await expectOver(first, next);
    });

    it('and whose successor was used too, ends the session at once, however recent it is', async () => {
      const first = await signIn();
      const second = await successorOf(first);
      const third = await successorOf(second);
      for (const each of [first, second, third]) expect(await statusWith(server, each)).toBe(200);
      expectRefused(await refresh(first.refresh_token));
      await expectOver(first, second, third);
    });

    it('leaves the other devices of the person alone, which go on', async () => {
      const [phone, laptop] = [await signIn(), await signIn()];
      const next = await successorOf(phone);
      clock.advance(60);
      expect(await statusWith(server, laptop)).toBe(200);
      expectRefused(await refresh(phone.refresh_token));
      await expectOver(phone, next);
      expect(await statusWith(server, laptop)).toBe(200);
      expect(await statusWith(server, await successorOf(laptop))).toBe(200);
    });

    it('is no different from one that was made up from its family', async () => {
      const first = await signIn();
      const [family] = first.refresh_token.split('.');
      expectRefused(await refresh(`${family}.${'x'.repeat(43)}`));
      await expectOver(first);
    });
  });

  it('gives 50 uses of a token at once one and the same successor, and the session lives on', async () => {
    const first = await signIn();
    const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(first.refresh_token)));
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
    const successors = new Set(answers.map(({ body }) => body.refresh_token));
    expect(successors.size).toBe(1);
    expect(successors).not.toContain(first.refresh_token);
    for (const { body } of answers) expect(await statusWith(server, body)).toBe(200);
    expect(await statusWith(server, await successorOf(answers[0]?.body))).toBe(200);
  });
});

describe.each(STORAGES)('refreshing with REFRESH_GRACE=0 on %s', storage => {
  let server: TestServer;
  beforeAll(async () => {
    const clock = override(tokens.clock, new TestClock());
    server = await testServer(storage, { refreshGrace: 0 }, [clock]);
    await server.signUp('alice');
  });
  afterAll(() => server.stop());

  it('ends the session for a second use, even in the millisecond of the first', async () => {
    const first = await signedIn(server);
    const { body: next } = await refreshed(server, first.refresh_token);
    expect(await statusWith(server, next)).toBe(200);
    expectRefused(await refreshed(server, first.refresh_token));
    expect(await statusWith(server, next)).toBe(401);
    expectRefused(await refreshed(server, next.refresh_token));
  });

  it('lets one of twenty uses at once through, and ends the session for the others', async () => {
    const { refresh_token: token } = await signedIn(server);
    const answers = await Promise.all(Array.from({ length: 20 }, () => refreshed(server, token)));
    const [winner, ...more] = answers.filter(({ status }) => status === 200);
    expect(more).toEqual([]);
    for (const answer of answers) if (answer !== winner) expectRefused(answer);
    expectRefused(await refreshed(server, winner?.body.refresh_token));
  });
});
