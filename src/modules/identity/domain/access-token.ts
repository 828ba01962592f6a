import type { Scope, UserId } from '../../../kernel/principal.ts';
import { boundedText } from '../../../kernel/text.ts';
import { ExpiryInThePast } from './access-token-errors.ts';

const NAME = { min: 1, max: 100 };

export interface NewAccessToken {
  readonly userId: UserId;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expiresAt: Date | null;
}

/** A personal access token: what a person gives to a program that acts for them. It is shown once, and kept as a hash. */
export class AccessToken {
  readonly id: string;
  readonly userId: UserId;
  readonly name: string;
  /** SHA-256. */
  readonly hash: string;
  /** Parted by blanks. */
  readonly scope: string;
  readonly createdAt: Date;
  /** Null: until it is deleted. */
  readonly expiresAt: Date | null;
  readonly version = 1;

  constructor(id: string, token: NewAccessToken, hash: string, now: Date) {
    if (token.expiresAt && token.expiresAt <= now) throw new ExpiryInThePast();
    this.id = id;
    this.userId = token.userId;
    this.name = boundedText('name', token.name, NAME);
    this.hash = hash;
    this.scope = token.scopes.join(' ');
    this.createdAt = now;
    this.expiresAt = token.expiresAt;
  }
}
