import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import type { RefreshToken, RefreshTokens } from '../../application/ports.ts';

const BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** The prefix lets scanners for leaked secrets know one. Each part is 256 bits in base64url. */
const FORM = /^atr_([A-Za-z0-9_-]{43})\.[A-Za-z0-9_-]{43}$/;

/**
 * Refresh tokens, `atr_<family>.<token>`. They are kept as SHA-256: with 256 random bits there is nothing that a slow
 * hash would protect.
 */
export class RandomRefreshTokens implements RefreshTokens {
  first(): RefreshToken {
    return ofFamily(random());
  }

  successorOf(predecessor: string): RefreshToken {
    return ofFamily(familyOf(predecessor) ?? random());
  }

  read(token: string): RefreshToken | undefined {
    const family = familyOf(token);
    return family === undefined ? undefined : { token, familyHash: sha256(family), hash: sha256(token) };
  }

  seal(token: string, predecessor: string): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', keyFrom(predecessor), iv);
    const sealed = Buffer.concat([cipher.update(token, 'utf8'), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url');
  }

  open(sealed: string, predecessor: string): string {
    const bytes = Buffer.from(sealed, 'base64url');
    const key = keyFrom(predecessor);
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    const opened = [decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()];
    return Buffer.concat(opened).toString('utf8');
  }
}

function ofFamily(family: string): RefreshToken {
  const token = `atr_${family}.${random()}`;
  return { token, familyHash: sha256(family), hash: sha256(token) };
}

function familyOf(token: string): string | undefined {
  return FORM.exec(token)?.[1];
}

function random(): string {
  return randomBytes(BYTES).toString('base64url');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

/** HKDF (RFC 5869) of the predecessor, which the storage has only as a hash. */
function keyFrom(predecessor: string): Buffer {
  return Buffer.from(hkdfSync('sha256', predecessor, 'atrium', 'refresh-successor', 32));
}
