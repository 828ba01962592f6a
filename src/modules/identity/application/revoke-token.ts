import type { Clock } from '../../../kernel/clock.ts';
import { goodClaims } from './good-claims.ts';
import type { AccessTokens, IdentityWork, RefreshTokens } from './ports.ts';
import { endSession } from './revoke-access.ts';

/**
 * Ends the session of a token (RFC 7009).
 *
 * - An access token and every refresh token that the session ever had are good for it.
 * - A token that is none, has expired or belongs to an ended session changes nothing, and is no error.
 */
export class RevokeToken {
  private readonly work: IdentityWork;
  private readonly refreshTokens: RefreshTokens;
  private readonly accessTokens: AccessTokens;
  private readonly clock: Clock;

  constructor(work: IdentityWork, refreshTokens: RefreshTokens, accessTokens: AccessTokens, clock: Clock) {
    this.work = work;
    this.refreshTokens = refreshTokens;
    this.accessTokens = accessTokens;
    this.clock = clock;
  }

  async execute(token: string): Promise<void> {
    const refresh = this.refreshTokens.read(token);
    const sessionId = refresh ? undefined : (await goodClaims(this.accessTokens, token))?.sessionId;
    if (!refresh && sessionId === undefined) return;
    await this.work.run(
      async repositories => {
        const { sessions } = repositories;
        const session = await (refresh
          ? sessions.byFamilyHash(refresh.familyHash)
          : sessions.get(sessionId as string));
        const now = this.clock.now();
        if (session && now < session.expiresAt) await endSession(session, repositories, now);
      },
      { retry: true },
    );
  }
}
