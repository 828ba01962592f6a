import type { Clock } from '../../../kernel/clock.ts';
import type { JobHandler } from '../../../kernel/jobs.ts';
import { emailKey } from '../domain/email.ts';
import { MailToken, type MailTokenPurpose } from '../domain/mail-token.ts';
import type { User } from '../domain/user.ts';
import type { SendAccountDeleted, SendPasswordChanged, SendPasswordReset, SendVerification } from './jobs.ts';
import type { AccountMailer, IdentityWork, OneTimeTokens, UserReader } from './ports.ts';

/** Seconds within which the same person is not sent the same kind of link again to the same address. */
const PAUSE = 60;

/** Mails the links that prove that somebody reads their mail. */
class MailLinks {
  private readonly work: IdentityWork;
  private readonly tokens: OneTimeTokens;
  private readonly clock: Clock;

  constructor(work: IdentityWork, tokens: OneTimeTokens, clock: Clock) {
    this.work = work;
    this.tokens = tokens;
    this.clock = clock;
  }

  /**
   * Makes a new link, which voids the older ones, and has it mailed; nothing where one was mailed to the same address a
   * moment ago. A link that could not be mailed is taken back, or it would keep the next attempt from sending one.
   */
  async mail(user: User, purpose: MailTokenPurpose, send: (token: string) => Promise<void>): Promise<void> {
    const { token, hash } = this.tokens.create();
    if (!(await this.replace(user, purpose, hash))) return;
    try {
      await send(token);
    } catch (error) {
      await this.takeBack(hash);
      throw error;
    }
  }

  private replace(user: User, purpose: MailTokenPurpose, hash: string): Promise<boolean> {
    const now = this.clock.now();
    return this.work.run(async ({ users, mailTokens }) => {
      if (!(await users.lock(user.id))) return false;
      const older = await mailTokens.of(user.id, purpose);
      const recent = older.filter(({ createdAt }) => now.getTime() - createdAt.getTime() < PAUSE * 1000);
      if (recent.some(({ email }) => emailKey(email) === user.emailKey)) return false;
      for (const old of older) if (!recent.includes(old)) await mailTokens.remove(old);
      await mailTokens.add(new MailToken(hash, { userId: user.id, email: user.email, purpose }, now));
      return true;
    });
  }

  private takeBack(hash: string): Promise<void> {
    return this.work.run(async ({ mailTokens }) => {
      const unsent = await mailTokens.get(hash);
      if (unsent) await mailTokens.remove(unsent);
    });
  }
}

/** Sends the link that verifies an address, unless it is verified by now. */
export class VerificationSender implements JobHandler<SendVerification> {
  readonly type = 'identity.send_verification';
  private readonly work: IdentityWork;
  private readonly links: MailLinks;
  private readonly mailer: AccountMailer;

  constructor(work: IdentityWork, tokens: OneTimeTokens, mailer: AccountMailer, clock: Clock) {
    this.work = work;
    this.links = new MailLinks(work, tokens, clock);
    this.mailer = mailer;
  }

  async handle({ userId }: SendVerification): Promise<void> {
    const user = await this.work.run(({ users }) => users.get(userId));
    if (!user?.isActive || user.isVerified) return;
    await this.links.mail(user, 'verify_email', token => this.mailer.verification(user, token));
  }
}

/** Sends the link that sets another password, if there is such an account; nobody learns whether there is. */
export class PasswordResetSender implements JobHandler<SendPasswordReset> {
  readonly type = 'identity.send_password_reset';
  private readonly work: IdentityWork;
  private readonly links: MailLinks;
  private readonly mailer: AccountMailer;

  constructor(work: IdentityWork, tokens: OneTimeTokens, mailer: AccountMailer, clock: Clock) {
    this.work = work;
    this.links = new MailLinks(work, tokens, clock);
    this.mailer = mailer;
  }

  async handle({ email }: SendPasswordReset): Promise<void> {
    const user = await this.work.run(({ users }) => users.byEmailKey(emailKey(email)));
    if (!user?.isActive) return;
    await this.links.mail(user, 'reset_password', token => this.mailer.passwordReset(user, token));
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
