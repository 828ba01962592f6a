import type { Clock } from '../../../kernel/clock.ts';
import {
  type Principal,
  requireScope,
  type Scope,
  type SessionId,
  type UserId,
} from '../../../kernel/principal.ts';
import { scopesOf } from '../domain/role.ts';
import { scopesIn } from '../domain/scopes-in.ts';
import type { SessionLifetimes } from '../domain/session.ts';
import { goodClaims } from './good-claims.ts';
import { PERSONAL_TOKEN_PREFIX } from './personal-token.ts';
import type {
  AccessTokenReader,
  AccessTokens,
  IdentityWork,
  OneTimeTokens,
  RefreshToken,
  RefreshTokens,
  RoleReader,
  SessionReader,
  UserReader,
} from './ports.ts';

/** What a token that is good now stands for. */
export interface TokenInformation {
  readonly type: 'access' | 'refresh' | 'personal';
  readonly userId: UserId;
  /** The user name, else the email. */
  readonly username: string;
  /** Null where it is a personal access token. */
  readonly sessionId: SessionId | null;
  readonly scopes: readonly Scope[];
  readonly issuedAt: Date;
  /** Null: until it is deleted. */
  readonly expiresAt: Date | null;
  readonly issuer: string;
}

type Found = Omit<TokenInformation, 'username' | 'issuer'>;

/** Where the kinds of tokens are looked up. */
export interface KnownTokens {
  readonly refreshTokens: RefreshTokens;
  readonly accessTokens: AccessTokens;
  readonly sessions: SessionReader;
  readonly personalTokens: AccessTokenReader;
  readonly oneTimeTokens: OneTimeTokens;
}

/**
 * Says what a token is good for (RFC 7662).
 *
 * - Only for administrators of users, and the services that act for them.
 * - Good is what this server itself would let in now: a used refresh token, an ended session, a deleted personal access
 *   token and a deactivated account have no good token, and scopes that the role does not allow any more are left out.
 */
export class IntrospectToken {
  private readonly work: IdentityWork;
  private readonly users: UserReader;
  private readonly roles: RoleReader;
  private readonly known: KnownTokens;
  private readonly options: { readonly lifetimes: SessionLifetimes; readonly issuer: string };
  private readonly clock: Clock;

  constructor(
    work: IdentityWork,
    users: UserReader,
    roles: RoleReader,
    known: KnownTokens,
    options: { readonly lifetimes: SessionLifetimes; readonly issuer: string },
    clock: Clock,
  ) {
    this.work = work;
    this.users = users;
    this.roles = roles;
    this.known = known;
    this.options = options;
    this.clock = clock;
  }

  async execute(token: string, by: Principal): Promise<TokenInformation | undefined> {
    requireScope(by, 'users:admin');
    const found = await this.find(token);
    const user = found && (await this.users.find(found.userId));
    if (!found || !user?.isActive) return undefined;
    const role = await this.roles.find(user.role);
    const allowed = role ? scopesOf(role) : new Set();
    return {
      ...found,
      username: user.username ?? user.email,
      scopes: found.scopes.filter(scope => allowed.has(scope)),
      issuer: this.options.issuer,
    };
  }

  private find(token: string): Promise<Found | undefined> {
    if (token.startsWith(PERSONAL_TOKEN_PREFIX)) return this.personalToken(token);
    const refresh = this.known.refreshTokens.read(token);
    return refresh ? this.refreshToken(refresh) : this.accessToken(token);
  }

  private async refreshToken({ familyHash, hash }: RefreshToken): Promise<Found | undefined> {
    const session = await this.work.run(({ sessions }) => sessions.byFamilyHash(familyHash));
    if (session?.presentation(hash, this.options.lifetimes, this.clock.now()) !== 'present') return undefined;
    const { id: sessionId, userId, scopes, lastUsedAt: issuedAt, expiresAt } = session;
    return { type: 'refresh', userId, sessionId, scopes, issuedAt, expiresAt };
  }

  private async accessToken(token: string): Promise<Found | undefined> {
    const claims = await goodClaims(this.known.accessTokens, token);
    if (!claims) return undefined;
    const session = await this.known.sessions.access(claims.sessionId);
    if (session?.userId !== claims.userId || session.expiresAt <= this.clock.now()) return undefined;
    return { type: 'access', ...claims };
  }

  private async personalToken(token: string): Promise<Found | undefined> {
    const { personalTokens, oneTimeTokens } = this.known;
    const access = await personalTokens.accessOf(oneTimeTokens.hashOf(token));
    if (!access || (access.expiresAt !== null && access.expiresAt <= this.clock.now())) return undefined;
    const { userId, scope, createdAt: issuedAt, expiresAt } = access;
    return { type: 'personal', userId, sessionId: null, scopes: scopesIn(scope), issuedAt, expiresAt };
  }
}
