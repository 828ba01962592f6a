import type { Clock } from '../../../kernel/clock.ts';
import { InvalidMailToken } from '../domain/password-errors.ts';
import type { IdentityWork, OneTimeTokens } from './ports.ts';

/**
 * Takes the token of a mail as the proof that its address is its person's.
 *
 * - It works once, for a day, and for the address that it was sent to only.
 */
export class VerifyEmail {
  private readonly work: IdentityWork;
  private readonly tokens: OneTimeTokens;
  private readonly clock: Clock;

  constructor(work: IdentityWork, tokens: OneTimeTokens, clock: Clock) {
    this.work = work;
    this.tokens = tokens;
    this.clock = clock;
  }

  async execute(token: string): Promise<void> {
    const now = this.clock.now();
    await this.work.run(
      async ({ users, mailTokens }) => {
        const mailed = await mailTokens.get(this.tokens.hashOf(token));
        mailed?.requireGood('verify_email', now);
        const user = mailed && (await users.get(mailed.userId));
        if (!user?.isActive || user.email !== mailed?.email) throw new InvalidMailToken();
        user.verify(now);
        await mailTokens.remove(mailed);
      },
      { retry: true },
    );
  }
}
