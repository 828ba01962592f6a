import { setTimeout as sleep } from 'node:timers/promises';
import type { EventBus } from '../../../kernel/events.ts';
import type { BackgroundService } from '../../../platform/background-service.ts';
import type { Log } from '../../../platform/logging/log.ts';
import type { AccessRevoked } from '../application/events.ts';
import type { AccessWatch, Revocation, RevocationReader } from '../application/ports.ts';
import type { VerifiedTokens } from './verified-tokens.ts';

/** Milliseconds. */
const INTERVAL = 500;

type Handler = (revocation: Revocation) => void;

/**
 * Makes this process forget the tokens that were revoked, and tells who listens: at once where an event says so, and
 * within half a second where none came. While the revocations cannot be read, no remembered token is believed.
 */
export class RevocationWatch implements BackgroundService, AccessWatch {
  private readonly revocations: RevocationReader;
  private readonly verified: VerifiedTokens;
  private readonly events: EventBus;
  private readonly log: Log;
  private readonly handlers = new Set<{ readonly handle: Handler }>();
  private readonly stopping = new AbortController();
  private readUpTo = 0;
  private unsubscribe: () => void = () => undefined;
  private polling: Promise<void> = Promise.resolve();

  constructor(revocations: RevocationReader, verified: VerifiedTokens, events: EventBus, log: Log) {
    this.revocations = revocations;
    this.verified = verified;
    this.events = events;
    this.log = log;
  }

  async start(): Promise<void> {
    const started = performance.now();
    this.readUpTo = await this.revocations.latest();
    this.unsubscribe = this.events.subscribe<AccessRevoked>('identity.access_revoked', revoked =>
      this.tell(revoked),
    );
    this.verified.confirm(started);
    this.polling = this.poll();
  }

  async stop(): Promise<void> {
    this.unsubscribe();
    this.stopping.abort();
    await this.polling;
  }

  onRevoked(handle: Handler): () => void {
    const listener = { handle };
    this.handlers.add(listener);
    return () => void this.handlers.delete(listener);
  }

  /** What is remembered goes first, so that whoever is told and looks again finds what is true now. */
  private tell({ userId, sessionId }: Revocation): void {
    this.verified.forget({ userId, sessionId });
    for (const { handle } of this.handlers) {
      try {
        handle({ userId, sessionId });
      } catch (error) {
        this.log.error({ err: error }, 'Whoever was told of a revocation failed');
      }
    }
  }

  private async poll(): Promise<void> {
    const { signal } = this.stopping;
    for (let failing = false; ; ) {
      await sleep(INTERVAL, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        await this.read();
        if (failing) this.log.info('Revoked tokens can be read again');
        failing = false;
      } catch (error) {
        if (!failing)
          this.log.warn({ err: error }, 'Revoked tokens cannot be read; every token is looked up');
        failing = true;
      }
    }
  }

  private async read(): Promise<void> {
    for (;;) {
      const started = performance.now();
      const revoked = await this.revocations.after(this.readUpTo);
      for (const revocation of revoked) this.tell(revocation);
      this.readUpTo = revoked.at(-1)?.sequence ?? this.readUpTo;
      if (revoked.length === 0) return this.verified.confirm(started);
    }
  }
}
