import { describe, expect, it, vi } from 'vitest';
import type { IntegrationEvent } from '../../src/kernel/events.ts';
import { EVERYTHING, type RowsChanged } from '../../src/platform/cache/tags.ts';
import { EventRelay } from '../../src/platform/cluster/event-relay.ts';
import { IpcEventBus } from '../../src/platform/events/ipc-event-bus.ts';
import { LocalEventBus } from '../../src/platform/events/local-event-bus.ts';
import { logLines } from '../support/log-lines.ts';
import { type LinkedPeers, linkedPeers } from '../support/peers.ts';

interface Happened extends IntegrationEvent {
  readonly type: 'test.happened';
  readonly number: number;
  readonly text: string;
}

interface Member {
  readonly bus: IpcEventBus;
  readonly link: LinkedPeers;
  readonly heard: Happened[];
  /** How often it was told that it may have missed something. */
  readonly missed: string[];
  readonly leave: () => void;
}

/** Bytes of an event, of which some hundred fill what may wait. */
const LARGE = 'x'.repeat(50_000);

describe('workers that are joined by their primary', () => {
  const relay = new EventRelay();

  async function join(): Promise<Member> {
    const { log } = logLines();
    const link = linkedPeers();
    const leave = relay.join(link.primary);
    const bus = new IpcEventBus(new LocalEventBus(log), link.worker, log);
    const heard: Happened[] = [];
    const missed: string[] = [];
    bus.subscribe<Happened>('test.happened', event => heard.push(event));
    bus.subscribe<RowsChanged>('platform.rows_changed', ({ tags }) => missed.push(...tags));
    const member = { bus, link, heard, missed, leave };
    await vi.waitFor(() => expect(missed).toEqual([EVERYTHING]));
    missed.length = 0;
    return member;
  }

  const happen = ({ bus }: Member, number: number, text = '') => {
    const event: Happened = { type: 'test.happened', number, text };
    bus.publish(event);
    return event;
  };
  const hears = ({ heard }: Member, number: number) =>
    vi.waitFor(() => expect(heard.at(-1)?.number).toBe(number), { interval: 2 });

  it('hear what happened in another, whole and in order, and themselves once', async () => {
    const [one, other, third] = [await join(), await join(), await join()];
    const events = [1, 2, 3].map(number => happen(one, number, 'ünïcode 💙\u2028"'));
    await hears(other, 3);
    await hears(third, 3);
    happen(other, 4);
    await hears(one, 4);
    expect(other.heard.slice(0, 3)).toEqual(events);
    for (const { heard, missed } of [one, other, third]) {
      expect(heard.map(({ number }) => number)).toEqual([1, 2, 3, 4]);
      expect(missed).toEqual([]);
    }
  });

  it('tell a new one to begin anew, and the others that one has ended, which may have had something to say', async () => {
    const [one, other] = [await join(), await join()];
    other.leave();
    await vi.waitFor(() => expect(one.missed).toEqual([EVERYTHING]));
    happen(one, 1);
    await join();
    expect(other.heard).toEqual([]);
  });

  it('keep a bounded amount for one that stands still, which learns that it missed something, and no more than once', async () => {
    const [one, other, third] = [await join(), await join(), await join()];
    other.link.freeze();
    for (let number = 1; number <= 300; number += 1) {
      happen(one, number, LARGE);
      await hears(third, number);
    }
    other.link.thaw();
    await vi.waitFor(() => expect(other.missed).toEqual([EVERYTHING]));
    expect(other.heard.length).toBeGreaterThan(50);
    expect(other.heard.length).toBeLessThan(100);
    expect(one.missed).toEqual([]);
    happen(one, 301);
    await hears(other, 301);
    expect(other.missed).toEqual([EVERYTHING]);
  });

  it('tell the others that they missed something which could not be sent', async () => {
    const [one, other] = [await join(), await join()];
    one.link.freeze();
    for (let number = 1; number <= 300; number += 1) happen(one, number, LARGE);
    expect(one.heard).toHaveLength(300);
    one.link.thaw();
    await vi.waitFor(() => expect(other.missed).toEqual([EVERYTHING]));
    expect(other.heard.length).toBeLessThan(100);
  });
});
