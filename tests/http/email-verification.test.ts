import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STORAGES } from '../support/application.ts';
import { PASSWORD } from '../support/client.ts';
import { addressOf, MailingServer } from '../support/mailing-server.ts';
import { expectProblem, type Fault } from '../support/problem.ts';
import { MOVED, RESET, tokenOf, VERIFY } from '../support/recording-mailer.ts';

describe.each(STORAGES)('verifying an address on %s', storage => {
  let mailing: MailingServer;
  beforeAll(async () => {
    mailing = await MailingServer.start(storage);
  });
  afterAll(() => mailing.stop());

  const verify = (token: unknown) => mailing.post('/auth/verify-email', { token });
  const expectRefused = async (token: string) =>
    expectProblem(await verify(token), 422, 'identity.invalid_mail_token', [
      ['/token', 'invalid_mail_token'],
    ]);
  const profile = async (token: string) => (await mailing.server.request('GET', '/users/me', { token })).body;
  const ask = (token?: string) => mailing.post('/auth/verify-email/request', undefined, token);
  const changeAddress = (token: string, email: string) =>
    mailing.server.request('PATCH', '/users/me', { token, body: { email } });

  it('takes the token of the mail that registering sends', async () => {
    const { token } = await mailing.server.signUp('alice');
    const mailed = await mailing.verificationToken('alice');
    expect(await profile(token)).toMatchObject({ is_verified: false });
    const answer = await verify(mailed);
    expect(answer).toMatchObject({ status: 204, body: undefined });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await profile(token)).toMatchObject({ is_verified: true, email: 'alice@example.org' });
  });

  it('links to the page of this server', async () => {
    await mailing.server.signUp('linked');
    const { text } = await mailing.mailer.mail('linked@example.org', VERIFY);
    expect(text).toMatch(/^http:\/\/atrium\.test\/verify-email#token=[\w-]{43}$/m);
  });

  it('works once, and leaves the address verified', async () => {
    const { token } = await mailing.server.signUp('twice');
    const mailed = await mailing.verificationToken('twice');
    expect((await verify(mailed)).status).toBe(204);
    await expectRefused(mailed);
    expect(await profile(token)).toMatchObject({ is_verified: true });
  });

  it('works for one of twenty who use the token at once', async () => {
    const { token } = await mailing.server.signUp('contested');
    const mailed = await mailing.verificationToken('contested');
    const answers = await Promise.all(Array.from({ length: 20 }, () => verify(mailed)));
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
    for (const answer of answers)
      if (answer.status !== 204) expectProblem(answer, 422, 'identity.invalid_mail_token');
    expect(await profile(token)).toMatchObject({ is_verified: true });
  });

  it('is possible for a day', async () => {
    for (const username of ['punctual', 'late']) await mailing.server.signUp(username);
    const punctual = await mailing.verificationToken('punctual');
    const late = await mailing.verificationToken('late');
    mailing.clock.advance(86_399);
    expect((await verify(punctual)).status).toBe(204);
    mailing.clock.advance(1);
    await expectRefused(late);
  });

  it('is not possible with a token that sets another password', async () => {
    await mailing.server.signUp('mistaken');
    const reset = await mailing.resetToken('mistaken');
    await expectRefused(reset);
    const body = { token: reset, password: 'another battery staple' };
    expect((await mailing.post('/auth/reset-password', body)).status).toBe(204);
  });

  it('of another address is told to the one of before, where that was verified', async () => {
    const { token } = await mailing.server.signUp('leaving');
    await verify(await mailing.verificationToken('leaving'));
    expect((await changeAddress(token, 'left@example.org')).status).toBe(200);
    const { text } = await mailing.mailer.mail(addressOf('leaving'), MOVED);
    expect(text).toContain(mailing.clock.now().toUTCString());
    expect(text).not.toContain('left@example.org');
    const { token: other } = await mailing.server.signUp('stranger');
    await mailing.verificationToken('stranger');
    expect((await changeAddress(other, 'not-theirs@example.org')).status).toBe(200);
    await mailing.mailer.mail('not-theirs@example.org', VERIFY);
    expect(mailing.mailer.sent.filter(({ to }) => to === addressOf('stranger'))).toHaveLength(1);
  });

  it('is of the present address only: another one is sent a mail of its own', async () => {
    const { token } = await mailing.server.signUp('moving');
    const old = await mailing.verificationToken('moving');
    mailing.clock.advance(60);
    expect((await changeAddress(token, 'moved@example.org')).status).toBe(200);
    await expectRefused(old);
    const next = tokenOf(await mailing.mailer.mail('moved@example.org', VERIFY));
    expect((await verify(next)).status).toBe(204);
    expect(await profile(token)).toMatchObject({ email: 'moved@example.org', is_verified: true });
  });

  it('sends a mail to another address at once, even if one went to the old one a moment ago', async () => {
    const { token } = await mailing.server.signUp('hurried');
    const old = await mailing.verificationToken('hurried');
    expect((await changeAddress(token, 'corrected@example.org')).status).toBe(200);
    await expectRefused(old);
    const next = tokenOf(await mailing.mailer.mail('corrected@example.org', VERIFY));
    expect((await verify(next)).status).toBe(204);
  });

  it('has to be done anew for another address', async () => {
    const { token } = await mailing.server.signUp('anew');
    await verify(await mailing.verificationToken('anew'));
    mailing.clock.advance(60);
    await changeAddress(token, 'anew2@example.org');
    expect(await profile(token)).toMatchObject({ is_verified: false });
  });

  it('is not possible for an account that was deactivated meanwhile', async () => {
    await mailing.server.signUp('leaving');
    const mailed = await mailing.verificationToken('leaving');
    await mailing.change('leaving', { isActive: false });
    await expectRefused(mailed);
  });

  it.each(['x', 'nonsense', 'A'.repeat(43), '\0', "' or 1=1 --", 'x'.repeat(200)])(
    'is not possible with %j',
    token => expectRefused(token),
  );

  const bodies: [body: unknown, faults: Fault[]][] = [
    [{}, [['/token', 'required']]],
    [{ token: null }, [['/token', 'type']]],
    [{ token: 7 }, [['/token', 'type']]],
    [{ token: '' }, [['/token', 'min_length']]],
    [{ token: 'x'.repeat(201) }, [['/token', 'max_length']]],
    [{ token: 'x', email: 'a@b.org' }, [['/email', 'unknown_field']]],
    [[], [['', 'type']]],
    [undefined, [['', 'type']]],
  ];
  it.each(bodies)('is answered 422 with the body %j', async (body, faults) => {
    expectProblem(await mailing.post('/auth/verify-email', body), 422, 'request.invalid', faults);
  });

  it('is answered 400, 413 or 415 with a body that is none', async () => {
    const to = '/auth/verify-email';
    const headers = { 'content-type': 'text/plain' };
    expectProblem(await mailing.post(to, '{'), 400, 'request.malformed_json');
    expectProblem(await mailing.post(to, { token: 'x'.repeat(1_100_000) }), 413, 'request.too_large');
    expectProblem(
      await mailing.server.request('POST', to, { body: '{}', headers }),
      415,
      'request.unsupported_media_type',
    );
  });

  describe('asking for another mail', () => {
    it('is answered 202 with an empty body, and the mail voids the one before', async () => {
      const { token } = await mailing.server.signUp('again');
      const first = await mailing.verificationToken('again');
      mailing.clock.advance(60);
      const answer = await ask(token);
      expect(answer).toMatchObject({ status: 202, body: undefined });
      expect(answer.headers.has('content-type')).toBe(false);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      const second = await mailing.verificationToken('again', 2);
      await expectRefused(first);
      expect((await verify(second)).status).toBe(204);
    });

    it('sends none within a minute, nor when the address is verified', async () => {
      const hasty = await mailing.server.signUp('hasty');
      const done = await mailing.server.signUp('done');
      const token = await mailing.verificationToken('hasty');
      await verify(await mailing.verificationToken('done'));
      for (const { token } of [hasty, done]) expect((await ask(token)).status).toBe(202);
      await mailing.settle();
      mailing.clock.advance(60);
      expect((await ask(done.token)).status).toBe(202);
      await mailing.settle();
      for (const username of ['hasty', 'done'])
        expect(mailing.mailer.to(addressOf(username)).map(({ subject }) => subject)).toEqual([
          'Verify your email address',
        ]);
      expect((await verify(token)).status).toBe(204);
    });

    it('wants a token that may do so', async () => {
      await mailing.server.signUp('narrow');
      const narrow = { grant_type: 'password', username: 'narrow', password: PASSWORD, scope: 'todos' };
      const { body } = await mailing.server.request('POST', '/auth/token', { form: narrow });
      expectProblem(await ask(), 401, 'request.unauthenticated');
      expectProblem(await ask('nonsense'), 401, 'identity.invalid_token');
      expectProblem(await ask(body.access_token), 403, 'access.insufficient_scope');
    });

    it('is refused to a deactivated account', async () => {
      const { token } = await mailing.server.signUp('inactive');
      await mailing.change('inactive', { isActive: false });
      expectProblem(await ask(token), 400, 'identity.inactive');
    });
  });

  it('is independent of setting another password', async () => {
    await mailing.server.signUp('both');
    const verification = await mailing.verificationToken('both');
    const reset = await mailing.resetToken('both');
    expect((await verify(verification)).status).toBe(204);
    const body = { token: reset, password: 'another battery staple' };
    expect((await mailing.post('/auth/reset-password', body)).status).toBe(204);
    expect(mailing.mailer.to('both@example.org').filter(({ subject }) => RESET.test(subject))).toHaveLength(
      1,
    );
  });
});
