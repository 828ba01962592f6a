import type { Clock } from '../../../kernel/clock.ts';
import type { Scope } from '../../../kernel/principal.ts';
import type { AuditRecord } from '../domain/audit-entry.ts';
import { grantedScopes, type Role, scopesOf } from '../domain/role.ts';
import type { Session, SessionLifetimes } from '../domain/session.ts';
import { InvalidGrant, InvalidScope } from '../domain/session-errors.ts';
import type {
  AccessTokens,
  GrantRequest,
  IdentityRepositories,
  IdentityWork,
  RefreshToken,
  RefreshTokens,
  SessionReader,
  TokenSet,
} from './ports.ts';
import { endSession } from './revoke-access.ts';

type RefreshGrant = Extract<GrantRequest, { type: 'refresh_token' }>;

interface Exchanged {
  readonly session: Session;
  /** Undefined where the presented token was a used one, and the session has been ended for it. */
  readonly refreshToken: string | undefined;
}

/**
 * Exchanges a refresh token for a new access token and its successor (RFC 6749, section 6; RFC 9700, section 4.14.2).
 *
 * - A refresh token works once. Presented again by somebody else's tab within the grace time, the one before the present
 *   one gets the same successor again, as long as that has not been used itself.
 * - Any other used token means that somebody has a copy: the session ends, and other sessions of the person go on.
 * - The access token can be narrowed to some of the session's scopes, and never has more than the role allows now.
 */
export class RefreshSession {
  private readonly work: IdentityWork;
  private readonly sessions: SessionReader;
  private readonly refreshTokens: RefreshTokens;
  private readonly accessTokens: AccessTokens;
  private readonly lifetimes: SessionLifetimes;
  private readonly clock: Clock;

  constructor(
    work: IdentityWork,
    sessions: SessionReader,
    refreshTokens: RefreshTokens,
    accessTokens: AccessTokens,
    lifetimes: SessionLifetimes,
    clock: Clock,
  ) {
    this.work = work;
    this.sessions = sessions;
    this.refreshTokens = refreshTokens;
    this.accessTokens = accessTokens;
    this.lifetimes = lifetimes;
    this.clock = clock;
  }

  async execute({ refreshToken, scopes: requested }: RefreshGrant): Promise<TokenSet> {
    const presented = this.refreshTokens.read(refreshToken);
    if (!presented) throw new InvalidGrant('The refresh token is unknown.');
    const { session, refreshToken: successor } = await this.work.run(
      repositories => this.exchange(presented, requested, repositories),
      { retry: true },
    );
    if (successor === undefined)
      throw new InvalidGrant(
        'The refresh token was used already, so its session has been ended. Sign in again.',
      );
    const access = await this.sessions.access(session.id);
    if (!access?.isActive) throw new InvalidGrant('The refresh token is unknown.');
    const role = { id: access.role, scope: access.roleScope };
    const scopes = scopesFor(session, role, requested);
    if (scopes.length === 0) throw new InvalidScope();
    const { token, expiresIn } = await this.accessTokens.issue({
      userId: access.userId,
      sessionId: session.id,
      scopes,
    });
    return { accessToken: token, refreshToken: successor, expiresIn, scopes };
  }

  private async exchange(
    presented: RefreshToken,
    requested: readonly string[],
    repositories: IdentityRepositories,
  ): Promise<Exchanged> {
    const now = this.clock.now();
    const session = await repositories.sessions.byFamilyHash(presented.familyHash);
    switch (session?.presentation(presented.hash, this.lifetimes, now)) {
      case 'present':
        if (requested.length > 0) await this.requireScopes(session, requested, repositories);
        return { session, refreshToken: this.rotate(session, presented, now) };
      case 'repeated':
        return {
          session,
          refreshToken: this.refreshTokens.open(session.sealedSuccessor as string, presented.token),
        };
      case 'reused':
        await endSession(session, repositories, now);
        await repositories.audit.add(reuseOf(session), now);
        return { session, refreshToken: undefined };
      default:
        throw new InvalidGrant('The refresh token is unknown, or its session has ended. Sign in again.');
    }
  }

  /** Before the token is used up, so that the client can ask for less with it. */
  private async requireScopes(
    session: Session,
    requested: readonly string[],
    { users, roles }: IdentityRepositories,
  ): Promise<void> {
    const user = await users.get(session.userId);
    const role = user && (await roles.get(user.role));
    if (!role || scopesFor(session, role, requested).length === 0) throw new InvalidScope();
  }

  private rotate(session: Session, { token }: RefreshToken, now: Date): string {
    const successor = this.refreshTokens.successorOf(token);
    const sealed = this.refreshTokens.seal(successor.token, token);
    session.rotate({ hash: successor.hash, sealed }, this.lifetimes, now);
    return successor.token;
  }
}

function scopesFor(
  session: Session,
  role: Pick<Role, 'id' | 'scope'>,
  requested: readonly string[],
): readonly Scope[] {
  const allowed = new Set(grantedScopes(scopesOf(role), requested));
  return session.scopes.filter(scope => allowed.has(scope));
}

/** Who presented it is not known: that is the point. */
function reuseOf({ userId, deviceName }: Session): AuditRecord {
  const details = { device: deviceName };
  return {
    action: 'refresh_token.reused',
    outcome: 'failure',
    actorId: null,
    subjectId: userId,
    address: null,
    details,
  };
}
