import type { Clock } from '../../../kernel/clock.ts';
import type { Job, JobHandler } from '../../../kernel/jobs.ts';
import { emailKey } from '../domain/email.ts';
import type { MailTokenPurpose } from '../domain/mail-token.ts';
import type { User } from '../domain/user.ts';
import type {
  SendAccountDeleted,
  SendEmailChanged,
  SendInvitation,
  SendNewSignIn,
  SendPasswordChanged,
  SendPasswordReset,
  SendVerification,
} from './jobs.ts';
import { MailLinks } from './mail-links.ts';
import type { AccountMailer, IdentityWork, OneTimeTokens, UserReader, UserRepository } from './ports.ts';

/** One kind of link: who is sent it, and in which mail. */
export interface LinkLetter<J extends Job> {
  readonly type: J['type'];
  readonly purpose: MailTokenPurpose;
  /** Nobody where there is no such account, or it needs no link. */
  recipient(job: J, users: UserRepository): Promise<User | undefined>;
  send(mailer: AccountMailer, to: User, token: string): Promise<void>;
}

/** The link that verifies an address, unless it is verified by now. */
export const VERIFICATION: LinkLetter<SendVerification> = {
  type: 'identity.send_verification',
  purpose: 'verify_email',
  async recipient({ userId }, users) {
    const user = await users.get(userId);
    return user?.isVerified ? undefined : user;
  },
  send: (mailer, to, token) => mailer.verification(to, token),
};

/** The link that sets another password, if there is such an account; nobody learns whether there is. */
export const PASSWORD_RESET: LinkLetter<SendPasswordReset> = {
  type: 'identity.send_password_reset',
  purpose: 'reset_password',
  recipient: ({ email }, users) => users.byEmailKey(emailKey(email)),
  send: (mailer, to, token) => mailer.passwordReset(to, token),
};

/** Sends a link to somebody whose account is active. */
export class LinkSender<J extends Job> implements JobHandler<J> {
  readonly type: J['type'];
  private readonly letter: LinkLetter<J>;
  private readonly work: IdentityWork;
  private readonly links: MailLinks;
  private readonly mailer: AccountMailer;

  constructor(
    letter: LinkLetter<J>,
    work: IdentityWork,
    tokens: OneTimeTokens,
    mailer: AccountMailer,
    clock: Clock,
  ) {
    this.type = letter.type;
    this.letter = letter;
    this.work = work;
    this.links = new MailLinks(work, tokens, clock);
    this.mailer = mailer;
  }

  async handle(job: J): Promise<void> {
    const { letter, mailer } = this;
    const user = await this.work.run(({ users }) => letter.recipient(job, users));
    if (user?.isActive)
      await this.links.mail(user, letter.purpose, token => letter.send(mailer, user, token));
  }
}

/** Tells people that their password was changed, in case it was not them. */
export class PasswordChangedSender implements JobHandler<SendPasswordChanged> {
  readonly type = 'identity.send_password_changed';
  private readonly users: UserReader;
  private readonly mailer: AccountMailer;

  constructor(users: UserReader, mailer: AccountMailer) {
    this.users = users;
    this.mailer = mailer;
  }

  async handle({ userId, at }: SendPasswordChanged): Promise<void> {
    const user = await this.users.find(userId);
    if (user) await this.mailer.passwordChanged(user, new Date(at));
  }
}

/** Tells people that somebody signed in with their password on a device that was not known. */
export class NewSignInSender implements JobHandler<SendNewSignIn> {
  readonly type = 'identity.send_new_sign_in';
  private readonly work: IdentityWork;
  private readonly users: UserReader;
  private readonly mailer: AccountMailer;

  constructor(work: IdentityWork, users: UserReader, mailer: AccountMailer) {
    this.work = work;
    this.users = users;
    this.mailer = mailer;
  }

  async handle({ sessionId }: SendNewSignIn): Promise<void> {
    const session = await this.work.run(({ sessions }) => sessions.get(sessionId));
    const user = session && (await this.users.find(session.userId));
    if (user) await this.mailer.newSignIn(user, session);
  }
}

/** Sends an invitation that is still good. Its token is made here, so that no job holds it; a new one voids the last. */
export class InvitationSender implements JobHandler<SendInvitation> {
  readonly type = 'identity.send_invitation';
  private readonly work: IdentityWork;
  private readonly tokens: OneTimeTokens;
  private readonly mailer: AccountMailer;
  private readonly clock: Clock;

  constructor(work: IdentityWork, tokens: OneTimeTokens, mailer: AccountMailer, clock: Clock) {
    this.work = work;
    this.tokens = tokens;
    this.mailer = mailer;
    this.clock = clock;
  }

  async handle({ invitationId }: SendInvitation): Promise<void> {
    const { token, hash } = this.tokens.create();
    const invitation = await this.work.run(
      async ({ invitations }) => {
        const found = await invitations.get(invitationId);
        if (!found?.isGood(this.clock.now())) return undefined;
        found.tokenHash = hash;
        return found;
      },
      { retry: true },
    );
    if (invitation) await this.mailer.invitation(invitation, token);
  }
}

/** Tells people, where they read their mail until now, that their account has another address, in case it was not them. */
export class EmailChangedSender implements JobHandler<SendEmailChanged> {
  readonly type = 'identity.send_email_changed';
  private readonly mailer: AccountMailer;

  constructor(mailer: AccountMailer) {
    this.mailer = mailer;
  }

  async handle({ email, at }: SendEmailChanged): Promise<void> {
    await this.mailer.emailChanged(email, new Date(at));
  }
}

/** Tells people that their account was deleted, in case it was not them. */
export class AccountDeletedSender implements JobHandler<SendAccountDeleted> {
  readonly type = 'identity.send_account_deleted';
  private readonly mailer: AccountMailer;

  constructor(mailer: AccountMailer) {
    this.mailer = mailer;
  }

  async handle({ email, at }: SendAccountDeleted): Promise<void> {
    await this.mailer.accountDeleted(email, new Date(at));
  }
}
