import type { Identified, Scope } from '../../../../kernel/principal.ts';
import type { ProviderLogoutReader, RoleReader } from '../../application/ports.ts';
import type { RecognisePerson } from '../../application/provider/recognise-person.ts';
import { scopesOf } from '../../domain/role.ts';
import { InvalidToken } from '../../domain/session-errors.ts';
import type { Verified } from '../verified-tokens.ts';
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

  constructor(issuer: string, tokens: KeycloakTokens, storage: BearerStorage, recognise: RecognisePerson) {
    this.issuer = issuer;
    this.tokens = tokens;
    this.storage = storage;
    this.recognise = recognise;
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
}

function narrowed(scopes: readonly Scope[], to: readonly string[] | undefined): ReadonlySet<Scope> {
  return new Set(to ? scopes.filter(scope => to.includes(scope)) : scopes);
}
