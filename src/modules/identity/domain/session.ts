import type { Scope, SessionId, UserId } from '../../../kernel/principal.ts';
import { boundedText } from '../../../kernel/text.ts';

/** Seconds. */
export interface SessionLifetimes {
  /** A session that is not used for so long ends. */
  readonly idle: number;
  /** Every session ends after this. */
  readonly absolute: number;
  /** How long after its first use a refresh token gets the same successor again. */
  readonly grace: number;
}

export interface Device {
  readonly name: string | null;
  /** The network address that signed in. */
  readonly address: string | null;
}

const DEVICE_NAME = { min: 1, max: 100 };

/** Where a new session starts. */
export interface Beginning {
  readonly userId: UserId;
  readonly scopes: readonly Scope[];
  readonly device: Device;
  /** Of a client that may keep no cookies. */
  readonly network?: string | undefined;
  readonly familyHash: string;
  readonly refreshTokenHash: string;
}

/** A refresh token's successor: by its hash, and encrypted so that only who holds the predecessor can read it. */
export interface Successor {
  readonly hash: string;
  readonly sealed: string;
}

/**
 * What it means that a refresh token of this session is presented: it is the present one; it is the one before, so
 * recently used that another tab may be asking; it was used before that, so somebody has a copy; or it is too late.
 */
export type Presentation = 'present' | 'repeated' | 'reused' | 'ended';

/**
 * One sign-in on one device, and the family of its refresh tokens: of all that ever were, one is good at a time
 * (RFC 9700, section 4.14.2).
 */
export class Session {
  readonly id: SessionId;
  readonly userId: UserId;
  readonly scopes: readonly Scope[];
  /** Of the part that all refresh tokens of the session share. Who presents it has, or had, one of them. */
  readonly familyHash: string;
  /** Empty, which no hash is, once the session was ended. */
  refreshTokenHash: string;
  /** The token before the present one. */
  usedTokenHash: string | null = null;
  /** The present token, encrypted under a key that is derived from the one before. */
  sealedSuccessor: string | null = null;
  readonly deviceName: string | null;
  readonly address: string | null;
  /** By which, with its name, a client that may keep no cookies is known again; null for a browser. */
  readonly network: string | null;
  /** Whether its person is told of it by mail. */
  isAnnounced = false;
  readonly createdAt: Date;
  /** When the session began, or its refresh token was last exchanged. */
  lastUsedAt: Date;
  /** A session that was ended expired then. */
  expiresAt: Date;
  readonly version = 1;

  constructor(id: SessionId, beginning: Beginning, lifetimes: SessionLifetimes, now: Date) {
    const { userId, scopes, device, network = null, familyHash, refreshTokenHash } = beginning;
    this.id = id;
    this.userId = userId;
    this.scopes = scopes;
    this.familyHash = familyHash;
    this.refreshTokenHash = refreshTokenHash;
    this.deviceName = device.name === null ? null : boundedText('device_name', device.name, DEVICE_NAME);
    this.address = device.address;
    this.network = network;
    this.createdAt = now;
    this.lastUsedAt = now;
    this.expiresAt = this.endAfter(lifetimes, now);
  }

  presentation(tokenHash: string, { grace }: SessionLifetimes, now: Date): Presentation {
    if (now >= this.expiresAt || this.refreshTokenHash === '') return 'ended';
    if (tokenHash === this.refreshTokenHash) return 'present';
    if (grace === 0 || tokenHash !== this.usedTokenHash) return 'reused';
    return now.getTime() - this.lastUsedAt.getTime() <= grace * 1000 ? 'repeated' : 'reused';
  }

  /** Exchanges the present refresh token for its successor. */
  rotate(successor: Successor, lifetimes: SessionLifetimes, now: Date): void {
    this.usedTokenHash = this.refreshTokenHash;
    this.refreshTokenHash = successor.hash;
    this.sealedSuccessor = successor.sealed;
    this.lastUsedAt = now;
    this.expiresAt = this.endAfter(lifetimes, now);
  }

  /** It is used, and lasts as long again. */
  prolong(lifetimes: SessionLifetimes, now: Date): void {
    this.lastUsedAt = now;
    this.expiresAt = this.endAfter(lifetimes, now);
  }

  /**
   * Ends the session, if that has not happened yet. Its refresh tokens are good for nothing from then on, also where the
   * clock of another process is behind.
   */
  end(now: Date): void {
    if (now < this.expiresAt) this.expiresAt = now;
    this.refreshTokenHash = '';
    this.usedTokenHash = null;
    this.sealedSuccessor = null;
  }

  private endAfter({ idle, absolute }: SessionLifetimes, now: Date): Date {
    return new Date(Math.min(now.getTime() + idle * 1000, this.createdAt.getTime() + absolute * 1000));
  }
}
