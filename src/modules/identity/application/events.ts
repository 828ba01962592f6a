import type { IntegrationEvent } from '../../../kernel/events.ts';
import type { Revocation } from './ports.ts';

/** What somebody was let do before is not good any more: whoever remembers it looks again. */
export interface AccessRevoked extends IntegrationEvent, Revocation {
  readonly type: 'identity.access_revoked';
}
