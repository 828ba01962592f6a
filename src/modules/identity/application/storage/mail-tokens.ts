import type { UserId } from '../../../../kernel/principal.ts';
import type { MailToken, MailTokenPurpose } from '../../domain/mail-token.ts';

export interface MailTokenRepository {
  get(hash: string): Promise<MailToken | undefined>;
  /** Somebody's of one purpose, or of all. */
  of(userId: UserId, purpose?: MailTokenPurpose): Promise<readonly MailToken[]>;
  add(token: MailToken): Promise<void>;
  remove(token: MailToken): Promise<void>;
}
