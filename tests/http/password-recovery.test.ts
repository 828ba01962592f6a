import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STORAGES } from '../support/application.ts';
import { PASSWORD } from '../support/client.ts';
import { addressOf, MailingServer } from '../support/mailing-server.ts';
import { expectProblem, type Fault } from '../support/problem.ts';
import { RESET, tokenOf } from '../support/recording-mailer.ts';

const NEW_PASSWORD = 'another battery staple';

describe.each(STORAGES)('a forgotten password on %s', storage => {
  let mailing: MailingServer;
  beforeAll(async () => {
    mailing = await MailingServer.start(storage);
  });
  afterAll(() => mailing.stop());

  const forgot = (email: unknown) => mailing.post('/auth/forgot-password', { email });
  const reset = (token: unknown, password: unknown = NEW_PASSWORD) =>
    mailing.post('/auth/reset-password', { token, password });
  const resetsOf = (username: string) =>
    mailing.mailer.to(addressOf(username)).filter(({ subject }) => RESET.test(subject));
  const expectRefused = async (token: string) =>
    expectProblem(await reset(token), 422, 'identity.invalid_mail_token', [['/token', 'invalid_mail_token']]);

  describe('asking for the mail', () => {
    const ADDRESSES = [
      ['known', 'known@example.org'],
      ['known, in another case', 'Shouting@EXAMPLE.ORG'],
      ['unknown', 'nobody@example.org'],
      ['deactivated', 'deactivated@example.org'],
      ['empty', ''],
      ['no address', 'nonsense'],
      ['several', 'known@example.org,known2@example.org'],
      ['with a header behind it', 'known@example.org\r\nBcc: known2@example.org'],
      ['with U+0000', 'known\0@example.org'],
      ['with half a character', 'known\ud800@example.org'],
      ['with quotes for SQL', "' or '1'='1"],
      ['of 254 characters', `${'a'.repeat(242)}@example.org`],
    ] as const;

    it('is answered 202 with an empty body to everybody alike', async () => {
      for (const username of ['known', 'known2', 'shouting', 'deactivated'])
        await mailing.server.signUp(username);
      await mailing.change('deactivated', { isActive: false });
      const answers = await Promise.all(
        ADDRESSES.map(async ([kind, email]) => {
          const { status, body, headers } = await forgot(email);
          const own = ['date', 'x-request-id'];
          return { kind, status, body, headers: [...headers].filter(([name]) => !own.includes(name)) };
        }),
      );
      const [first] = answers;
      expect(first).toMatchObject({ status: 202, body: undefined });
      const names = first?.headers.map(([name]) => name);
      expect(names).not.toContain('content-type');
      expect(first?.headers).toContainEqual(['cache-control', 'no-store']);
      expect(first?.headers).toContainEqual(['content-length', '0']);
      for (const answer of answers) expect(answer).toEqual({ ...first, kind: answer.kind });
    });

    it('sends a mail to those with an account alone', async () => {
      await mailing.mailer.mail('known@example.org', RESET);
      await mailing.mailer.mail('shouting@example.org', RESET);
      await mailing.settle();
      expect(
        mailing.mailer.sent
          .filter(({ subject }) => RESET.test(subject))
          .map(({ to }) => to)
          .sort(),
      ).toEqual(['known@example.org', 'shouting@example.org']);
    });

    it('sends one mail for ten requests of one moment', async () => {
      await mailing.server.signUp('hasty');
      const answers = await Promise.all(Array.from({ length: 10 }, () => forgot('hasty@example.org')));
      expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(202));
      const token = tokenOf(await mailing.mailer.mail('hasty@example.org', RESET));
      await mailing.settle();
      expect(resetsOf('hasty')).toHaveLength(1);
      expect((await reset(token)).status).toBe(204);
    });

    it('sends the mail in spite of a mail server that fails at first', async () => {
      await mailing.server.signUp('unlucky');
      await mailing.verificationToken('unlucky');
      mailing.mailer.failNext(1);
      await forgot('unlucky@example.org');
      const mailed = mailing.mailer.mail('unlucky@example.org', RESET);
      const time = setInterval(() => mailing.clock.advance(1), 200);
      const token = tokenOf(await mailed.finally(() => clearInterval(time)));
      expect((await reset(token)).status).toBe(204);
    });
  });

  describe('the token of the mail', () => {
    it('sets another password, and signs out everywhere at once', async () => {
      const here = await mailing.server.signUp('alice');
      const form = { grant_type: 'password', username: 'alice', password: PASSWORD };
      const there = await mailing.server.request('POST', '/auth/token', { form });
      const answer = await reset(await mailing.resetToken('alice'));
      expect(answer).toMatchObject({ status: 204, body: undefined });
      for (const token of [here.token, there.body.access_token])
        expectProblem(
          await mailing.server.request('GET', '/users/me', { token }),
          401,
          'identity.invalid_token',
        );
      for (const refresh_token of [here.refreshToken, there.body.refresh_token]) {
        const refresh = { grant_type: 'refresh_token', refresh_token };
        expect((await mailing.server.request('POST', '/auth/token', { form: refresh })).status).toBe(400);
      }
      expect(await mailing.canSignIn('alice')).toBe(false);
      expect(await mailing.canSignIn('alice', NEW_PASSWORD)).toBe(true);
      await mailing.notice('alice');
    });

    it('leaves other people signed in', async () => {
      const other = await mailing.server.signUp('other');
      await mailing.server.signUp('forgetful');
      expect((await reset(await mailing.resetToken('forgetful'))).status).toBe(204);
      expect((await mailing.server.request('GET', '/users/me', { token: other.token })).status).toBe(200);
      expect(await mailing.canSignIn('other')).toBe(true);
    });

    it('proves the address too', async () => {
      await mailing.server.signUp('proving');
      await reset(await mailing.resetToken('proving'));
      const form = { grant_type: 'password', username: 'proving', password: NEW_PASSWORD };
      const token = (await mailing.server.request('POST', '/auth/token', { form })).body.access_token;
      expect((await mailing.server.request('GET', '/users/me', { token })).body.is_verified).toBe(true);
    });

    it('works once', async () => {
      await mailing.server.signUp('twice');
      const token = await mailing.resetToken('twice');
      expect((await reset(token)).status).toBe(204);
      await mailing.notice('twice');
      await expectRefused(token);
      expect(await mailing.canSignIn('twice', NEW_PASSWORD)).toBe(true);
    });

    it('works for one of twenty who use it at once', async () => {
      await mailing.server.signUp('contested');
      const token = await mailing.resetToken('contested');
      const passwords = Array.from({ length: 20 }, (_, number) => `${NEW_PASSWORD} ${number}`);
      const answers = await Promise.all(passwords.map(password => reset(token, password)));
      const winners = passwords.filter((_, index) => answers[index]?.status === 204);
      expect(winners).toHaveLength(1);
      for (const answer of answers)
        if (answer.status !== 204) expectProblem(answer, 422, 'identity.invalid_mail_token');
      const good = await Promise.all(passwords.map(password => mailing.canSignIn('contested', password)));
      expect(passwords.filter((_, index) => good[index])).toEqual(winners);
    });

    it.each([
      ['short', 'short', 'identity.password_length', 'password_length'],
      ['common', 'password1', 'identity.password_common', 'password_common'],
      ['the email', 'RULES@example.org', 'identity.password_is_name', 'password_is_name'],
    ])('stays good when the new password is refused, being %s', async (kind, password, code, rule) => {
      const username = 'rules';
      if (!(await mailing.canSignIn(username))) await mailing.server.signUp(username);
      mailing.clock.advance(60);
      const token = await mailing.resetToken(username, resetsOf(username).length + 1);
      expectProblem(await reset(token, password), 422, code, [['/password', rule]]);
      expect(await mailing.canSignIn(username)).toBe(true);
      expect({ kind, status: (await reset(token, PASSWORD)).status }).toEqual({ kind, status: 204 });
    });

    it('is good for an hour', async () => {
      for (const username of ['punctual', 'late']) await mailing.server.signUp(username);
      const [punctual, late] = [await mailing.resetToken('punctual'), await mailing.resetToken('late')];
      mailing.clock.advance(3599);
      expect((await reset(punctual)).status).toBe(204);
      mailing.clock.advance(1);
      await expectRefused(late);
      expect(await mailing.canSignIn('late')).toBe(true);
    });

    it('is void once there is a newer one', async () => {
      await mailing.server.signUp('newer');
      const first = await mailing.resetToken('newer');
      mailing.clock.advance(60);
      const second = await mailing.resetToken('newer', 2);
      await expectRefused(first);
      expect((await reset(second)).status).toBe(204);
    });

    it('is void once the account has another address, or is deactivated', async () => {
      const { token } = await mailing.server.signUp('moving');
      await mailing.server.signUp('leaving');
      const [moving, leaving] = [await mailing.resetToken('moving'), await mailing.resetToken('leaving')];
      const body = { email: 'moved@example.org' };
      expect((await mailing.server.request('PATCH', '/users/me', { token, body })).status).toBe(200);
      await mailing.change('leaving', { isActive: false });
      await expectRefused(moving);
      await expectRefused(leaving);
      expect(await mailing.canSignIn('moving')).toBe(true);
    });

    it('is void once the password was changed otherwise', async () => {
      const { token: access } = await mailing.server.signUp('changing');
      const token = await mailing.resetToken('changing');
      const body = { current_password: PASSWORD, new_password: NEW_PASSWORD };
      const changed = await mailing.server.request('PUT', '/users/me/password', { token: access, body });
      expect(changed.status).toBe(204);
      await expectRefused(token);
    });

    it('is not one that verifies an address', async () => {
      await mailing.server.signUp('mistaken');
      const verification = await mailing.verificationToken('mistaken');
      await expectRefused(verification);
      expect((await mailing.post('/auth/verify-email', { token: verification })).status).toBe(204);
    });

    it.each(['x', 'nonsense', 'A'.repeat(43), '\0', "' or 1=1 --", '../../etc/passwd', 'x'.repeat(200)])(
      'is not %j',
      token => expectRefused(token),
    );
  });

  describe('a bad body', () => {
    const bodies: [to: string, body: unknown, faults: Fault[]][] = [
      ['/auth/forgot-password', {}, [['/email', 'required']]],
      ['/auth/forgot-password', { email: 1 }, [['/email', 'type']]],
      ['/auth/forgot-password', { email: null }, [['/email', 'type']]],
      ['/auth/forgot-password', { email: ['a@b.org'] }, [['/email', 'type']]],
      ['/auth/forgot-password', { email: 'a'.repeat(255) }, [['/email', 'max_length']]],
      ['/auth/forgot-password', { email: 'a@b.org', username: 'a' }, [['/username', 'unknown_field']]],
      ['/auth/forgot-password', [], [['', 'type']]],
      ['/auth/forgot-password', undefined, [['', 'type']]],
      ['/auth/reset-password', { token: 'x' }, [['/password', 'required']]],
      ['/auth/reset-password', { password: NEW_PASSWORD }, [['/token', 'required']]],
      ['/auth/reset-password', { token: '', password: NEW_PASSWORD }, [['/token', 'min_length']]],
      [
        '/auth/reset-password',
        { token: 'x'.repeat(201), password: NEW_PASSWORD },
        [['/token', 'max_length']],
      ],
      ['/auth/reset-password', { token: { $ne: '' }, password: NEW_PASSWORD }, [['/token', 'type']]],
      ['/auth/reset-password', { token: 'x', password: 12345678 }, [['/password', 'type']]],
      ['/auth/reset-password', { token: 'x', password: 'x'.repeat(513) }, [['/password', 'max_length']]],
      [
        '/auth/reset-password',
        { token: 'x', password: NEW_PASSWORD, user_id: 'x' },
        [['/user_id', 'unknown_field']],
      ],
    ];
    it.each(bodies)('to %s is answered 422: %j', async (to, body, faults) => {
      expectProblem(await mailing.post(to, body), 422, 'request.invalid', faults);
    });

    it.each(['/auth/forgot-password', '/auth/reset-password'])(
      'to %s is answered 400, 413 or 415',
      async to => {
        const big = JSON.stringify({ email: 'x'.repeat(1_100_000) });
        const headers = { 'content-type': 'text/plain' };
        expectProblem(await mailing.post(to, '{'), 400, 'request.malformed_json');
        expectProblem(await mailing.post(to, big), 413, 'request.too_large');
        expectProblem(
          await mailing.server.request('POST', to, { body: '{}', headers }),
          415,
          'request.unsupported_media_type',
        );
      },
    );
  });
});
