import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../../../kernel/clock.ts';
import type { Identified, SessionId, Verified } from '../../../../kernel/principal.ts';
import type { SecretKey } from '../../../../platform/secrets/secret-key.ts';
import type { ProviderSessionReader, ProviderSessionView } from '../../application/ports.ts';
import type { BeginProviderSession } from '../../application/provider/begin-provider-session.ts';
import type { EndBrowserSession } from '../../application/provider/end-browser-session.ts';
import type { RenewProviderSession } from '../../application/provider/renew-provider-session.ts';
import { InactiveUser } from '../../domain/account-errors.ts';
import type { ProviderTokens } from '../../domain/provider-session.ts';
import type { Device } from '../../domain/session.ts';
import { InvalidGrant, InvalidToken } from '../../domain/session-errors.ts';
import { randomSecret, sha256 } from '../crypto/random-secret.ts';
import type { KeycloakBearer, KnownToken } from './keycloak-bearer.ts';
import type { KeycloakClient, KeycloakTokenSet } from './keycloak-client.ts';

/** Scanners for leaked secrets know what stands for a browser's session by it. */
export const SESSION_PREFIX = 'ats_';

/** Milliseconds between looks at what another process may be about to write. */
const LOOKS = [50, 100, 200, 400];

const PURPOSE = 'tokens of the identity provider';

interface SessionUseCases {
  readonly begin: BeginProviderSession;
  readonly renew: RenewProviderSession;
  readonly end: EndBrowserSession;
}

interface Sealed {
  readonly access: string;
  readonly refresh: string;
  readonly id: string | undefined;
}

/** Sessions of browsers: Keycloak's tokens stay here, encrypted, and are renewed when they are used. */
export class KeycloakSessions {
  private readonly client: KeycloakClient;
  private readonly bearer: KeycloakBearer;
  private readonly sessions: ProviderSessionReader;
  private readonly useCases: SessionUseCases;
  private readonly secretKey: SecretKey;
  private readonly clock: Clock;
  /** Those that are being renewed by this process. */
  private readonly renewing = new Map<SessionId, Promise<KnownToken>>();

  constructor(
    client: KeycloakClient,
    bearer: KeycloakBearer,
    sessions: ProviderSessionReader,
    useCases: SessionUseCases,
    secretKey: SecretKey,
    clock: Clock,
  ) {
    this.client = client;
    this.bearer = bearer;
    this.sessions = sessions;
    this.useCases = useCases;
    this.secretKey = secretKey;
    this.clock = clock;
  }

  /** Gives what the browser gets of it: nothing that Keycloak made. @throws InvalidToken, InactiveUser */
  async begin(tokens: KeycloakTokenSet, device: Device): Promise<string> {
    const { principal, claims } = await this.bearer.verify(tokens.accessToken);
    const token = SESSION_PREFIX + randomSecret();
    await this.useCases.begin.execute({
      userId: principal.userId,
      scopes: [...principal.scopes],
      device,
      providerId: claims.providerSessionId,
      familyHash: sha256(token),
      tokens: this.sealed(tokens, claims.expiresAt),
      idle: tokens.idle,
    });
    return token;
  }

  /** @throws InvalidToken, InactiveUser, ProviderUnavailable */
  async verify(token: string): Promise<Verified> {
    const session = await this.sessions.byFamilyHash(sha256(token));
    const now = this.clock.now();
    if (session && !session.isActive) throw new InactiveUser();
    if (!session || session.expiresAt <= now) throw new InvalidToken();
    const { principal, expiresAt } =
      session.accessExpiresAt > now
        ? await this.bearer.verify(this.opened(session).access)
        : await this.renewOnce(session);
    const shown: Identified = { ...principal, sessionId: session.id };
    return { principal: shown, expiresAt: Math.min(expiresAt, session.expiresAt.getTime()) };
  }

  revoke(token: string): Promise<void> {
    return this.useCases.end.execute(sha256(token));
  }

  /** Ends it, and says where the browser goes to end it at Keycloak too. @throws ProviderUnavailable */
  async end(token: string | undefined): Promise<string> {
    const session = token === undefined ? undefined : await this.sessions.byFamilyHash(sha256(token));
    if (token !== undefined) await this.revoke(token);
    return this.client.logoutAddress(session && this.opened(session).id);
  }

  private renewOnce(session: ProviderSessionView): Promise<KnownToken> {
    const { id } = session;
    const renewing =
      this.renewing.get(id) ??
      this.renew(session).finally(() => {
        this.renewing.delete(id);
      });
    this.renewing.set(id, renewing);
    return renewing;
  }

  private async renew(session: ProviderSessionView): Promise<KnownToken> {
    try {
      const { refresh, id } = this.opened(session);
      const given = await this.client.refresh(refresh);
      const tokens = { ...given, idToken: given.idToken ?? id };
      const known = await this.bearer.verify(tokens.accessToken);
      const { expiresAt } = known.claims;
      const renewed = { idle: tokens.idle, tokens: this.sealed(tokens, expiresAt) };
      await this.useCases.renew.execute(session.id, renewed);
      return known;
    } catch (error) {
      if (!(error instanceof InvalidGrant)) throw error;
      return this.renewedElsewhere(session);
    }
  }

  /** Another process may have used the refresh token, which may work once only; else Keycloak's session has ended. */
  private async renewedElsewhere({ familyHash, sealedTokens }: ProviderSessionView): Promise<KnownToken> {
    for (const pause of LOOKS) {
      const present = await this.sessions.byFamilyHash(familyHash);
      if (!present || present.expiresAt <= this.clock.now()) throw new InvalidToken();
      if (present.sealedTokens !== sealedTokens) return this.bearer.verify(this.opened(present).access);
      await sleep(pause);
    }
    await this.useCases.end.execute(familyHash);
    throw new InvalidToken();
  }

  private sealed(
    { accessToken, refreshToken, idToken }: KeycloakTokenSet,
    accessExpiresAt: Date,
  ): ProviderTokens {
    const sealed: Sealed = { access: accessToken, refresh: refreshToken, id: idToken };
    return { sealed: this.secretKey.encrypt(PURPOSE, JSON.stringify(sealed)), accessExpiresAt };
  }

  /** @throws InvalidToken where it was encrypted under another key */
  private opened({ sealedTokens }: ProviderSessionView): Sealed {
    try {
      return JSON.parse(this.secretKey.decrypt(PURPOSE, sealedTokens)) as Sealed;
    } catch {
      throw new InvalidToken();
    }
  }
}
