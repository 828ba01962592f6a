import { createHash } from 'node:crypto';
import { errors, type JWTPayload, type JWTVerifyOptions, jwtVerify } from 'jose';
import type { SessionId } from '../../../../kernel/principal.ts';
import type { Notice } from '../../application/provider/accept-logout.ts';
import type { ProviderProfile } from '../../domain/provider-account.ts';
import { InvalidLogoutToken } from '../../domain/provider-errors.ts';
import { ROLE_NAME_PATTERN } from '../../domain/role.ts';
import { InvalidToken } from '../../domain/session-errors.ts';
import type { KeycloakServer } from './keycloak-server.ts';

/** Asymmetric ones only: with a symmetric one, whoever knows the public key could sign. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];

/** Seconds by which clocks may differ. */
const CLOCK_TOLERANCE = 30;

/** Characters; more than Keycloak makes, and as much as a request's headers hold. */
const MAX_LENGTH = 16_384;

/** Seconds after which a logout token is too old to be one that was just made. */
const LOGOUT_AGE = 300;

const LOGOUT_TYPE = 'logout+jwt';
const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout';

/** What the scopes of this server begin with in Keycloak's tokens. */
export const SCOPE_PREFIX = 'atrium:';

const ROLE_NAME = new RegExp(ROLE_NAME_PATTERN);

/** How many roles of a token are looked at. */
const MAX_ROLES = 100;

export interface KeycloakClaims {
  readonly subject: string;
  /** Of Keycloak's session; null for a program that signs in as itself. */
  readonly providerSessionId: string | null;
  readonly sessionId: SessionId;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
  readonly signedInAt: Date;
  /** All that could be roles here. */
  readonly profile: ProviderProfile;
  /** The scopes to which the token is narrowed, if it names any of this server's. */
  readonly narrowedTo: readonly string[] | undefined;
}

export interface KeycloakTokenOptions {
  readonly audience: string;
  /** Clients whose tokens are taken (`azp`). */
  readonly clients: readonly string[];
}

/** Verifies Keycloak's tokens by its public keys, without asking it. */
export class KeycloakTokens {
  private readonly server: KeycloakServer;
  private readonly options: KeycloakTokenOptions;

  constructor(server: KeycloakServer, options: KeycloakTokenOptions) {
    this.server = server;
    this.options = options;
  }

  /**
   * An access token (RFC 9068, as far as Keycloak follows it).
   * @throws InvalidToken, ProviderUnavailable
   */
  async verify(token: string): Promise<KeycloakClaims> {
    const { audience, clients } = this.options;
    const wanted = { audience, requiredClaims: ['sub', 'exp', 'iat', 'azp'] };
    const claims = await this.claimsOf(token, wanted).catch(asRefusal(InvalidToken));
    // Identity tokens are signed by the same keys.
    if (claims.typ !== 'Bearer' || !clients.includes(String(claims.azp))) throw new InvalidToken();
    const { sub: subject = '', iat = 0, exp = 0, sid, auth_time: signedInAt } = claims;
    const providerSessionId = typeof sid === 'string' ? sid : null;
    return {
      subject,
      providerSessionId,
      sessionId: sessionIdOf(this.server.options.issuer, providerSessionId ?? subject),
      issuedAt: timeOf(iat),
      expiresAt: timeOf(exp),
      signedInAt: timeOf(typeof signedInAt === 'number' ? signedInAt : iat),
      profile: this.profileOf(claims),
      narrowedTo: narrowedTo(claims.scope),
    };
  }

  /**
   * A logout token (OpenID Connect Back-Channel Logout 1.0, section 2.6).
   * @throws InvalidLogoutToken, ProviderUnavailable
   */
  async verifyLogout(token: string): Promise<Notice> {
    const { clientId, issuer } = this.server.options;
    const wanted = {
      audience: clientId,
      requiredClaims: ['iat', 'jti', 'events'],
      maxTokenAge: LOGOUT_AGE,
      typ: LOGOUT_TYPE,
    };
    const claims = await this.claimsOf(token, wanted).catch(asRefusal(InvalidLogoutToken));
    const { jti = '', iat = 0, sid, sub: subject = null, events, nonce } = claims;
    const isLogout = typeof events === 'object' && events !== null && LOGOUT_EVENT in events;
    const providerSessionId = typeof sid === 'string' ? sid : null;
    if (!isLogout || nonce !== undefined || (providerSessionId === null && subject === null))
      throw new InvalidLogoutToken();
    const sessionId = providerSessionId === null ? null : sessionIdOf(issuer, providerSessionId);
    return { noticeId: `${issuer} ${jti}`, issuer, providerSessionId, sessionId, subject, at: timeOf(iat) };
  }

  private async claimsOf(token: string, options: JWTVerifyOptions): Promise<JWTPayload> {
    if (token.length > MAX_LENGTH) throw new errors.JWTInvalid('It is too long.');
    const { issuer } = this.server.options;
    const { payload } = await jwtVerify(token, this.server.keyFor, {
      ...options,
      issuer,
      algorithms: ALGORITHMS,
      clockTolerance: CLOCK_TOLERANCE,
    });
    return payload;
  }

  private profileOf(claims: JWTPayload): ProviderProfile {
    const { clientId } = this.server.options;
    const { realm_access: realm, resource_access: resources } = claims;
    const ofClients = [this.options.audience, clientId].map(client => memberOf(resources, client));
    const names = [realm, ...ofClients].flatMap(holder => memberOf(holder, 'roles') ?? []);
    const roles = names.filter((name): name is string => typeof name === 'string' && ROLE_NAME.test(name));
    return {
      email: textOf(claims.email),
      isEmailVerified: claims.email_verified === true,
      username: textOf(claims.preferred_username)?.toLowerCase() ?? null,
      fullName: textOf(claims.name),
      roles: [...new Set(roles)].slice(0, MAX_ROLES),
      rolesAt: timeOf(claims.iat ?? 0).getTime(),
    };
  }
}

/** A session's id here, the same in every process: a UUID (RFC 9562, section 5.8) of what Keycloak calls it. */
export function sessionIdOf(issuer: string, providerSessionId: string): SessionId {
  const bytes = createHash('sha256').update(`${issuer} ${providerSessionId}`).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** What jose says of a token may quote its claims, so only the kind of its fault goes on. */
function asRefusal(Refusal: new (options?: ErrorOptions) => Error) {
  return (error: unknown): never => {
    if (!(error instanceof errors.JOSEError)) throw error;
    throw new Refusal({ cause: error.code });
  };
}

function narrowedTo(scope: unknown): readonly string[] | undefined {
  const own = String(scope ?? '')
    .split(' ')
    .filter(name => name.startsWith(SCOPE_PREFIX));
  return own.length === 0 ? undefined : own.map(name => name.slice(SCOPE_PREFIX.length));
}

function memberOf(holder: unknown, name: string): unknown {
  if (typeof holder !== 'object' || holder === null || !Object.hasOwn(holder, name)) return undefined;
  return (holder as Record<string, unknown>)[name];
}

function textOf(claim: unknown): string | null {
  return typeof claim === 'string' && claim !== '' ? claim : null;
}

function timeOf(seconds: number): Date {
  return new Date(seconds * 1000);
}
