import {
  AuthorizationResponseError,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  buildEndSessionUrl,
  ClientError,
  calculatePKCECodeChallenge,
  genericGrantRequest,
  ResponseBodyError,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
  refreshTokenGrant,
  type TokenEndpointResponse,
  tokenRevocation,
} from 'openid-client';
import { ProviderUnavailable, SignInRefused } from '../../domain/provider-errors.ts';
import { InvalidGrant, InvalidScope } from '../../domain/session-errors.ts';
import type { KeycloakServer } from './keycloak-server.ts';

/** What a sign-in that has begun is recognised by when the browser comes back. */
export interface BegunSignIn {
  readonly state: string;
  readonly nonce: string;
  /** RFC 7636. */
  readonly verifier: string;
}

export interface KeycloakTokenSet {
  readonly accessToken: string;
  /** Empty where Keycloak gives none. */
  readonly refreshToken: string;
  readonly idToken: string | undefined;
  /** Seconds. */
  readonly expiresIn: number;
  /** Seconds until Keycloak's session ends if it is not used. */
  readonly idle: number;
}

/** Seconds, where Keycloak does not say. */
const EXPIRES_IN = 60;

/** Seconds that stand for "does not end", which Keycloak says by 0. */
const ENDLESS = 315_360_000;

/** Asks Keycloak. Its refusals and its silence become errors of this context. */
export class KeycloakClient {
  private readonly server: KeycloakServer;
  private readonly redirectUri: string;
  private readonly home: string;

  /** `home` is where people go when they have signed out. */
  constructor(server: KeycloakServer, redirectUri: string, home: string) {
    this.server = server;
    this.redirectUri = redirectUri;
    this.home = home;
  }

  /** The address where somebody signs in. @throws ProviderUnavailable */
  async begin(): Promise<{ readonly address: string; readonly begun: BegunSignIn }> {
    const begun = { state: randomState(), nonce: randomNonce(), verifier: randomPKCECodeVerifier() };
    const address = buildAuthorizationUrl(this.server.client, {
      redirect_uri: this.redirectUri,
      scope: 'openid',
      state: begun.state,
      nonce: begun.nonce,
      code_challenge: await calculatePKCECodeChallenge(begun.verifier),
      code_challenge_method: 'S256',
    });
    return { address: address.href, begun };
  }

  /** Exchanges what the browser came back with. @throws SignInRefused, ProviderUnavailable */
  async finish(query: string, { state, nonce, verifier }: BegunSignIn): Promise<KeycloakTokenSet> {
    const { client } = this.server;
    try {
      const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier };
      return tokenSetOf(
        await authorizationCodeGrant(client, new URL(`${this.redirectUri}?${query}`), {
          ...checks,
          idTokenExpected: true,
        }),
      );
    } catch (error) {
      if (error instanceof AuthorizationResponseError)
        throw new SignInRefused(`The identity provider said "${printable(error.error)}".`);
      if (isRefusal(error))
        throw new SignInRefused('The sign-in could not be finished.', { cause: error.code });
      throw new ProviderUnavailable({ cause: error });
    }
  }

  /** @throws InvalidGrant, ProviderUnavailable */
  refresh(refreshToken: string): Promise<KeycloakTokenSet> {
    return asked(() => refreshTokenGrant(this.server.client, refreshToken));
  }

  /** @throws InvalidGrant, ProviderUnavailable */
  signIn(username: string, password: string, scopes: readonly string[]): Promise<KeycloakTokenSet> {
    const scope = ['openid', ...scopes].join(' ');
    return asked(() => genericGrantRequest(this.server.client, 'password', { username, password, scope }));
  }

  /** RFC 7009. What is none is no error. @throws ProviderUnavailable */
  async revoke(token: string): Promise<void> {
    await tokenRevocation(this.server.client, token).catch(error => {
      if (!isRefusal(error)) throw new ProviderUnavailable({ cause: error });
    });
  }

  /** Where a browser goes to end the session at Keycloak too (OpenID Connect RP-Initiated Logout 1.0, section 2). */
  logoutAddress(idToken: string | undefined): string {
    return buildEndSessionUrl(this.server.client, {
      post_logout_redirect_uri: this.home,
      ...(idToken !== undefined && { id_token_hint: idToken }),
    }).href;
  }
}

/** What it says of anything else than the grant (RFC 6749, section 5.2), or a proxy in between, ends nobody's session. */
async function asked(request: () => Promise<TokenEndpointResponse>): Promise<KeycloakTokenSet> {
  try {
    return tokenSetOf(await request());
  } catch (error) {
    const { error: code, error_description: said } = error instanceof ResponseBodyError ? error : {};
    if (code === 'invalid_scope') throw new InvalidScope();
    if (code !== 'invalid_grant') throw new ProviderUnavailable({ cause: error }, code && refusalOf(code));
    throw new InvalidGrant(said ? printable(said) : 'The identity provider did not accept it.');
  }
}

function refusalOf(code: string): string {
  return `The identity provider refuses this server with "${printable(code)}": its operator has to look at the client there.`;
}

/** What openid-client says of an answer that is none of OAuth's, and of none. */
const NO_ANSWER: ReadonlySet<string | undefined> = new Set([
  undefined,
  'OAUTH_TIMEOUT',
  'OAUTH_ABORT',
  'OAUTH_PARSE_ERROR',
  'OAUTH_RESPONSE_IS_NOT_JSON',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
]);

/** Keycloak, or its answer, says no; anything else is that it does not answer as it should. */
function isRefusal(error: unknown): error is ClientError | ResponseBodyError {
  if (error instanceof ResponseBodyError) return error.status < 500;
  return error instanceof ClientError && !NO_ANSWER.has(error.code);
}

function tokenSetOf(response: TokenEndpointResponse): KeycloakTokenSet {
  const { access_token: accessToken, refresh_token: refreshToken = '', id_token: idToken } = response;
  const { expires_in: expiresIn = EXPIRES_IN, refresh_expires_in: idle } = response;
  return {
    accessToken,
    refreshToken,
    idToken,
    expiresIn,
    idle: idle === 0 ? ENDLESS : typeof idle === 'number' ? idle : expiresIn,
  };
}

function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 200);
}
