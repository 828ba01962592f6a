import { createHash, randomBytes } from 'node:crypto';
import type { OpaqueTokens } from '../../application/ports.ts';

const BYTES = 32;

/** Random tokens, kept as SHA-256: with 256 random bits there is nothing that a slow hash would protect. */
export class RandomOpaqueTokens implements OpaqueTokens {
  create(): { token: string; hash: string } {
    const token = randomBytes(BYTES).toString('base64url');
    return { token, hash: this.hashOf(token) };
  }

  hashOf(token: string): string {
    return createHash('sha256').update(token).digest('base64url');
  }
}
