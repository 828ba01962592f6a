import { SecretKey } from '../../../../platform/secrets/secret-key.ts';
import type { RefreshToken, RefreshTokens } from '../../application/ports.ts';
import { randomSecret, sha256 } from './random-secret.ts';

/** The key that a successor is encrypted with is derived for it from the predecessor, which is stored as a hash only. */
const PURPOSE = 'refresh-successor';

/** The prefix lets scanners for leaked secrets know one. Each part is 256 bits in base64url. */
const FORM = /^atr_([A-Za-z0-9_-]{43})\.[A-Za-z0-9_-]{43}$/;

/**
 * Refresh tokens, `atr_<family>.<token>`, kept as SHA-256.
 */
export class RandomRefreshTokens implements RefreshTokens {
  first(): RefreshToken {
    return ofFamily(randomSecret());
  }

  successorOf(predecessor: string): RefreshToken {
    return ofFamily(familyOf(predecessor) ?? randomSecret());
  }

  read(token: string): RefreshToken | undefined {
    const family = familyOf(token);
    return family === undefined ? undefined : { token, familyHash: sha256(family), hash: sha256(token) };
  }

  seal(token: string, predecessor: string): string {
    return new SecretKey(predecessor).encrypt(PURPOSE, token);
  }

  open(sealed: string, predecessor: string): string {
    return new SecretKey(predecessor).decrypt(PURPOSE, sealed);
  }
}

function ofFamily(family: string): RefreshToken {
  const token = `atr_${family}.${randomSecret()}`;
  return { token, familyHash: sha256(family), hash: sha256(token) };
}

function familyOf(token: string): string | undefined {
  return FORM.exec(token)?.[1];
}
