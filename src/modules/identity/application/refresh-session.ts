import type { Clock } from '../../../kernel/clock.ts';
import { VersionMismatch } from '../../../kernel/errors.ts';
import { InvalidGrant, InvalidScope } from '../domain/errors.ts';
import { grantedScopes } from '../domain/role.ts';
import type { SessionLifetimes } from '../domain/session.ts';
import type { AccessTokens, GrantRequest, IdentityWork, OpaqueTokens, TokenSet } from './ports.ts';

type RefreshGrant = Extract<GrantRequest, { type: 'refresh_token' }>;

/**
 * Exchanges a refresh token for a new access token and its successor (RFC 6749, section 6).
 *
 * - A refresh token works once; of several uses at the same time one wins.
 * - The access token can be narrowed to some of the session's scopes, and never has more than the role allows now.
 */
export class RefreshSession {
  private readonly work: IdentityWork;
  private readonly opaqueTokens: OpaqueTokens;
  private readonly accessTokens: AccessTokens;
  private readonly lifetimes: SessionLifetimes;
  private readonly clock: Clock;

  constructor(
    work: IdentityWork,
    opaqueTokens: OpaqueTokens,
    accessTokens: AccessTokens,
    lifetimes: SessionLifetimes,
    clock: Clock,
  ) {
    this.work = work;
    this.opaqueTokens = opaqueTokens;
    this.accessTokens = accessTokens;
    this.lifetimes = lifetimes;
    this.clock = clock;
  }

  async execute(grant: RefreshGrant): Promise<TokenSet> {
    const successor = this.opaqueTokens.create();
    const { userId, sessionId, scopes } = await this.rotate(grant, successor.hash);
    const access = await this.accessTokens.issue({ userId, sessionId, scopes });
    return { accessToken: access.token, refreshToken: successor.token, expiresIn: access.expiresIn, scopes };
  }

  private async rotate({ refreshToken, scopes: requested }: RefreshGrant, successorHash: string) {
    try {
      return await this.work.run(async ({ users, sessions }) => {
        const session = await sessions.byRefreshTokenHash(this.opaqueTokens.hashOf(refreshToken));
        const user = session && (await users.get(session.userId));
        if (!session || !user?.isActive)
          throw new InvalidGrant('The refresh token is unknown or was used already.');
        const allowed = new Set(grantedScopes(user.role, requested));
        const scopes = session.scopes.filter(scope => allowed.has(scope));
        if (scopes.length === 0) throw new InvalidScope();
        session.rotate(successorHash, this.lifetimes, this.clock.now());
        return { userId: user.id, sessionId: session.id, scopes };
      });
    } catch (error) {
      if (error instanceof VersionMismatch) throw new InvalidGrant('The refresh token was used already.');
      throw error;
    }
  }
}
