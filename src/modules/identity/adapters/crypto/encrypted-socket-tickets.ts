import type { SecretKey } from '../../../../platform/secrets/secret-key.ts';
import type { SocketTickets } from '../../application/ports.ts';
import { randomSecret, sha256 } from './random-secret.ts';

const PURPOSE = 'access token of a socket ticket';

/** The prefix lets scanners for leaked secrets know one. */
const PREFIX = 'att_';

const FORM = /^att_[A-Za-z0-9_-]{43}$/;

/** 256 random bits in base64url, kept as SHA-256 beside the access token, which only the server's secret key opens. */
export class EncryptedSocketTickets implements SocketTickets {
  private readonly key: SecretKey;

  constructor(key: SecretKey) {
    this.key = key;
  }

  create(): { ticket: string; hash: string } {
    const ticket = PREFIX + randomSecret();
    return { ticket, hash: sha256(ticket) };
  }

  hashOf(ticket: string): string | undefined {
    return FORM.test(ticket) ? sha256(ticket) : undefined;
  }

  seal(accessToken: string): string {
    return this.key.encrypt(PURPOSE, accessToken);
  }

  open(sealed: string): string | undefined {
    try {
      return this.key.decrypt(PURPOSE, sealed);
    } catch {
      return undefined;
    }
  }
}
