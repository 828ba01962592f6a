import { beforeEach, describe, expect, it } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { identityJobs } from '../../src/composition/identity-jobs.ts';
import { tokens } from '../../src/composition/tokens.ts';
import type { Job } from '../../src/kernel/jobs.ts';
import type { Mail } from '../../src/kernel/mail.ts';
import type {
  SendAccountDeleted,
  SendEmailChanged,
  SendInvitation,
  SendNewSignIn,
  SendPasswordChanged,
  SendPasswordReset,
  SendVerification,
} from '../../src/modules/identity/application/jobs.ts';
import { Invitation } from '../../src/modules/identity/domain/invitation.ts';
import type { MailTokenPurpose } from '../../src/modules/identity/domain/mail-token.ts';
import type { User } from '../../src/modules/identity/domain/user.ts';
import { type TestApplication, testApplication } from '../support/application.ts';
import { UNKNOWN_ID } from '../support/endpoints.ts';
import { lonelyAttempt } from '../support/job-worker.ts';
import { BIRTH, storedUser } from '../support/people.ts';
import { RecordingMailer, tokenOf } from '../support/recording-mailer.ts';
import { newSession } from '../support/sessions.ts';
import { TestClock } from '../support/test-clock.ts';

let application: TestApplication;
let clock: TestClock;
let mailer: RecordingMailer;
let user: User;

beforeEach(async () => {
  [clock, mailer] = [new TestClock(), new RecordingMailer()];
  application = await testApplication('memory', {}, [
    override(tokens.clock, clock),
    override(tokens.mailer, mailer),
  ]);
  user = await storedUser(application, { email: 'Alice@Example.org', username: 'alice' });
});

async function perform(job: Job): Promise<void> {
  const handler = identityJobs.map(name => application.get(name)).find(({ type }) => type === job.type);
  if (!handler) throw new Error(`Nobody does ${job.type}.`);
  await handler.handle(job, lonelyAttempt());
}

const changeUser = (fields: Partial<User>) =>
  application.get(tokens.identityStorage).work.run(async ({ users }) => {
    Object.assign((await users.get(user.id)) ?? {}, fields);
  });

/** Whether the link of this mail is good for its purpose. */
const isGood = (mail: Mail | undefined, purpose: MailTokenPurpose) =>
  application.get(tokens.identityStorage).work.run(async ({ mailTokens }) => {
    const found = mail && (await mailTokens.get(application.get(tokens.oneTimeTokens).hashOf(tokenOf(mail))));
    if (!found) return false;
    found.requireGood(purpose, clock.now());
    return found.userId === user.id;
  });

const verification = (userId: string): SendVerification => ({ type: 'identity.send_verification', userId });
const reset = (email: string): SendPasswordReset => ({ type: 'identity.send_password_reset', email });

describe.each([
  ['verify_email', () => verification(user.id), () => verification(UNKNOWN_ID)],
  ['reset_password', () => reset('alice@EXAMPLE.org'), () => reset('other@example.org')],
] as const)('the job that mails a link for %s', (purpose, job, jobOfNobody) => {
  it('sends one mail, to the address as the person wrote it, with a link that is good', async () => {
    await perform(job());
    expect(mailer.sent.map(({ to }) => to)).toEqual(['Alice@Example.org']);
    expect(await isGood(mailer.sent[0], purpose)).toBe(true);
  });

  it('sends none to whom it does not know', async () => {
    await perform(jobOfNobody());
    expect(mailer.sent).toEqual([]);
  });

  it('sends none to a deactivated account', async () => {
    await changeUser({ isActive: false });
    await perform(job());
    expect(mailer.sent).toEqual([]);
  });

  it('sends no second one within a minute, and leaves the first link good', async () => {
    await perform(job());
    clock.advance(59);
    await perform(job());
    expect(mailer.sent).toHaveLength(1);
    expect(await isGood(mailer.sent[0], purpose)).toBe(true);
  });

  it('sends a second one after a minute, whose link voids the first', async () => {
    await perform(job());
    clock.advance(60);
    await perform(job());
    expect(mailer.sent).toHaveLength(2);
    expect(await isGood(mailer.sent[0], purpose)).toBe(false);
    expect(await isGood(mailer.sent[1], purpose)).toBe(true);
  });

  it('sends a link at once to another address, and none to the first again within the minute', async () => {
    await perform(job());
    const moveTo = (email: string) =>
      application.get(tokens.identityStorage).work.run(async ({ users }) => {
        (await users.get(user.id))?.changeProfile({ email }, clock.now());
      });
    const jobAt = (email: string) => (purpose === 'verify_email' ? job() : reset(email));
    for (const email of ['new@example.org', 'alice@example.org']) {
      await moveTo(email);
      await perform(jobAt(email));
    }
    expect(mailer.sent.map(({ to }) => to)).toEqual(['Alice@Example.org', 'new@example.org']);
  });

  it('sends one mail when it is done five times at once', async () => {
    await Promise.all(Array.from({ length: 5 }, () => perform(job())));
    expect(mailer.sent).toHaveLength(1);
  });

  it('fails with the mailer, and sends a good link when it is tried again at once', async () => {
    mailer.failNext(2);
    await expect(perform(job())).rejects.toThrow('The mail server does not answer.');
    await expect(perform(job())).rejects.toThrow('The mail server does not answer.');
    await perform(job());
    expect(mailer.sent).toHaveLength(1);
    expect(await isGood(mailer.sent[0], purpose)).toBe(true);
  });
});

it('sends a link of each kind to the same person within a minute, and both are good', async () => {
  await perform(verification(user.id));
  await perform(reset('alice@example.org'));
  expect(await isGood(mailer.sent[0], 'verify_email')).toBe(true);
  expect(await isGood(mailer.sent[1], 'reset_password')).toBe(true);
});

it('asks nobody to verify an address that is verified', async () => {
  await changeUser({ isVerified: true });
  await perform(verification(user.id));
  expect(mailer.sent).toEqual([]);
});

it('lets people with a verified address set another password', async () => {
  await changeUser({ isVerified: true });
  await perform(reset('alice@example.org'));
  expect(mailer.sent).toHaveLength(1);
});

describe('the job that tells of a changed password', () => {
  const job = (userId: string): SendPasswordChanged => ({
    type: 'identity.send_password_changed',
    userId,
    at: BIRTH.toISOString(),
  });

  it('says when it was, and has no token', async () => {
    await perform(job(user.id));
    expect(mailer.sent[0]).toMatchObject({ to: 'Alice@Example.org', subject: 'Your password was changed' });
    expect(mailer.sent[0]?.text).toContain('Mon, 23 Nov 2026 12:00:00 GMT');
    expect(mailer.sent[0]?.text).not.toContain('token');
  });

  it('tells a deactivated account too, and nobody where there is none', async () => {
    await changeUser({ isActive: false });
    await perform(job(user.id));
    await perform(job(UNKNOWN_ID));
    expect(mailer.sent).toHaveLength(1);
  });

  it('fails with the mailer', async () => {
    mailer.failNext(1);
    await expect(perform(job(user.id))).rejects.toThrow('The mail server does not answer.');
  });
});

describe('the job that tells of a new sign-in', () => {
  const job = (sessionId: string): SendNewSignIn => ({ type: 'identity.send_new_sign_in', sessionId });
  const storedSession = async () => {
    const session = newSession(user.id, { device: { name: 'Laptop', address: '192.0.2.7' } });
    await application.get(tokens.identityStorage).work.run(({ sessions }) => sessions.add(session));
    return session;
  };

  it('says where and when it was, also of a session that has ended', async () => {
    const { id } = await storedSession();
    await changeUser({ isVerified: true });
    await application
      .get(tokens.identityStorage)
      .work.run(async ({ sessions }) => (await sessions.get(id))?.end(clock.now()));
    await perform(job(id));
    expect(mailer.sent).toMatchObject([
      { to: 'Alice@Example.org', subject: 'A new sign-in to your account' },
    ]);
    for (const part of ['"Laptop"', '192.0.2.7', 'Mon, 23 Nov 2026 12:00:00 GMT'])
      expect(mailer.sent[0]?.text).toContain(part);
  });

  it('sends nothing where there is no such session', async () => {
    await perform(job(UNKNOWN_ID));
    expect(mailer.sent).toEqual([]);
  });

  it('fails with the mailer', async () => {
    const { id } = await storedSession();
    mailer.failNext(1);
    await expect(perform(job(id))).rejects.toThrow('The mail server does not answer.');
  });
});

describe('the job that mails an invitation', () => {
  const job = (invitationId: string): SendInvitation => ({ type: 'identity.send_invitation', invitationId });
  const work = () => application.get(tokens.identityStorage).work;
  const stored = async () => {
    const content = { email: 'New@Example.org', role: 'member', invitedBy: user.id };
    const invitation = new Invitation(application.get(tokens.ids).next(), content, 60, clock.now());
    await work().run(({ invitations }) => invitations.add(invitation));
    return invitation.id;
  };
  const invitedBy = (mail: Mail | undefined) =>
    work().run(async ({ invitations }) => {
      const hash = mail && application.get(tokens.oneTimeTokens).hashOf(tokenOf(mail));
      return hash && (await invitations.byTokenHash(hash))?.id;
    });

  it('sends a link that is good to the address as it was given', async () => {
    const id = await stored();
    await perform(job(id));
    expect(mailer.sent.map(({ to }) => to)).toEqual(['New@Example.org']);
    expect(await invitedBy(mailer.sent[0])).toBe(id);
  });

  it('sends nothing once it has been withdrawn, or is too old', async () => {
    const id = await stored();
    await perform(job(UNKNOWN_ID));
    clock.advance(60);
    await perform(job(id));
    expect(mailer.sent).toEqual([]);
  });

  it('sends a link that is good after an attempt that failed, and the last of two is the one', async () => {
    const id = await stored();
    mailer.failNext(1);
    await expect(perform(job(id))).rejects.toThrow('The mail server does not answer.');
    await perform(job(id));
    await perform(job(id));
    expect(mailer.sent).toHaveLength(2);
    expect(await invitedBy(mailer.sent[0])).toBeUndefined();
    expect(await invitedBy(mailer.sent[1])).toBe(id);
  });
});

describe.each<[SendAccountDeleted['type'] | SendEmailChanged['type'], string]>([
  ['identity.send_account_deleted', 'Your account was deleted'],
  ['identity.send_email_changed', 'Your account has another email address'],
])('the job %s', (type, subject) => {
  const job = { type, email: 'gone@example.org', at: BIRTH.toISOString() };

  it('says when it was, to an address that no account has', async () => {
    await perform(job);
    expect(mailer.sent).toMatchObject([{ to: 'gone@example.org', subject }]);
    expect(mailer.sent[0]?.text).toContain('Mon, 23 Nov 2026 12:00:00 GMT');
    expect(mailer.sent[0]?.text).not.toContain('token');
  });

  it('fails with the mailer', async () => {
    mailer.failNext(1);
    await expect(perform(job)).rejects.toThrow('The mail server does not answer.');
  });
});

it('sends no link to whose account was deleted while the mail was asked for', async () => {
  await application.get(tokens.identityStorage).work.run(async ({ users }) => {
    (await users.get(user.id))?.delete(clock.now());
  });
  await perform(verification(user.id));
  await perform(reset('alice@example.org'));
  expect(mailer.sent).toEqual([]);
});
