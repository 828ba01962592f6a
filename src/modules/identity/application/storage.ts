import type { EventLog } from '../../../kernel/events.ts';
import type { JobQueue } from '../../../kernel/jobs.ts';
import type { ListQuery, ListSpec, Page } from '../../../kernel/list.ts';
import type { SessionId, UserId } from '../../../kernel/principal.ts';
import type { UnitOfWork } from '../../../kernel/unit-of-work.ts';
import type { AccessToken } from '../domain/access-token.ts';
import type { MailToken, MailTokenPurpose } from '../domain/mail-token.ts';
import type { RoleName } from '../domain/role.ts';
import type { Session } from '../domain/session.ts';
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

export interface AccessTokenRepository {
  get(id: string): Promise<AccessToken | undefined>;
  of(userId: UserId): Promise<readonly AccessToken[]>;
  add(token: AccessToken): Promise<void>;
  remove(token: AccessToken): Promise<void>;
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
  readonly accessTokens: AccessTokenRepository;
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

/** A personal access token as its person sees it. */
export interface AccessTokenView {
  readonly id: string;
  readonly userId: UserId;
  readonly name: string;
  readonly scope: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
}

export const ACCESS_TOKEN_LIST = {
  filters: { owner: { field: 'userId', match: 'equals' } },
  sorts: { created_at: 'createdAt' },
  defaultSort: { key: 'created_at', descending: true },
} as const satisfies ListSpec<AccessTokenView>;

/** What a personal access token lets a program do at present. */
export interface AccessTokenAccess {
  readonly id: string;
  readonly userId: UserId;
  readonly role: RoleName;
  readonly isActive: boolean;
  readonly scope: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
}

export interface AccessTokenReader {
  accessOf(hash: string): Promise<AccessTokenAccess | undefined>;
  list(query: ListQuery): Promise<Page<AccessTokenView>>;
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
  readonly accessTokens: AccessTokenReader;
}
