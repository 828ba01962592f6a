import type { Clock } from '../../../kernel/clock.ts';
import type { Principal } from '../../../kernel/principal.ts';
import { WrongPassword } from '../domain/password-errors.ts';
import { normalisePassword } from '../domain/password-policy.ts';
import type { CredentialThrottle } from './credential-throttle.ts';
import { requirePerson } from './personal-token.ts';
import type { PasswordHasher } from './ports.ts';
import { requireRecentSignIn } from './recent-sign-in.ts';

/** Makes sure that it is still the person who asks, for what could lock them out of their account. */
export class ProofOfIdentity {
  private readonly hasher: PasswordHasher;
  private readonly throttle: CredentialThrottle;
  private readonly clock: Clock;

  constructor(hasher: PasswordHasher, throttle: CredentialThrottle, clock: Clock) {
    this.hasher = hasher;
    this.throttle = throttle;
    this.clock = clock;
  }

  /**
   * The password where one is given, else a recent sign-in.
   * @throws WrongPassword, SignInTooOld, TooManyAttempts, PersonalTokenRefused
   */
  async require(by: Principal, passwordHash: string, password: string | undefined): Promise<void> {
    if (password === undefined) return requireRecentSignIn(by, this.clock.now());
    await this.requirePassword(by, passwordHash, password);
  }

  /** @throws WrongPassword, TooManyAttempts, PersonalTokenRefused */
  async requirePassword(by: Principal, passwordHash: string, password: string): Promise<void> {
    requirePerson(by);
    const attempt = { account: by.userId, origin: by.sessionId };
    await this.throttle.admit(attempt);
    if (!(await this.hasher.verify(passwordHash, normalisePassword(password)))) throw new WrongPassword();
    await this.throttle.succeeded(attempt);
  }
}
