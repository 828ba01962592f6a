import { createHash, randomBytes } from 'node:crypto';
import type { OneTimeTokens } from '../../application/ports.ts';

const BYTES = 32;

/** 256 random bits in base64url, kept as SHA-256. */
export class RandomOneTimeTokens implements OneTimeTokens {
  create(): { token: string; hash: string } {
    const token = randomBytes(BYTES).toString('base64url');
    return { token, hash: this.hashOf(token) };
  }

  hashOf(token: string): string {
    return createHash('sha256').update(token).digest('base64url');
  }
}
