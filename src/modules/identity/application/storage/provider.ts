import type { SessionId, UserId } from '../../../../kernel/principal.ts';
import type { ProviderAccount } from '../../domain/provider-account.ts';
import type { ProviderLogout } from '../../domain/provider-logout.ts';
import type { ProviderSession } from '../../domain/provider-session.ts';

export interface ProviderAccountRepository {
  get(id: string): Promise<ProviderAccount | undefined>;
  add(account: ProviderAccount): Promise<void>;
  of(userId: UserId): Promise<readonly ProviderAccount[]>;
  remove(account: ProviderAccount): Promise<void>;
}

/** An account of the provider's, and what its person may do here. */
export interface ProviderAccountView {
  readonly id: string;
  readonly userId: UserId;
  readonly seen: string;
  readonly isActive: boolean;
}

export interface ProviderAccountReader {
  find(id: string): Promise<ProviderAccountView | undefined>;
}

export interface ProviderSessionRepository {
  get(id: SessionId): Promise<ProviderSession | undefined>;
  /** Those of one session of the provider's. */
  ofProvider(providerId: string): Promise<readonly ProviderSession[]>;
  add(session: ProviderSession): Promise<void>;
  /** Removes at most so many whose sessions had ended by then, and returns how many. */
  removeSomeEnded(now: Date, limit: number): Promise<number>;
}

/** A browser's session by the hash of what the browser has of it. */
export interface ProviderSessionView {
  readonly id: SessionId;
  readonly userId: UserId;
  readonly familyHash: string;
  readonly sealedTokens: string;
  readonly accessExpiresAt: Date;
  readonly expiresAt: Date;
  /** Whether its person is. */
  readonly isActive: boolean;
}

export interface ProviderSessionReader {
  byFamilyHash(hash: string): Promise<ProviderSessionView | undefined>;
}

export interface ProviderLogoutRepository {
  get(id: string): Promise<ProviderLogout | undefined>;
  add(logout: ProviderLogout): Promise<void>;
  /** Removes at most so many from before, and returns how many. */
  removeSomeBefore(time: Date, limit: number): Promise<number>;
}

/** A token, by what a log-out can name. */
export interface TokenOrigin {
  readonly providerSessionId: string | null;
  readonly subject: string;
  readonly issuedAt: Date;
}

export interface ProviderLogoutReader {
  /** Whether its session has ended, or all of its person's have since it was issued. */
  hasEnded(token: TokenOrigin): Promise<boolean>;
}
