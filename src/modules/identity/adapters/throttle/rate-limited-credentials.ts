import { createHash } from 'node:crypto';
import { RateLimiterRes } from 'rate-limiter-flexible';
import type { Limiter } from '../../../../platform/limits/limiter.ts';
import type { Limits } from '../../../../platform/limits/limits.ts';
import { networkOf } from '../../../../platform/network-of.ts';
import type { Attempt, CredentialThrottle } from '../../application/credential-throttle.ts';
import { TooManyAttempts } from '../../domain/password-errors.ts';

/** Attempts on one account from one origin before the first pause, and between two pauses. */
const FREE_ATTEMPTS = 5;

/** Attempts from one origin on any accounts, in a quarter of an hour. */
const ORIGIN_ATTEMPTS = 300;

/** Seconds. */
const FIRST_PAUSE = 15;
const LONGEST_PAUSE = 900;
const FORGET_ATTEMPTS = 900;
const FORGET_PAUSES = 86_400;

/**
 * Five attempts, then a pause that doubles each time, up to a quarter of an hour. Where the counts cannot be kept, people
 * are let in.
 */
export class RateLimitedCredentials implements CredentialThrottle {
  private readonly attempts: Limiter;
  private readonly pauses: Limiter;
  private readonly origins: Limiter;
  private readonly limits: Limits;

  constructor(limits: Limits) {
    const limiter = (name: string, points: number, duration: number) =>
      limits.limiter({ name, points, duration });
    this.attempts = limiter('attempts', FREE_ATTEMPTS, FORGET_ATTEMPTS);
    this.pauses = limiter('pauses', Number.MAX_SAFE_INTEGER, FORGET_PAUSES);
    this.origins = limiter('origins', ORIGIN_ATTEMPTS, FORGET_ATTEMPTS);
    this.limits = limits;
  }

  async admit({ account, origin }: Attempt): Promise<void> {
    const network = networkOf(origin);
    const key = keyOf(account, network);
    try {
      await this.origins.consume(network).catch(refuse);
      await this.attempts.consume(key).catch(refused => this.pause(key, refused));
    } catch (error) {
      if (error instanceof TooManyAttempts) throw error;
      this.limits.failed(error);
    }
  }

  async succeeded({ account, origin }: Attempt): Promise<void> {
    const network = networkOf(origin);
    const key = keyOf(account, network);
    try {
      await Promise.all([this.attempts.delete(key), this.pauses.delete(key), this.origins.reward(network)]);
    } catch (error) {
      this.limits.failed(error);
    }
  }

  /** The first attempt beyond the free ones starts a pause; those within it only learn how long it lasts. */
  private async pause(key: string, refused: unknown): Promise<never> {
    if (refused instanceof RateLimiterRes && refused.consumedPoints === FREE_ATTEMPTS + 1) {
      const { consumedPoints: pauses } = await this.pauses.penalty(key);
      const seconds = Math.min(FIRST_PAUSE * 2 ** (pauses - 1), LONGEST_PAUSE);
      await this.attempts.block(key, seconds);
      throw new TooManyAttempts(seconds);
    }
    return refuse(refused);
  }
}

/** Hashed, because what is typed as a name is sometimes a password. */
function keyOf(account: string, network: string): string {
  return createHash('sha256').update(`${account}\n${network}`).digest('base64url');
}

/** What is no result is a failure of the counting. */
function refuse(refused: unknown): never {
  if (refused instanceof RateLimiterRes) throw new TooManyAttempts(Math.ceil(refused.msBeforeNext / 1000));
  throw refused;
}
