import type { Scope, SessionId, UserId } from '../../../kernel/principal.ts';

export interface Issue {
  readonly userId: UserId;
  readonly sessionId: SessionId;
  readonly scopes: readonly Scope[];
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

/** An access token that says nothing by itself, so that what it is for is kept. It goes when its session goes. */
export class IssuedToken {
  /** SHA-256 of the token. */
  readonly id: string;
  readonly userId: UserId;
  readonly sessionId: SessionId;
  /** Parted by blanks. */
  readonly scope: string;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
  readonly version = 1;

  constructor(hash: string, { userId, sessionId, scopes, issuedAt, expiresAt }: Issue) {
    this.id = hash;
    this.userId = userId;
    this.sessionId = sessionId;
    this.scope = scopes.join(' ');
    this.issuedAt = issuedAt;
    this.expiresAt = expiresAt;
  }
}
