import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Application, createContainer } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import type { RowsChanged } from '../../src/platform/cache/tags.ts';
import { EventRelay } from '../../src/platform/cluster/event-relay.ts';
import { CountingForWorkers } from '../../src/platform/limits/ipc-limiters.ts';
import { memoryLimiters } from '../../src/platform/limits/memory-limiters.ts';
import { freshStorage } from '../support/application.ts';
import { linkedPeers } from '../support/peers.ts';
import { revocationEvents } from '../support/revocations.ts';
import { baseSettings } from '../support/settings.ts';
import { openAccount, signIn } from '../support/sign-in.ts';

describe.each(['sqlite', 'postgresql'] as const)('two applications on %s with one primary', storage => {
  const closing: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).toReversed()) await close();
  });

  async function two(): Promise<readonly [Application, Application]> {
    const { settings: own, remove } = await freshStorage(storage);
    closing.push(remove);
    const settings = { ...baseSettings(), ...own, passwordHashMemory: 64 };
    const relay = new EventRelay();
    const counting = new CountingForWorkers(memoryLimiters(1000));
    const start = async () => {
      const { worker, primary } = linkedPeers();
      relay.join(primary);
      counting.join(primary);
      const application = await createContainer(settings, [], worker);
      closing.push(application.close);
      return application;
    };
    return [await start(), await start()];
  }

  it('hear of what the other revoked, without a look into the storage', async () => {
    const [a, b] = await two();
    const events = revocationEvents(b);
    const { id } = await openAccount(a, 'alice');
    const { refreshToken } = await signIn(a, 'alice');
    await a.get(tokens.identityProvider).revoke(refreshToken);
    await vi.waitFor(() => expect(events).toMatchObject([{ type: 'identity.access_revoked', userId: id }]));
  });

  it('hear which rows the other wrote', async () => {
    const [a, b] = await two();
    const tags: string[] = [];
    b.get(tokens.events).subscribe<RowsChanged>('platform.rows_changed', changed =>
      tags.push(...changed.tags),
    );
    await openAccount(a, 'alice');
    await vi.waitFor(() => expect(tags).toContain('users'));
  });

  it('count together', async () => {
    const rule = { name: 'shared', points: 3, duration: 60 };
    const limiters = (await two()).map(application => application.get(tokens.limits).limiter(rule));
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, (_, index) => limiters[index % 2]?.consume('a')),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
  });
});
