import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { administrator, type SignedIn, tokenFor } from '../support/administrator.ts';
import { STORAGES } from '../support/application.ts';
import { type Answer, PASSWORD } from '../support/client.ts';
import { UNKNOWN_ID } from '../support/endpoints.ts';
import { addressOf, MailingServer } from '../support/mailing-server.ts';
import { expectProblem } from '../support/problem.ts';
import { INVITED, tokenOf, VERIFY } from '../support/recording-mailer.ts';

const DAY = 86_400;

/** A server where somebody administers it, and what they and others ask of it. */
async function started(...parts: Parameters<typeof MailingServer.start>) {
  const mailing = await MailingServer.start(...parts);
  const root: { id: string; token: string } = await administrator(mailing.server);
  let last = 0;
  const send = (method: string, path: string, body?: unknown, token: string | undefined = root.token) =>
    mailing.server.request(method, path, { token, body });
  const nextName = () => {
    last += 1;
    return `guest-${last}`;
  };
  const invite = (username: string, role = 'member', token = root.token) =>
    send('POST', '/invitations', { email: addressOf(username), role }, token);
  return {
    mailing,
    root,
    send,
    nextName,
    invite,
    register: (username: string, invitation?: string, change: object = {}) =>
      mailing.post('/auth/register', {
        email: addressOf(username),
        username,
        password: PASSWORD,
        ...(invitation !== undefined && { invitation }),
        ...change,
      }),
    /** The token of the mail number `count`. */
    tokenFor: async (username: string, count = 1) =>
      tokenOf(await mailing.mailer.mail(addressOf(username), INVITED, count)),
    async invited(role = 'member', by = root.token) {
      const username = nextName();
      const { status, body } = await invite(username, role, by);
      expect(status).toBe(201);
      const token = tokenOf(await mailing.mailer.mail(addressOf(username), INVITED));
      return { username, id: body.id as string, token };
    },
    /** Somebody who has a new role with these scopes. */
    async somebody(scopes: readonly string[]): Promise<SignedIn & { readonly role: string }> {
      const [username, role] = [nextName(), `role-${nextName()}`];
      await send('POST', '/roles', { name: role, scopes });
      const { id } = await mailing.server.signUp(username);
      expect((await send('PATCH', `/users/${id}`, { role })).status).toBe(200);
      return { id, role, token: await tokenFor(mailing.server, username) };
    },
    auditOf: async (action: string) =>
      (await send('GET', `/audit-log?action=${action}&per_page=1`)).body.results[0],
  };
}

const expectInvalid = (answer: Answer) =>
  expectProblem(answer, 422, 'identity.invalid_invitation', [['/invitation', 'invalid_invitation']]);

describe.each(STORAGES)('invitations on %s', storage => {
  let server: Awaited<ReturnType<typeof started>>;
  beforeAll(async () => {
    server = await started(storage);
  });
  afterAll(() => server.mailing.stop());

  const ids = async () =>
    (await server.send('GET', '/invitations?per_page=100')).body.results.map(({ id }: { id: string }) => id);
  const userOf = async (id: string) => (await server.send('GET', `/users/${id}`)).body;

  it('are made, listed newest first and in the audit log, without any token', async () => {
    const { root, send, auditOf, mailing } = server;
    const username = server.nextName();
    const { status, headers, body } = await server.invite(username, 'admin');
    expect(status).toBe(201);
    expect(headers.get('location')).toBe(`/api/v1/invitations/${body.id}`);
    expect(body).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      email: addressOf(username),
      role: 'admin',
      created_at: mailing.clock.now().toISOString(),
      expires_at: new Date(mailing.clock.now().getTime() + 7 * DAY * 1000).toISOString(),
      invited_by: root.id,
    });
    await server.invited();
    const page = await send('GET', '/invitations');
    expect(page.status).toBe(200);
    expect(page.body.results[1]).toEqual(body);
    const details = { invitation: body.id, role: 'admin' };
    const { results } = (await send('GET', '/audit-log?action=invitation.sent&sort=at')).body;
    expect(results[0]).toMatchObject({ actor_id: root.id, subject_id: null, address: '127.0.0.1', details });
    expect(JSON.stringify(await auditOf('invitation.sent'))).not.toContain('@');
  });

  it('go out by mail, with a link to the page of this server', async () => {
    const { username } = await server.invited();
    const { text } = await server.mailing.mailer.mail(addressOf(username), INVITED);
    expect(text).toMatch(/^http:\/\/atrium\.test\/register#token=[\w-]{43}$/m);
  });

  it('open a verified account with their role, once, and are in the audit log', async () => {
    const { username, id, token } = await server.invited('admin');
    const { status, body } = await server.register(username, token);
    expect(status).toBe(201);
    expect(body).toMatchObject({ email: addressOf(username), role: 'admin', is_verified: true });
    expect(await userOf(body.id)).toEqual(body);
    const own = await tokenFor(server.mailing.server, username);
    expect((await server.send('GET', '/users', undefined, own)).status).toBe(200);
    expect(await ids()).not.toContain(id);
    for (const action of ['account.opened', 'invitation.accepted'])
      expect(await server.auditOf(action)).toMatchObject({ actor_id: body.id, subject_id: body.id });
    expect((await server.auditOf('invitation.accepted')).details).toEqual({ invitation: id, role: 'admin' });
    expectInvalid(await server.register(username, token, { username: undefined }));
    await server.mailing.settle();
    const subjects = server.mailing.mailer.to(addressOf(username)).map(({ subject }) => subject);
    expect(subjects.filter(subject => VERIFY.test(subject))).toEqual([]);
  });

  it('are good for the address that they were sent to, whatever its case, and for no other', async () => {
    const { username, token } = await server.invited();
    const other = server.nextName();
    expectInvalid(await server.register(other, token));
    expect(await server.mailing.canSignIn(other)).toBe(false);
    const email = addressOf(username).toUpperCase();
    expect(await server.register(username, token, { email })).toMatchObject({ status: 201, body: { email } });
  });

  it.each([
    ['made up', (token: string) => `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`],
    ['in another case', (token: string) => token.toLowerCase()],
    ['with a blank', (token: string) => `${token} `],
    ['with U+0000', (token: string) => `${token}\0`],
  ])('are not good with a token %s', async (_, change) => {
    const { username, token } = await server.invited();
    const answer = await server.register(username, change(token));
    expect(answer.status).toBe(422);
    expect(await server.mailing.canSignIn(username)).toBe(false);
  });

  it('stay good when something else is wrong', async () => {
    const { username, token } = await server.invited();
    for (const change of [{ password: 'short' }, { password: 'password1' }, { username: 'root' }])
      expect([409, 422]).toContain((await server.register(username, token, change)).status);
    expect((await server.register(username, token)).status).toBe(201);
  });

  it('open one account for twenty who accept at once', async () => {
    const { username, token } = await server.invited();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => server.register(username, token, { username: server.nextName() })),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    for (const answer of answers) if (answer.status !== 201) expectInvalid(answer);
  });

  it('can be accepted for a week', async () => {
    const [punctual, late] = [await server.invited(), await server.invited()];
    server.mailing.clock.advance(7 * DAY - 1);
    server.root.token = await tokenFor(server.mailing.server, 'root');
    expect((await server.register(punctual.username, punctual.token)).status).toBe(201);
    expect(await ids()).toContain(late.id);
    server.mailing.clock.advance(1);
    expectInvalid(await server.register(late.username, late.token));
    expect(await ids()).not.toContain(late.id);
    expectProblem(
      await server.send('DELETE', `/invitations/${late.id}`),
      404,
      'identity.invitation_not_found',
    );
    const again = await server.invite(late.username);
    expect(again.status).toBe(201);
    const token = await server.tokenFor(late.username, 2);
    expect((await server.register(late.username, token)).status).toBe(201);
  });

  it('are replaced by a newer one to the same address', async () => {
    const { username, id, token } = await server.invited('admin');
    const newer = await server.mailing.post(
      '/invitations',
      { email: addressOf(username).toUpperCase(), role: 'member' },
      server.root.token,
    );
    expect(newer.status).toBe(201);
    const { text } = await server.mailing.mailer.mail(addressOf(username).toUpperCase(), INVITED);
    expect(await ids()).toContain(newer.body.id);
    expect(await ids()).not.toContain(id);
    expectInvalid(await server.register(username, token));
    const accepted = await server.register(username, tokenOf({ text }));
    expect(accepted).toMatchObject({ status: 201, body: { role: 'member' } });
  });

  it('are one at last for ten to the same address at once', async () => {
    const username = server.nextName();
    const answers = await Promise.all(Array.from({ length: 10 }, () => server.invite(username)));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(201));
    const made = answers.map(({ body }) => body.id);
    const left = (await ids()).filter((id: string) => made.includes(id));
    expect(left).toHaveLength(1);
  });

  it('are withdrawn, which voids the token and is in the audit log', async () => {
    const { username, id, token } = await server.invited();
    const answer = await server.send('DELETE', `/invitations/${id}`);
    expect(answer).toMatchObject({ status: 204, body: undefined });
    expectInvalid(await server.register(username, token));
    expect(await ids()).not.toContain(id);
    expect(await server.auditOf('invitation.withdrawn')).toMatchObject({
      actor_id: server.root.id,
      subject_id: null,
      details: { invitation: id, role: 'member' },
    });
    for (const gone of [id, UNKNOWN_ID])
      expectProblem(
        await server.send('DELETE', `/invitations/${gone}`),
        404,
        'identity.invitation_not_found',
      );
  });

  it('are not sent to whoever has an account', async () => {
    const username = server.nextName();
    await server.mailing.server.signUp(username);
    for (const email of [addressOf(username), addressOf(username).toUpperCase()])
      expectProblem(
        await server.send('POST', '/invitations', { email, role: 'member' }),
        409,
        'identity.email_taken',
      );
  });

  it.each([
    [{ email: 'nonsense', role: 'member' }, 'identity.email_invalid', '/email'],
    [{ email: 'a@example.org', role: 'nobodys-role' }, 'identity.role_unknown', '/role'],
    [{ email: 'a@example.org', role: 'No role' }, 'request.invalid', '/role'],
    [{ email: 'a@example.org' }, 'request.invalid', '/role'],
    [{ role: 'member' }, 'request.invalid', '/email'],
    [{ email: 'a@example.org', role: 'member', token: 'x' }, 'request.invalid', '/token'],
  ])('are not made of %j', async (body, code, pointer) => {
    const before = await ids();
    const answer = await server.send('POST', '/invitations', body);
    expectProblem(answer, 422, code);
    expect(answer.body.errors.map((error: { pointer: string }) => error.pointer)).toEqual([pointer]);
    expect(await ids()).toEqual(before);
  });

  it('are for administrators of users only', async () => {
    const { id } = await server.invited();
    const { token } = await server.somebody(['profile', 'roles:admin', 'todos']);
    const requests = [
      ['GET', '/invitations', undefined],
      ['POST', '/invitations', { email: 'x@example.org', role: 'member' }],
      ['DELETE', `/invitations/${id}`, undefined],
    ] as const;
    for (const [method, path, body] of requests) {
      expectProblem(await server.send(method, path, body, token), 403, 'access.insufficient_scope');
      expect((await server.mailing.server.request(method, path, { body })).status).toBe(401);
    }
    expect(await ids()).toContain(id);
  });

  it('give, take and replace no role that allows more than the inviter’s own', async () => {
    const by = await server.somebody(['profile', 'posts:write', 'users:admin']);
    const small = await server.somebody(['posts:write']);
    expectProblem(await server.invite(server.nextName(), 'admin', by.token), 403, 'identity.role_beyond_own');
    expectProblem(
      await server.invite(server.nextName(), 'member', by.token),
      403,
      'identity.role_beyond_own',
    );
    const { username, id, token } = await server.invited('admin');
    for (const answer of [
      await server.send('DELETE', `/invitations/${id}`, undefined, by.token),
      await server.invite(username, small.role, by.token),
    ])
      expectProblem(answer, 403, 'identity.role_beyond_own');
    expect(await server.register(username, token)).toMatchObject({ status: 201, body: { role: 'admin' } });
    const own = await server.invited(small.role, by.token);
    expect(await server.register(own.username, own.token)).toMatchObject({
      status: 201,
      body: { role: small.role },
    });
  });

  it.each([
    ['has another role', { role: 'member' }],
    ['has been deactivated', { is_active: false }],
  ])('are not good any more once the inviter %s', async (_, change) => {
    const by = await server.somebody(['profile', 'todos', 'users:admin']);
    const { role } = await server.somebody(['todos']);
    const { username, token } = await server.invited(role, by.token);
    expect((await server.send('PATCH', `/users/${by.id}`, change)).status).toBe(200);
    expectInvalid(await server.register(username, token));
    expect(await server.mailing.canSignIn(username)).toBe(false);
  });

  it('are not good any more once their role allows more than the inviter’s, or is no more', async () => {
    const by = await server.somebody(['profile', 'todos', 'users:admin']);
    const roles = ['growing', 'going'].map(name => `role-${name}`);
    for (const name of roles) await server.send('POST', '/roles', { name, scopes: ['todos'] });
    const growing = await server.invited(roles[0], by.token);
    const going = await server.invited(roles[1]);
    expect((await server.send('PUT', `/roles/${roles[0]}`, { scopes: ['todos', 'chat'] })).status).toBe(200);
    expect((await server.send('DELETE', `/roles/${roles[1]}`)).status).toBe(204);
    expectInvalid(await server.register(growing.username, growing.token));
    expectInvalid(await server.register(going.username, going.token));
    await server.send('PUT', `/roles/${roles[0]}`, { scopes: ['todos'] });
    expect((await server.register(growing.username, growing.token)).status).toBe(201);
  });
});

describe('registering', () => {
  it('by invitation is for whoever has one', async () => {
    const { mailing, invited, register, nextName } = await started('memory', { registration: 'invite' });
    const uninvited = await register(nextName());
    expectProblem(uninvited, 403, 'identity.registration_closed');
    expect(uninvited.body.detail).toContain('by invitation only');
    expectInvalid(await register(nextName(), 'nonsense'));
    const { username, token } = await invited();
    expect((await register(username)).status).toBe(403);
    expect((await register(username, token)).status).toBe(201);
    await mailing.stop();
  });

  it('where it is open does not need one, and a bad one is refused', async () => {
    const { mailing, register, nextName } = await started('memory');
    expectInvalid(await register(nextName(), 'nonsense'));
    expect(await register(nextName())).toMatchObject({ status: 201, body: { is_verified: false } });
    await mailing.stop();
  });

  it('where it is closed is not possible with one, and nobody is invited', async () => {
    const { mailing, invite, register, send, nextName } = await started('memory', {
      registration: 'closed',
    });
    expectProblem(await invite(nextName()), 403, 'identity.registration_closed');
    expect((await send('GET', '/invitations')).body.total_count).toBe(0);
    expectProblem(await register(nextName(), 'nonsense'), 403, 'identity.registration_closed');
    await mailing.stop();
  });

  it('is possible for as long as the setting says', async () => {
    const { mailing, invited, register } = await started('memory', { invitationTtl: 60 });
    const [punctual, late] = [await invited(), await invited()];
    mailing.clock.advance(59);
    expect((await register(punctual.username, punctual.token)).status).toBe(201);
    mailing.clock.advance(1);
    expectInvalid(await register(late.username, late.token));
    await mailing.stop();
  });
});
