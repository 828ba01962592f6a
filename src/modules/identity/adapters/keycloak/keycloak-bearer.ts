import type { Clock } from '../../../../kernel/clock.ts';
import type { Identified, Scope, Verified } from '../../../../kernel/principal.ts';
import type { ProviderLogoutReader, RoleReader } from '../../application/ports.ts';
import type { AcceptLogout } from '../../application/provider/accept-logout.ts';
import type { RecognisePerson } from '../../application/provider/recognise-person.ts';
import { InvalidLogoutToken } from '../../domain/provider-errors.ts';
import { scopesOf } from '../../domain/role.ts';
import { InvalidToken } from '../../domain/session-errors.ts';
import { sha256 } from '../crypto/random-secret.ts';
import type { KeycloakClaims, KeycloakTokens } from './keycloak-tokens.ts';

/** More than there can be. */
const ALL_ROLES = 100;

export interface KnownToken extends Verified {
  readonly claims: KeycloakClaims;
}

interface BearerStorage {
  readonly roles: RoleReader;
  readonly providerLogouts: ProviderLogoutReader;
}

/** Who shows an access token of Keycloak's, and what it lets them do. */
export class KeycloakBearer {
  private readonly issuer: string;
  private readonly tokens: KeycloakTokens;
  private readonly storage: BearerStorage;
  private readonly recognise: RecognisePerson;
  private readonly logout: AcceptLogout;
  private readonly clock: Clock;

  constructor(
    issuer: string,
    tokens: KeycloakTokens,
    storage: BearerStorage,
    { recognise, logout }: { readonly recognise: RecognisePerson; readonly logout: AcceptLogout },
    clock: Clock,
  ) {
    this.issuer = issuer;
    this.tokens = tokens;
    this.storage = storage;
    this.recognise = recognise;
    this.logout = logout;
    this.clock = clock;
  }

  /** @throws InvalidToken, InactiveUser, ProviderUnavailable */
  async verify(token: string): Promise<KnownToken> {
    const claims = await this.tokens.verify(token);
    const { subject, sessionId, signedInAt, expiresAt, profile } = claims;
    if (await this.storage.providerLogouts.hasEnded(claims)) throw new InvalidToken();
    const { rows } = await this.storage.roles.list({ paging: { page: 1, perPage: ALL_ROLES } });
    const roles = rows.filter(({ id }) => profile.roles.includes(id));
    const names = roles.map(({ id }) => id);
    const userId = await this.recognise.execute(
      { issuer: this.issuer, subject },
      { ...profile, roles: names },
    );
    const scopes = narrowed(
      roles.flatMap(role => [...scopesOf(role)]),
      claims.narrowedTo,
    );
    const principal: Identified = { userId, sessionId, roles: names, scopes, isPerson: true, signedInAt };
    return { principal, expiresAt: expiresAt.getTime(), claims };
  }

  /** Whatever was issued for the same session ends here, as if Keycloak had said so. What is no token changes nothing. */
  async revoke(token: string): Promise<void> {
    try {
      const { providerSessionId, sessionId, subject } = await this.tokens.verify(token);
      await this.logout.execute({
        noticeId: `${this.issuer} revoked ${sha256(token)}`,
        issuer: this.issuer,
        providerSessionId,
        sessionId: providerSessionId === null ? null : sessionId,
        subject,
        at: this.clock.now(),
      });
    } catch (error) {
      if (!isNoToken(error)) throw error;
    }
  }
}

/** It is none, or has been revoked before. */
const isNoToken = (error: unknown) => error instanceof InvalidToken || error instanceof InvalidLogoutToken;

function narrowed(scopes: readonly Scope[], to: readonly string[] | undefined): ReadonlySet<Scope> {
  return new Set(to ? scopes.filter(scope => to.includes(scope)) : scopes);
}
