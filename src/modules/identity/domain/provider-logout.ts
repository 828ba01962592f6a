import type { ProviderAccount } from './provider-account.ts';

/** What the identity provider says has ended (OpenID Connect Back-Channel Logout 1.0, section 2.4). */
export interface LogoutNotice {
  /** By which the notice is known again (`jti`). */
  readonly noticeId: string;
  /** One session of the provider's (`sid`); null: all of the person's. */
  readonly providerSessionId: string | null;
  /** Whose (`sub`); null where only the session is named. */
  readonly subject: string | null;
  readonly at: Date;
}

/** Of all tokens of somebody who has deleted their account here. */
export function deletionOf({ id, userId }: ProviderAccount, at: Date): ProviderLogout {
  const subject = id.slice(id.indexOf(' ') + 1);
  return new ProviderLogout({ noticeId: `deleted ${userId}`, providerSessionId: null, subject, at });
}

/** A notice that was taken: tokens from before it are not believed any more, though they have not expired. */
export class ProviderLogout {
  /** That of the notice, so that none is taken twice. */
  readonly id: string;
  readonly providerSessionId: string | null;
  /** Null where one session has ended, and not all of a person's. */
  readonly subject: string | null;
  readonly loggedOutAt: Date;
  readonly version = 1;

  constructor({ noticeId, providerSessionId, subject, at }: LogoutNotice) {
    this.id = noticeId;
    this.providerSessionId = providerSessionId;
    this.subject = providerSessionId === null ? subject : null;
    this.loggedOutAt = at;
  }
}
