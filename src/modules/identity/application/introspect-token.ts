import type { Clock } from '../../../kernel/clock.ts';
import {
  type Principal,
  requireScope,
  type Scope,
  type SessionId,
  type UserId,
} from '../../../kernel/principal.ts';
import { scopesOf } from '../domain/role.ts';
import type { SessionLifetimes } from '../domain/session.ts';
import { goodClaims } from './good-claims.ts';
import type {
  AccessTokens,
  IdentityWork,
  RefreshToken,
  RefreshTokens,
  SessionReader,
  UserReader,
} from './ports.ts';

/** What a token that is good now stands for. */
export interface TokenInformation {
  readonly type: 'access' | 'refresh';
  readonly userId: UserId;
  /** The user name, else the email. */
  readonly username: string;
  readonly sessionId: SessionId;
  readonly scopes: readonly Scope[];
  readonly signedInAt: Date;
  readonly expiresAt: Date;
  readonly issuer: string;
}

type Found = Pick<TokenInformation, 'type' | 'sessionId' | 'scopes' | 'expiresAt'>;

/**
 * Says what a token is good for (RFC 7662).
 *
 * - Only for administrators of users, and the services that act for them.
 * - Good is what this server itself would let in now: a used refresh token, an ended session and a deactivated account
 *   have no good token, and scopes that the role does not allow any more are left out.
 */
export class IntrospectToken {
  private readonly work: IdentityWork;
  private readonly sessions: SessionReader;
  private readonly users: UserReader;
  private readonly refreshTokens: RefreshTokens;
  private readonly accessTokens: AccessTokens;
  private readonly options: { readonly lifetimes: SessionLifetimes; readonly issuer: string };
  private readonly clock: Clock;

  constructor(
    work: IdentityWork,
    sessions: SessionReader,
    users: UserReader,
    refreshTokens: RefreshTokens,
    accessTokens: AccessTokens,
    options: { readonly lifetimes: SessionLifetimes; readonly issuer: string },
    clock: Clock,
  ) {
    this.work = work;
    this.sessions = sessions;
    this.users = users;
    this.refreshTokens = refreshTokens;
    this.accessTokens = accessTokens;
    this.options = options;
    this.clock = clock;
  }

  async execute(token: string, by: Principal): Promise<TokenInformation | undefined> {
    requireScope(by, 'users:admin');
    const refresh = this.refreshTokens.read(token);
    const found = await (refresh ? this.refreshToken(refresh) : this.accessToken(token));
    if (!found) return undefined;
    const access = await this.sessions.access(found.sessionId);
    if (!access?.isActive || access.expiresAt <= this.clock.now()) return undefined;
    const user = await this.users.find(access.userId);
    if (!user) return undefined;
    const allowed = scopesOf({ id: access.role, scope: access.roleScope });
    const { userId, signedInAt } = access;
    return {
      ...found,
      userId,
      signedInAt,
      username: user.username ?? user.email,
      scopes: found.scopes.filter(scope => allowed.has(scope)),
      issuer: this.options.issuer,
    };
  }

  private async refreshToken({ familyHash, hash }: RefreshToken): Promise<Found | undefined> {
    const session = await this.work.run(({ sessions }) => sessions.byFamilyHash(familyHash));
    if (session?.presentation(hash, this.options.lifetimes, this.clock.now()) !== 'present') return undefined;
    const { id: sessionId, scopes, expiresAt } = session;
    return { type: 'refresh', sessionId, scopes, expiresAt };
  }

  private async accessToken(token: string): Promise<Found | undefined> {
    const claims = await goodClaims(this.accessTokens, token);
    if (!claims) return undefined;
    const { sessionId, scopes, expiresAt } = claims;
    return { type: 'access', sessionId, scopes, expiresAt };
  }
}
