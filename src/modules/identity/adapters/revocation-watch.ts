import { setTimeout as sleep } from 'node:timers/promises';
import type { EventBus } from '../../../kernel/events.ts';
import type { BackgroundService } from '../../../platform/background-service.ts';
import type { Log } from '../../../platform/logging/log.ts';
import type { AccessRevoked } from '../application/events.ts';
import type { RevocationReader } from '../application/ports.ts';
import type { VerifiedTokens } from './verified-tokens.ts';

/** Milliseconds. */
const INTERVAL = 500;

/**
 * Makes this process forget the tokens that were revoked: at once where an event says so, and within half a second
 * where none came. While the revocations cannot be read, no remembered token is believed.
 */
export class RevocationWatch implements BackgroundService {
  private readonly revocations: RevocationReader;
  private readonly verified: VerifiedTokens;
  private readonly events: EventBus;
  private readonly log: Log;
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
      this.verified.forget(revoked),
    );
    this.verified.confirm(started);
    this.polling = this.poll();
  }

  async stop(): Promise<void> {
    this.unsubscribe();
    this.stopping.abort();
    await this.polling;
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
      for (const revocation of revoked) this.verified.forget(revocation);
      this.readUpTo = revoked.at(-1)?.sequence ?? this.readUpTo;
      if (revoked.length === 0) return this.verified.confirm(started);
    }
  }
}
