import type { OneTimeTokens } from '../../application/ports.ts';
import { randomSecret, sha256 } from './random-secret.ts';

/** 256 random bits in base64url, kept as SHA-256. */
export class RandomOneTimeTokens implements OneTimeTokens {
  create(): { token: string; hash: string } {
    const token = randomSecret();
    return { token, hash: this.hashOf(token) };
  }

  hashOf(token: string): string {
    return sha256(token);
  }
}
