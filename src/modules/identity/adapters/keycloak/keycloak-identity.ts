import type { Clock } from '../../../../kernel/clock.ts';
import type { Verified } from '../../../../kernel/principal.ts';
import { PERSONAL_TOKEN_PREFIX } from '../../application/personal-token.ts';
import type { GrantRequest, IdentityProvider, TokenSet } from '../../application/ports.ts';
import { InvalidToken } from '../../domain/session-errors.ts';
import type { PersonalTokens } from '../personal-tokens.ts';
import type { VerifiedTokens } from '../verified-tokens.ts';
import type { KeycloakBearer } from './keycloak-bearer.ts';
import type { KeycloakClient } from './keycloak-client.ts';
import { type KeycloakSessions, SESSION_PREFIX } from './keycloak-sessions.ts';
import { SCOPE_PREFIX } from './keycloak-tokens.ts';

interface KeycloakParts {
  readonly bearer: KeycloakBearer;
  readonly sessions: KeycloakSessions;
  readonly client: KeycloakClient;
  /** Undefined where they are not taken. */
  readonly personal: PersonalTokens | undefined;
}

/** People whose accounts Keycloak keeps. It is not asked about a token that has not expired. */
export class KeycloakIdentity implements IdentityProvider {
  private readonly parts: KeycloakParts;
  private readonly verified: VerifiedTokens;
  private readonly clock: Clock;

  constructor(parts: KeycloakParts, verified: VerifiedTokens, clock: Clock) {
    this.parts = parts;
    this.verified = verified;
    this.clock = clock;
  }

  async verify(token: string): Promise<Verified> {
    const known = this.verified.get(token, this.clock.now());
    if (known) return known;
    const mark = this.verified.mark();
    const { principal, expiresAt } = await this.look(token);
    const verified = { principal, expiresAt };
    this.verified.remember(token, verified, mark);
    return verified;
  }

  /** Keycloak's own tokens, for a client that handles passwords itself. */
  async grant(request: GrantRequest): Promise<TokenSet> {
    const { client } = this.parts;
    const tokens =
      request.type === 'password'
        ? await client.signIn(
            request.login,
            request.password,
            request.scopes.map(scope => SCOPE_PREFIX + scope),
          )
        : await client.refresh(request.refreshToken);
    const { accessToken, refreshToken, expiresIn } = tokens;
    const { principal } = await this.verify(accessToken);
    return { accessToken, refreshToken, expiresIn, scopes: [...principal.scopes] };
  }

  async revoke(token: string): Promise<void> {
    const { sessions, personal, bearer, client } = this.parts;
    if (token.startsWith(SESSION_PREFIX)) return sessions.revoke(token);
    if (token.startsWith(PERSONAL_TOKEN_PREFIX)) return personal?.revoke(token);
    await bearer.revoke(token);
    await client.revoke(token);
  }

  private look(token: string): Promise<Verified> {
    const { personal, sessions, bearer } = this.parts;
    if (token.startsWith(SESSION_PREFIX)) return sessions.verify(token);
    if (!token.startsWith(PERSONAL_TOKEN_PREFIX)) return bearer.verify(token);
    if (!personal) throw new InvalidToken();
    return personal.verify(token);
  }
}
