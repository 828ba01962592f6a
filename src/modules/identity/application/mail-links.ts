import type { Clock } from '../../../kernel/clock.ts';
import { emailKey } from '../domain/email.ts';
import { MailToken, type MailTokenPurpose } from '../domain/mail-token.ts';
import type { User } from '../domain/user.ts';
import type { IdentityWork, OneTimeTokens } from './ports.ts';

/** Seconds within which the same person is not sent the same kind of link again to the same address. */
const PAUSE = 60;

/** Mails the links that prove that somebody reads their mail. */
export class MailLinks {
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
