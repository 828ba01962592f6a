import type { Clock } from '../../../../kernel/clock.ts';
import type {
  AccessClaims,
  AccessTokens,
  GoodClaims,
  IdentityWork,
  IssuedTokenReader,
  PublishedKey,
} from '../../application/ports.ts';
import { IssuedToken } from '../../domain/issued-token.ts';
import { scopesIn } from '../../domain/scopes-in.ts';
import { InvalidToken } from '../../domain/session-errors.ts';
import { randomSecret, sha256 } from '../crypto/random-secret.ts';

/** The prefix lets scanners for leaked secrets know one. */
const PREFIX = 'ata_';

const FORM = /^ata_[A-Za-z0-9_-]{43}$/;

/** Access tokens that are 256 random bits. What they are for is in the database, under their SHA-256. */
export class DatabaseAccessTokens implements AccessTokens {
  private readonly work: IdentityWork;
  private readonly issued: IssuedTokenReader;
  private readonly lifetime: number;
  private readonly clock: Clock;

  /** `lifetime` in seconds. */
  constructor(work: IdentityWork, issued: IssuedTokenReader, lifetime: number, clock: Clock) {
    this.work = work;
    this.issued = issued;
    this.lifetime = lifetime;
    this.clock = clock;
  }

  async issue(claims: AccessClaims): Promise<{ token: string; expiresIn: number }> {
    const token = PREFIX + randomSecret();
    const issuedAt = this.clock.now();
    const expiresAt = new Date(issuedAt.getTime() + this.lifetime * 1000);
    const issued = new IssuedToken(sha256(token), { ...claims, issuedAt, expiresAt });
    await this.work.run(({ issuedTokens }) => issuedTokens.add(issued));
    return { token, expiresIn: this.lifetime };
  }

  async verify(token: string): Promise<GoodClaims> {
    const issued = FORM.test(token) ? await this.issued.find(sha256(token)) : undefined;
    if (!issued || this.clock.now() > issued.expiresAt) throw new InvalidToken();
    const { userId, sessionId, scope, issuedAt, expiresAt } = issued;
    return { userId, sessionId, scopes: scopesIn(scope), issuedAt, expiresAt };
  }

  async publicKeys(): Promise<readonly PublishedKey[]> {
    return [];
  }
}
