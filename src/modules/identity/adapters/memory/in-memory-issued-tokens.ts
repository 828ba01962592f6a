import type { CollectionDraft } from '../../../../platform/memory/collection-draft.ts';
import type { MemoryCollection } from '../../../../platform/memory/memory-collection.ts';
import type { MemoryTransaction } from '../../../../platform/memory/memory-store.ts';
import { type IssuedTokenRepository, SWEPT } from '../../application/ports.ts';
import type { IssuedToken } from '../../domain/issued-token.ts';
import type { Session } from '../../domain/session.ts';

export class InMemoryIssuedTokenRepository implements IssuedTokenRepository {
  private readonly stored: MemoryCollection<IssuedToken>;
  private readonly tokens: CollectionDraft<IssuedToken>;
  private readonly sessions: CollectionDraft<Session>;

  constructor(
    transaction: MemoryTransaction,
    stored: MemoryCollection<IssuedToken>,
    sessions: MemoryCollection<Session>,
  ) {
    this.stored = stored;
    this.tokens = transaction.draft(stored);
    this.sessions = transaction.draft(sessions);
  }

  async add(token: IssuedToken): Promise<void> {
    for (const expired of this.expiredBy(token.issuedAt)) await this.tokens.remove(expired);
    if (await this.sessions.get(token.sessionId)) await this.tokens.add(token);
  }

  /** All live equally long, so those that were added first have expired first. */
  private expiredBy(now: Date): IssuedToken[] {
    const expired: IssuedToken[] = [];
    for (const token of this.stored.rows()) {
      if (token.expiresAt >= now || expired.length === SWEPT) break;
      expired.push(token);
    }
    return expired;
  }
}
