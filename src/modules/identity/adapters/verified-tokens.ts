import { LRUCache } from 'lru-cache';
import type { Verified } from '../../../kernel/principal.ts';
import type { Revocation } from '../application/ports.ts';

/** Milliseconds after the last look at the revocations. What is remembered is not believed for longer. */
const TRUSTED = 1000;

/**
 * Access tokens that have been verified, until they expire or are revoked. As long as it is not confirmed that all
 * revocations are known, nothing is remembered.
 */
export class VerifiedTokens {
  private readonly verified: LRUCache<string, Verified>;
  private readonly byUser = new Map<string, Set<string>>();
  private confirmedAt = Number.NEGATIVE_INFINITY;
  private forgotten = 0;

  constructor(size: number) {
    this.verified = new LRUCache({
      max: size,
      dispose: ({ principal: { userId } }, token) => {
        const tokens = this.byUser.get(userId);
        tokens?.delete(token);
        if (tokens?.size === 0) this.byUser.delete(userId);
      },
    });
  }

  get(token: string, now: Date): Verified | undefined {
    const known = this.verified.get(token);
    if (!known || !this.isConfirmed()) return undefined;
    return known.expiresAt > now.getTime() ? known : undefined;
  }

  /** To be asked for before a token is verified, and handed in with what came of it. */
  mark(): number {
    return this.forgotten;
  }

  /** Not if anything was revoked since `mark`: it may have been this. Nor while revocations may be missed. */
  remember(token: string, verified: Verified, mark: number): void {
    if (mark !== this.forgotten || !this.isConfirmed()) return;
    const { userId } = verified.principal;
    const tokens = this.byUser.get(userId) ?? new Set();
    this.verified.set(token, verified);
    this.byUser.set(userId, tokens.add(token));
  }

  forget({ userId, sessionId }: Revocation): void {
    this.forgotten += 1;
    const tokens = userId === null ? this.verified.keys() : (this.byUser.get(userId) ?? []);
    for (const token of [...tokens]) {
      const session = this.verified.peek(token)?.principal.sessionId;
      if (sessionId === null || session === sessionId) this.verified.delete(token);
    }
  }

  /** All revocations that were committed until then (by `performance.now`) are known. */
  confirm(at: number): void {
    this.confirmedAt = at;
  }

  private isConfirmed(): boolean {
    return performance.now() - this.confirmedAt <= TRUSTED;
  }
}
