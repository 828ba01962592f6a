import type { Principal, Scope, SessionId, UserId } from '../../../kernel/principal.ts';
import type { UnitOfWork } from '../../../kernel/unit-of-work.ts';
import type { RoleName } from '../domain/role.ts';
import type { Device, Session } from '../domain/session.ts';
import type { Setup } from '../domain/setup.ts';
import type { SigningKey } from '../domain/signing-key.ts';
import type { User } from '../domain/user.ts';

export interface UserRepository {
  get(id: UserId): Promise<User | undefined>;
  byEmailKey(key: string): Promise<User | undefined>;
  byUsername(username: string): Promise<User | undefined>;
  hasAdministrator(): Promise<boolean>;
  add(user: User): Promise<void>;
}

export interface SessionRepository {
  byRefreshTokenHash(hash: string): Promise<Session | undefined>;
  add(session: Session): Promise<void>;
}

export interface SetupRepository {
  add(setup: Setup): Promise<void>;
}

export interface SigningKeyRepository {
  /** Newest first. */
  all(): Promise<readonly SigningKey[]>;
  add(key: SigningKey): Promise<void>;
}

export type IdentityWork = UnitOfWork<{
  readonly users: UserRepository;
  readonly sessions: SessionRepository;
  readonly setups: SetupRepository;
  readonly signingKeys: SigningKeyRepository;
}>;

/** A user as they and administrators see them. */
export interface UserView {
  readonly id: UserId;
  readonly email: string;
  readonly username: string | null;
  readonly fullName: string | null;
  readonly role: RoleName;
  readonly isActive: boolean;
  readonly isVerified: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly version: number;
}

export interface UserReader {
  find(id: UserId): Promise<UserView | undefined>;
}

/** What each storage gives to this context. */
export interface IdentityStorage {
  readonly work: IdentityWork;
  readonly users: UserReader;
}

export interface PasswordHasher {
  /** A PHC string that says its own parameters. */
  hash(password: string): Promise<string>;
  /** Takes as long for an unknown user (`undefined`) as for a known one, so that time does not tell them apart. */
  verify(hash: string | undefined, password: string): Promise<boolean>;
}

/** Random strings that mean nothing in themselves: refresh tokens, and how they are kept. */
export interface OpaqueTokens {
  /** 256 random bits. */
  create(): { readonly token: string; readonly hash: string };
  hashOf(token: string): string;
}

/** What an access token says. */
export interface AccessClaims {
  readonly userId: UserId;
  readonly sessionId: SessionId;
  readonly scopes: readonly Scope[];
}

export interface AccessTokens {
  /** `expiresIn` in seconds. */
  issue(claims: AccessClaims): Promise<{ readonly token: string; readonly expiresIn: number }>;
  /** @throws InvalidToken */
  verify(token: string): Promise<AccessClaims & { readonly expiresAt: Date }>;
}

export type GrantRequest =
  | {
      readonly type: 'password';
      readonly login: string;
      readonly password: string;
      readonly scopes: readonly string[];
      readonly device: Device;
    }
  | { readonly type: 'refresh_token'; readonly refreshToken: string; readonly scopes: readonly string[] };

/** RFC 6749, section 5.1. */
export interface TokenSet {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresIn: number;
  readonly scopes: readonly Scope[];
}

/** Where people come from: this server's own accounts, or another server that keeps them. */
export interface IdentityProvider {
  /** @throws InvalidToken, InactiveUser */
  verify(accessToken: string): Promise<Principal>;
  /** @throws InvalidGrant, InvalidScope */
  grant(request: GrantRequest): Promise<TokenSet>;
}
