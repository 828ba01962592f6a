import type { EventLog } from '../../../kernel/events.ts';
import type { JobQueue } from '../../../kernel/jobs.ts';
import type { ListQuery, ListSpec, Page } from '../../../kernel/list.ts';
import type { Principal, Scope, SessionId, UserId } from '../../../kernel/principal.ts';
import type { UnitOfWork } from '../../../kernel/unit-of-work.ts';
import type { MailToken, MailTokenPurpose } from '../domain/mail-token.ts';
import type { RoleName } from '../domain/role.ts';
import type { Device, Session } from '../domain/session.ts';
import type { Setup } from '../domain/setup.ts';
import type { SigningKey } from '../domain/signing-key.ts';
import type { User } from '../domain/user.ts';

export interface UserRepository {
  get(id: UserId): Promise<User | undefined>;
  /** The same, and until this work ends nobody else who locks the user goes on. */
  lock(id: UserId): Promise<User | undefined>;
  byEmailKey(key: string): Promise<User | undefined>;
  byUsername(username: string): Promise<User | undefined>;
  hasAdministrator(): Promise<boolean>;
  /** All administrators, locked as by `lock`. */
  lockAdministrators(): Promise<readonly User[]>;
  add(user: User): Promise<void>;
}

export interface SessionRepository {
  get(id: SessionId): Promise<Session | undefined>;
  byFamilyHash(hash: string): Promise<Session | undefined>;
  /** All of a person's that have not ended. */
  liveOf(userId: UserId, now: Date): Promise<readonly Session[]>;
  add(session: Session): Promise<void>;
}

/** What is not to be let do any more: what one session was, or (null) all that the person was. */
export interface Revocation {
  readonly userId: UserId;
  readonly sessionId: SessionId | null;
}

/** A row for each revocation, so that no process can miss one. */
export interface RevocationLog {
  add(revocation: Revocation, now: Date): Promise<void>;
}

export interface MailTokenRepository {
  get(hash: string): Promise<MailToken | undefined>;
  of(userId: UserId, purpose: MailTokenPurpose): Promise<readonly MailToken[]>;
  add(token: MailToken): Promise<void>;
  remove(token: MailToken): Promise<void>;
}

export interface SetupRepository {
  add(setup: Setup): Promise<void>;
}

export interface SigningKeyRepository {
  /** Newest first. */
  all(): Promise<readonly SigningKey[]>;
  add(key: SigningKey): Promise<void>;
  remove(key: SigningKey): Promise<void>;
}

export interface IdentityRepositories {
  readonly users: UserRepository;
  readonly sessions: SessionRepository;
  readonly setups: SetupRepository;
  readonly signingKeys: SigningKeyRepository;
  readonly mailTokens: MailTokenRepository;
  readonly revocations: RevocationLog;
  readonly events: EventLog;
  readonly jobs: JobQueue;
}

export type IdentityWork = UnitOfWork<IdentityRepositories>;

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

export const USER_LIST = {
  filters: {
    role: { field: 'role', match: 'equals' },
    is_active: { field: 'isActive', match: 'equals' },
  },
  sorts: { created_at: 'createdAt', updated_at: 'updatedAt' },
  defaultSort: { key: 'created_at', descending: true },
} as const satisfies ListSpec<UserView>;

export interface UserReader {
  find(id: UserId): Promise<UserView | undefined>;
  list(query: ListQuery): Promise<Page<UserView>>;
}

/** What a session lets its person do at present. */
export interface SessionAccess {
  readonly sessionId: SessionId;
  readonly userId: UserId;
  readonly role: RoleName;
  readonly isActive: boolean;
  readonly signedInAt: Date;
  readonly expiresAt: Date;
}

/** A session as its person sees it. */
export interface SessionView {
  readonly id: SessionId;
  readonly userId: UserId;
  readonly deviceName: string | null;
  readonly address: string | null;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
  readonly expiresAt: Date;
}

export const SESSION_LIST = {
  filters: {
    owner: { field: 'userId', match: 'equals' },
    live_at: { field: 'expiresAt', match: 'from' },
  },
  sorts: { created_at: 'createdAt', last_used_at: 'lastUsedAt' },
  defaultSort: { key: 'created_at', descending: true },
} as const satisfies ListSpec<SessionView>;

export interface SessionReader {
  access(id: SessionId): Promise<SessionAccess | undefined>;
  list(query: ListQuery): Promise<Page<SessionView>>;
}

export interface LoggedRevocation extends Revocation {
  /** Greater than that of all that were committed before. */
  readonly sequence: number;
}

export interface RevocationReader {
  /** The greatest sequence number, or 0. */
  latest(): Promise<number>;
  /** In order, a bounded number of them. */
  after(sequence: number): Promise<readonly LoggedRevocation[]>;
}

/** What each storage gives to this context. */
export interface IdentityStorage {
  readonly work: IdentityWork;
  readonly users: UserReader;
  readonly sessions: SessionReader;
  readonly revocations: RevocationReader;
}

export interface PasswordHasher {
  /**
   * A PHC string that says its own parameters.
   * @throws ServerBusy, as `verify` does, where too many wait for theirs
   */
  hash(password: string): Promise<string>;
  /** Takes as long for an unknown user (`undefined`) as for a known one, so that time does not tell them apart. */
  verify(hash: string | undefined, password: string): Promise<boolean>;
  /** Whether it was made with other parameters than hashes are made with now. */
  isOutdated(hash: string): boolean;
}

export interface RefreshToken {
  readonly token: string;
  /** SHA-256 of the part that all tokens of the session share. */
  readonly familyHash: string;
  /** SHA-256 of the whole. */
  readonly hash: string;
}

/** Random strings, each of a family: 256 bits that the family shares, and 256 of its own. */
export interface RefreshTokens {
  first(): RefreshToken;
  successorOf(predecessor: string): RefreshToken;
  /** What is known of a presented token, or undefined where it is none. */
  read(token: string): RefreshToken | undefined;
  /** Encrypts a token under a key that is derived from its predecessor. */
  seal(token: string, predecessor: string): string;
  open(sealed: string, predecessor: string): string;
}

/** Secrets that are sent by mail, and how they are kept. */
export interface OneTimeTokens {
  create(): { readonly token: string; readonly hash: string };
  hashOf(token: string): string;
}

export type Recipient = Pick<UserView, 'email' | 'username' | 'fullName'>;

/** Sends the mails about accounts. @throws where a mail could not be sent */
export interface AccountMailer {
  verification(to: Recipient, token: string): Promise<void>;
  passwordReset(to: Recipient, token: string): Promise<void>;
  passwordChanged(to: Recipient, at: Date): Promise<void>;
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

/** A key that verifies access tokens, as PASERK (`k4.public`). */
export interface PublishedKey {
  readonly id: string;
  readonly publicKey: string;
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
  /** Ends the session of an access or refresh token; does nothing where it is neither. */
  revoke(token: string): Promise<void>;
}
