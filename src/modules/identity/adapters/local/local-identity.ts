import type { Clock } from '../../../../kernel/clock.ts';
import type { Principal } from '../../../../kernel/principal.ts';
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
import { InactiveUser, InvalidToken } from '../../domain/errors.ts';
import { scopesOf } from '../../domain/role.ts';
import type { VerifiedTokens } from './verified-tokens.ts';

interface LocalUseCases {
  readonly signIn: SignIn;
  readonly refreshSession: RefreshSession;
  readonly revokeToken: RevokeToken;
}

/** This server's own accounts. */
export class LocalIdentity implements IdentityProvider {
  private readonly accessTokens: AccessTokens;
  private readonly sessions: SessionReader;
  private readonly verified: VerifiedTokens;
  private readonly useCases: LocalUseCases;
  private readonly clock: Clock;

  constructor(
    accessTokens: AccessTokens,
    sessions: SessionReader,
    verified: VerifiedTokens,
    useCases: LocalUseCases,
    clock: Clock,
  ) {
    this.accessTokens = accessTokens;
    this.sessions = sessions;
    this.verified = verified;
    this.useCases = useCases;
    this.clock = clock;
  }

  async verify(accessToken: string): Promise<Principal> {
    const known = this.verified.get(accessToken, this.clock.now());
    if (known) return known;
    const mark = this.verified.mark();
    const { userId, sessionId, scopes, expiresAt } = await this.accessTokens.verify(accessToken);
    const access = await this.sessions.access(sessionId);
    if (access?.userId !== userId) throw new InvalidToken();
    if (!access.isActive) throw new InactiveUser();
    if (access.expiresAt <= this.clock.now()) throw new InvalidToken();
    const { role, signedInAt } = access;
    const allowed = scopesOf(role);
    const granted = new Set(scopes.filter(scope => allowed.has(scope)));
    const principal: Principal = { userId, sessionId, roles: [role], scopes: granted, signedInAt };
    const goodUntil = Math.min(expiresAt.getTime(), access.expiresAt.getTime());
    this.verified.remember(accessToken, { principal, expiresAt: goodUntil }, mark);
    return principal;
  }

  grant(request: GrantRequest): Promise<TokenSet> {
    const { signIn, refreshSession } = this.useCases;
    return request.type === 'password' ? signIn.execute(request) : refreshSession.execute(request);
  }

  revoke(token: string): Promise<void> {
    return this.useCases.revokeToken.execute(token);
  }
}
