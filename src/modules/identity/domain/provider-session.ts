import type { SessionId } from '../../../kernel/principal.ts';

/** The provider's tokens of a browser's session, which never leave the server. */
export interface ProviderTokens {
  /** Encrypted. */
  readonly sealed: string;
  /** When the access token among them ends. */
  readonly accessExpiresAt: Date;
}

/** What a session of a browser is at the identity provider. */
export class ProviderSession {
  /** Of the session here. */
  readonly id: SessionId;
  /** As the provider names it (`sid`); null where it does not. */
  readonly providerId: string | null;
  sealedTokens: string;
  accessExpiresAt: Date;
  readonly version = 1;

  constructor(id: SessionId, providerId: string | null, { sealed, accessExpiresAt }: ProviderTokens) {
    this.id = id;
    this.providerId = providerId;
    this.sealedTokens = sealed;
    this.accessExpiresAt = accessExpiresAt;
  }

  renew({ sealed, accessExpiresAt }: ProviderTokens): void {
    this.sealedTokens = sealed;
    this.accessExpiresAt = accessExpiresAt;
  }
}
