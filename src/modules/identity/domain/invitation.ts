import type { UserId } from '../../../kernel/principal.ts';
import { emailKey, parseEmail } from './email.ts';
import type { RoleName } from './role.ts';

export interface NewInvitation {
  readonly email: string;
  readonly role: RoleName;
  readonly invitedBy: UserId;
}

/** Lets whoever reads the mail of an address open an account there, once, with this role. */
export class Invitation {
  readonly id: string;
  readonly email: string;
  /** The email as it must be unique. */
  readonly emailKey: string;
  readonly role: RoleName;
  readonly invitedBy: UserId;
  /** SHA-256 of the token that was mailed; null until one has been made. */
  tokenHash: string | null = null;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly version = 1;

  /** `lifetime` in seconds. @throws InvalidEmail */
  constructor(id: string, { email, role, invitedBy }: NewInvitation, lifetime: number, now: Date) {
    this.id = id;
    this.email = parseEmail(email);
    this.emailKey = emailKey(this.email);
    this.role = role;
    this.invitedBy = invitedBy;
    this.createdAt = now;
    this.expiresAt = new Date(now.getTime() + lifetime * 1000);
  }

  isGood(now: Date): boolean {
    return now < this.expiresAt;
  }
}
