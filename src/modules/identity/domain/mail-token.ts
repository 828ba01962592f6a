import type { UserId } from '../../../kernel/principal.ts';
import { InvalidMailToken } from './password-errors.ts';

/** What a token that was mailed is good for. */
export type MailTokenPurpose = 'verify_email' | 'reset_password';

/** Seconds. */
const LIFETIMES: Readonly<Record<MailTokenPurpose, number>> = { verify_email: 86_400, reset_password: 3_600 };

/** A secret that was mailed to somebody, and proves that they read that mail. It works once. */
export class MailToken {
  /** SHA-256 of the token. */
  readonly id: string;
  readonly userId: UserId;
  readonly purpose: MailTokenPurpose;
  /** Where it was sent. It says nothing about any other address. */
  readonly email: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly version = 1;

  constructor(
    hash: string,
    to: { readonly userId: UserId; readonly email: string; readonly purpose: MailTokenPurpose },
    now: Date,
  ) {
    this.id = hash;
    this.userId = to.userId;
    this.purpose = to.purpose;
    this.email = to.email;
    this.createdAt = now;
    this.expiresAt = new Date(now.getTime() + LIFETIMES[to.purpose] * 1000);
  }

  /** @throws InvalidMailToken */
  requireGood(purpose: MailTokenPurpose, now: Date): void {
    if (this.purpose !== purpose || now >= this.expiresAt) throw new InvalidMailToken();
  }
}
