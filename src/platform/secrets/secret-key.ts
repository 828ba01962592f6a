import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** What the server's secret key is good for. Each purpose has a key of its own, derived by HKDF (RFC 5869). */
export class SecretKey {
  private readonly secret: string;

  constructor(secret: string) {
    this.secret = secret;
  }

  static random(): SecretKey {
    return new SecretKey(randomBytes(32).toString('base64url'));
  }

  /** AES-256-GCM; the answer is base64url of nonce, tag and ciphertext. */
  encrypt(purpose: string, text: string): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.keyFor(purpose), iv);
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url');
  }

  /** Throws when the text was encrypted under another key or for another purpose, or was changed. */
  decrypt(purpose: string, encrypted: string): string {
    const bytes = Buffer.from(encrypted, 'base64url');
    const decipher = createDecipheriv('aes-256-gcm', this.keyFor(purpose), bytes.subarray(0, IV_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString(
      'utf8',
    );
  }

  /** A token that every process with this key derives alike, 192 bits long. */
  derivedToken(purpose: string): DerivedToken {
    return new DerivedToken(createHmac('sha256', this.keyFor(purpose)).digest().subarray(0, 24));
  }

  private keyFor(purpose: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.secret, 'atrium', purpose, 32));
  }
}

export class DerivedToken {
  readonly value: string;
  private readonly bytes: Buffer;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.value = bytes.toString('base64url');
  }

  /** Takes the same time wherever the two differ. */
  matches(presented: string): boolean {
    const other = Buffer.from(presented, 'base64url');
    return other.length === this.bytes.length && timingSafeEqual(other, this.bytes);
  }
}
