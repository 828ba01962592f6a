import { InspectFooter, PublicProtocol } from 'paseto';
import { SignFactory, VerifyFactory } from 'paseto/v4/public';
import type { Clock } from '../../../../kernel/clock.ts';
import type { AccessClaims, AccessTokens, GoodClaims, PublishedKey } from '../../application/ports.ts';
import { scopesIn } from '../../domain/scopes-in.ts';
import { InvalidToken } from '../../domain/session-errors.ts';
import type { SigningKeys } from './signing-keys.ts';

const paseto = new PublicProtocol(SignFactory, VerifyFactory);

/** Ours are about 500 characters long. A longer one is not looked at. */
const MAX_TOKEN = 4096;

const MAX_FOOTER = 256;

/** Seconds by which another process's clock may be ahead when it issues a token. None are added to its lifetime. */
const CLOCK_TOLERANCE = 5;

/** Access tokens as PASETO v4.public: signed with Ed25519, readable by all, with the key's id in the footer. */
export class PasetoAccessTokens implements AccessTokens {
  private readonly keys: SigningKeys;
  private readonly issuer: string;
  private readonly lifetime: number;
  private readonly clock: Clock;

  /** `lifetime` in seconds. `issuer` is also the audience: the API that the tokens are for. */
  constructor(keys: SigningKeys, issuer: string, lifetime: number, clock: Clock) {
    this.keys = keys;
    this.issuer = issuer;
    this.lifetime = lifetime;
    this.clock = clock;
  }

  async issue({ userId, sessionId, scopes }: AccessClaims): Promise<{ token: string; expiresIn: number }> {
    const { id, secret } = await this.keys.signing();
    const claims = {
      sub: userId,
      sid: sessionId,
      scope: scopes.join(' '),
      iss: this.issuer,
      aud: this.issuer,
    };
    const footer = new TextEncoder().encode(JSON.stringify({ kid: id }));
    const token = await paseto.Sign(secret, claims, {
      footer,
      now: this.clock.now(),
      expiresIn: this.lifetime,
    });
    return { token, expiresIn: this.lifetime };
  }

  async verify(token: string): Promise<GoodClaims> {
    if (token.length > MAX_TOKEN || !token.startsWith('v4.public.')) throw new InvalidToken();
    const keyId = untrustedKeyId(token);
    const key = keyId === undefined ? undefined : await this.keys.verifying(keyId);
    if (!key) throw new InvalidToken();
    const now = this.clock.now();
    const expected = { issuer: this.issuer, audience: this.issuer, now, clockTolerance: CLOCK_TOLERANCE };
    const { claims } = await paseto.Verify(key, token, expected).catch(cause => {
      throw new InvalidToken({ cause });
    });
    const { sub, sid, scope, iat, exp } = claims as Record<string, unknown>;
    if (typeof sub !== 'string' || typeof sid !== 'string' || typeof scope !== 'string')
      throw new InvalidToken();
    const expiresAt = new Date(exp as string);
    if (now > expiresAt) throw new InvalidToken();
    const issuedAt = new Date(iat as string);
    return { userId: sub, sessionId: sid, scopes: scopesIn(scope), issuedAt, expiresAt };
  }

  publicKeys(): Promise<readonly PublishedKey[]> {
    return this.keys.published();
  }
}

/** The key id that the footer claims. Nothing vouches for it before the signature has been verified. */
function untrustedKeyId(token: string): string | undefined {
  try {
    const footer = InspectFooter(token);
    if (footer.length > MAX_FOOTER) return undefined;
    const { kid } = JSON.parse(new TextDecoder().decode(footer)) as { kid?: unknown };
    return typeof kid === 'string' ? kid : undefined;
  } catch {
    return undefined;
  }
}
