import { LRUCache } from 'lru-cache';
import type { Clock } from '../../../../kernel/clock.ts';
import type { Principal } from '../../../../kernel/principal.ts';
import type {
  AccessTokens,
  GrantRequest,
  IdentityProvider,
  TokenSet,
  UserReader,
} from '../../application/ports.ts';
import type { RefreshSession } from '../../application/refresh-session.ts';
import type { SignIn } from '../../application/sign-in.ts';
import { InactiveUser, InvalidToken } from '../../domain/errors.ts';
import { scopesOf } from '../../domain/role.ts';

interface Verified {
  readonly principal: Principal;
  readonly expiresAt: number;
}

/** This server's own accounts. A verified token is remembered until it expires. */
export class LocalIdentity implements IdentityProvider {
  private readonly accessTokens: AccessTokens;
  private readonly users: UserReader;
  private readonly signIn: SignIn;
  private readonly refreshSession: RefreshSession;
  private readonly clock: Clock;
  private readonly verified: LRUCache<string, Verified>;

  constructor(
    accessTokens: AccessTokens,
    users: UserReader,
    signIn: SignIn,
    refreshSession: RefreshSession,
    clock: Clock,
    cacheSize: number,
  ) {
    this.accessTokens = accessTokens;
    this.users = users;
    this.signIn = signIn;
    this.refreshSession = refreshSession;
    this.clock = clock;
    this.verified = new LRUCache({ max: cacheSize });
  }

  async verify(accessToken: string): Promise<Principal> {
    const known = this.verified.get(accessToken);
    if (known && known.expiresAt > this.clock.now().getTime()) return known.principal;
    const { userId, sessionId, scopes, expiresAt } = await this.accessTokens.verify(accessToken);
    const user = await this.users.find(userId);
    if (!user) throw new InvalidToken();
    if (!user.isActive) throw new InactiveUser();
    const allowed = scopesOf(user.role);
    const granted = new Set(scopes.filter(scope => allowed.has(scope)));
    const principal: Principal = { userId, sessionId, roles: [user.role], scopes: granted };
    this.verified.set(accessToken, { principal, expiresAt: expiresAt.getTime() });
    return principal;
  }

  grant(request: GrantRequest): Promise<TokenSet> {
    return request.type === 'password' ? this.signIn.execute(request) : this.refreshSession.execute(request);
  }
}
