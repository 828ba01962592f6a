import type { Clock } from '../../../kernel/clock.ts';
import { goodClaims } from './good-claims.ts';
import { PERSONAL_TOKEN_PREFIX } from './personal-token.ts';
import type { AccessTokenReader, AccessTokens, IdentityWork, OneTimeTokens, RefreshTokens } from './ports.ts';
import { endSession, revokeAccess } from './revoke-access.ts';

/** How the kinds of tokens are told apart, and looked up. */
export interface RevocableTokens {
  readonly refreshTokens: RefreshTokens;
  readonly accessTokens: AccessTokens;
  readonly personalTokens: AccessTokenReader;
  readonly oneTimeTokens: OneTimeTokens;
}

/**
 * Ends the session of a token (RFC 7009), or deletes it where it is a personal access token.
 *
 * - An access token and every refresh token that the session ever had are good for it.
 * - Whoever has a token may revoke it: that is how a program, or who finds a lost one, gives it back.
 * - A token that is none, has expired or belongs to an ended session changes nothing, and is no error.
 */
export class RevokeToken {
  private readonly work: IdentityWork;
  private readonly tokens: RevocableTokens;
  private readonly clock: Clock;

  constructor(work: IdentityWork, tokens: RevocableTokens, clock: Clock) {
    this.work = work;
    this.tokens = tokens;
    this.clock = clock;
  }

  execute(token: string): Promise<void> {
    return token.startsWith(PERSONAL_TOKEN_PREFIX) ? this.deletePersonal(token) : this.endSessionOf(token);
  }

  private async deletePersonal(token: string): Promise<void> {
    const { personalTokens, oneTimeTokens } = this.tokens;
    const known = await personalTokens.accessOf(oneTimeTokens.hashOf(token));
    if (!known) return;
    await this.work.run(
      async repositories => {
        const personal = await repositories.accessTokens.get(known.id);
        if (!personal) return;
        await repositories.accessTokens.remove(personal);
        const now = this.clock.now();
        const { userId, name } = personal;
        await revokeAccess({ userId, sessionId: personal.id }, repositories, now);
        const revoked = { action: 'access_token.deleted', outcome: 'success', actorId: null } as const;
        await repositories.audit.add(
          { ...revoked, subjectId: userId, address: null, details: { name } },
          now,
        );
      },
      { retry: true },
    );
  }

  private async endSessionOf(token: string): Promise<void> {
    const { refreshTokens, accessTokens } = this.tokens;
    const refresh = refreshTokens.read(token);
    const sessionId = refresh ? undefined : (await goodClaims(accessTokens, token))?.sessionId;
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
