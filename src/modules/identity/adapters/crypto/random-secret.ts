import { createHash, randomBytes } from 'node:crypto';

const BYTES = 32;

/** 256 random bits in base64url: 43 characters. */
export function randomSecret(): string {
  return randomBytes(BYTES).toString('base64url');
}

/** How such a secret is kept: with 256 random bits there is nothing that a slow hash would protect. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
