import type { Clock } from '../../../kernel/clock.ts';
import type { Verified } from '../../../kernel/principal.ts';
import type { AccessTokenReader, OneTimeTokens } from '../application/ports.ts';
import type { RevokeToken } from '../application/revoke-token.ts';
import { InactiveUser } from '../domain/account-errors.ts';
import { allowedScopes } from '../domain/role.ts';
import { InvalidToken } from '../domain/session-errors.ts';

/** Programs that act for somebody by a token that they made for them. */
export class PersonalTokens {
  private readonly tokens: AccessTokenReader;
  private readonly oneTimeTokens: OneTimeTokens;
  private readonly revocation: RevokeToken;
  private readonly clock: Clock;

  constructor(
    tokens: AccessTokenReader,
    oneTimeTokens: OneTimeTokens,
    revocation: RevokeToken,
    clock: Clock,
  ) {
    this.tokens = tokens;
    this.oneTimeTokens = oneTimeTokens;
    this.revocation = revocation;
    this.clock = clock;
  }

  /** @throws InvalidToken, InactiveUser */
  async verify(token: string): Promise<Verified> {
    const access = await this.tokens.accessOf(this.oneTimeTokens.hashOf(token));
    const expiresAt = access?.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY;
    if (!access || expiresAt <= this.clock.now().getTime()) throw new InvalidToken();
    if (!access.isActive) throw new InactiveUser();
    const { id, userId, role, roleScope, scope, createdAt } = access;
    const principal = {
      userId,
      sessionId: id,
      roles: [role],
      scopes: allowedScopes(scope.split(' '), { id: role, scope: roleScope }),
      isPerson: false,
      signedInAt: createdAt,
    };
    return { principal, expiresAt };
  }
  revoke(token: string): Promise<void> {
    return this.revocation.execute(token);
  }
}
