/** Who is guessing, as far as can be seen. */
export interface Attempt {
  /** Whose secret it is: a user's id, or what was typed where there is no such user. */
  readonly account: string;
  /** Where it comes from: a network address, a device that is known, or a session. */
  readonly origin: string;
}

/**
 * Slows down guessing. What counts is an account and an origin together, so that no stranger can lock anybody out.
 */
export interface CredentialThrottle {
  /** Counts an attempt before it is looked at. @throws TooManyAttempts */
  admit(attempt: Attempt): Promise<void>;
  /** It was right: the account is free again from that origin. */
  succeeded(attempt: Attempt): Promise<void>;
}
