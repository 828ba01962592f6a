/** A key pair for access tokens. The secret half is kept encrypted, so a copy of the database signs nothing. */
export class SigningKey {
  /** Tokens carry it in their footer. */
  readonly id: string;
  /** PASERK `k4.public`. */
  readonly publicKey: string;
  readonly encryptedSecretKey: string;
  readonly createdAt: Date;
  readonly version = 1;

  constructor(id: string, publicKey: string, encryptedSecretKey: string, now: Date) {
    this.id = id;
    this.publicKey = publicKey;
    this.encryptedSecretKey = encryptedSecretKey;
    this.createdAt = now;
  }
}
