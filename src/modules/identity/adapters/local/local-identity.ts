import type { Clock } from '../../../../kernel/clock.ts';
import type { Verified } from '../../../../kernel/principal.ts';
import { PERSONAL_TOKEN_PREFIX } from '../../application/personal-token.ts';
import type {
  AccessTokens,
  GrantRequest,
  IdentityProvider,
  SessionReader,
  TokenSet,
} from '../../application/ports.ts';
import type { RefreshSession } from '../../application/refresh-session.ts';
import type { RevokeToken } from '../../application/revoke-token.ts';
import type { SignIn } from '../../application/sign-in.ts';
import { InactiveUser } from '../../domain/account-errors.ts';
import { allowedScopes } from '../../domain/role.ts';
import { InvalidToken } from '../../domain/session-errors.ts';
import type { PersonalTokens } from '../personal-tokens.ts';
import type { VerifiedTokens } from '../verified-tokens.ts';

interface LocalUseCases {
  readonly signIn: SignIn;
  readonly refreshSession: RefreshSession;
  readonly revokeToken: RevokeToken;
}

interface TokenSources {
  readonly accessTokens: AccessTokens;
  readonly sessions: SessionReader;
  readonly personalTokens: PersonalTokens;
}

/** This server's own accounts. */
export class LocalIdentity implements IdentityProvider {
  private readonly accessTokens: AccessTokens;
  private readonly sessions: SessionReader;
  private readonly personalTokens: PersonalTokens;
  private readonly verified: VerifiedTokens;
  private readonly useCases: LocalUseCases;
  private readonly clock: Clock;

  constructor(tokens: TokenSources, verified: VerifiedTokens, useCases: LocalUseCases, clock: Clock) {
    this.accessTokens = tokens.accessTokens;
    this.sessions = tokens.sessions;
    this.personalTokens = tokens.personalTokens;
    this.verified = verified;
    this.useCases = useCases;
    this.clock = clock;
  }

  async verify(accessToken: string): Promise<Verified> {
    const known = this.verified.get(accessToken, this.clock.now());
    if (known) return known;
    const mark = this.verified.mark();
    const verified = accessToken.startsWith(PERSONAL_TOKEN_PREFIX)
      ? await this.personalTokens.verify(accessToken)
      : await this.verifySession(accessToken);
    this.verified.remember(accessToken, verified, mark);
    return verified;
  }

  private async verifySession(accessToken: string): Promise<Verified> {
    const { userId, sessionId, scopes, expiresAt } = await this.accessTokens.verify(accessToken);
    const access = await this.sessions.access(sessionId);
    if (access?.userId !== userId) throw new InvalidToken();
    if (!access.isActive) throw new InactiveUser();
    if (access.expiresAt <= this.clock.now()) throw new InvalidToken();
    const { role, roleScope, signedInAt } = access;
    const principal = {
      userId,
      sessionId,
      roles: [role],
      scopes: allowedScopes(scopes, { id: role, scope: roleScope }),
      isPerson: true,
      signedInAt,
    };
    return { principal, expiresAt: Math.min(expiresAt.getTime(), access.expiresAt.getTime()) };
  }

  grant(request: GrantRequest): Promise<TokenSet> {
    const { signIn, refreshSession } = this.useCases;
    return request.type === 'password' ? signIn.execute(request) : refreshSession.execute(request);
  }

  revoke(token: string): Promise<void> {
    return this.useCases.revokeToken.execute(token);
  }
}
