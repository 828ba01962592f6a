import type { Scope, SessionId, UserId } from '../../../kernel/principal.ts';
import { boundedText } from '../../../kernel/text.ts';
import { InvalidGrant } from './errors.ts';

/** Seconds. A session that is not used for `idle` ends, and every session ends after `absolute`. */
export interface SessionLifetimes {
  readonly idle: number;
  readonly absolute: number;
}

export interface Device {
  readonly name: string | null;
  /** The network address that signed in. */
  readonly address: string | null;
}

const DEVICE_NAME = { min: 1, max: 100 };

/** One sign-in on one device, and the one refresh token that is good for it at a time. */
export class Session {
  readonly id: SessionId;
  readonly userId: UserId;
  readonly scopes: readonly Scope[];
  refreshTokenHash: string;
  readonly deviceName: string | null;
  readonly address: string | null;
  readonly createdAt: Date;
  lastUsedAt: Date;
  expiresAt: Date;
  readonly version = 1;

  constructor(
    id: SessionId,
    by: { readonly userId: UserId; readonly scopes: readonly Scope[]; readonly device: Device },
    refreshTokenHash: string,
    lifetimes: SessionLifetimes,
    now: Date,
  ) {
    this.id = id;
    this.userId = by.userId;
    this.scopes = by.scopes;
    this.refreshTokenHash = refreshTokenHash;
    this.deviceName =
      by.device.name === null ? null : boundedText('device_name', by.device.name, DEVICE_NAME);
    this.address = by.device.address;
    this.createdAt = now;
    this.lastUsedAt = now;
    this.expiresAt = this.endAfter(lifetimes, now);
  }

  /**
   * Exchanges the refresh token for its successor (RFC 9700, section 4.14.2): the old one is good for nothing
   * from then on.
   * @throws InvalidGrant when the session has ended
   */
  rotate(successorHash: string, lifetimes: SessionLifetimes, now: Date): void {
    if (now >= this.expiresAt) throw new InvalidGrant('The refresh token has expired. Sign in again.');
    this.refreshTokenHash = successorHash;
    this.lastUsedAt = now;
    this.expiresAt = this.endAfter(lifetimes, now);
  }

  private endAfter({ idle, absolute }: SessionLifetimes, now: Date): Date {
    return new Date(Math.min(now.getTime() + idle * 1000, this.createdAt.getTime() + absolute * 1000));
  }
}
