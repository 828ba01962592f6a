import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { EventBus, IntegrationEvent } from '../../src/kernel/events.ts';
import { EventRelay } from '../../src/platform/cluster/event-relay.ts';
import { IpcEventBus } from '../../src/platform/events/ipc-event-bus.ts';
import { LocalEventBus } from '../../src/platform/events/local-event-bus.ts';
import { RedisEventBus } from '../../src/platform/events/redis-event-bus.ts';
import { RedisConnections } from '../../src/platform/redis/redis-connections.ts';
import { type LogLine, logLines } from '../support/log-lines.ts';
import { linkedPeers } from '../support/peers.ts';
import { TestRedis } from '../support/redis.ts';

interface Happened extends IntegrationEvent {
  readonly type: 'test.happened';
  readonly number: number;
}

const happened = (number: number): Happened => ({ type: 'test.happened', number });

const BUSES = inject('hasRedis') ? (['local', 'ipc', 'redis'] as const) : (['local', 'ipc'] as const);

describe.each(BUSES)('the event bus, %s', kind => {
  let redis: TestRedis;
  let connections: RedisConnections | undefined;
  let bus: EventBus;
  let lines: LogLine[];
  let heard: string[];

  beforeAll(async () => {
    if (kind === 'redis') redis = await TestRedis.start();
  });
  afterAll(() => redis?.remove());
  beforeEach(async () => {
    const kept = logLines();
    lines = kept.lines;
    heard = [];
    const local = new LocalEventBus(kept.log);
    bus = local;
    if (kind === 'local') return;
    if (kind === 'ipc') {
      const { worker, primary } = linkedPeers();
      new EventRelay().join(primary);
      bus = new IpcEventBus(local, worker, kept.log);
      return;
    }
    connections = new RedisConnections(redis.url, kept.log);
    bus = new RedisEventBus(local, connections, kept.log);
    await connections.connect();
  });
  afterEach(() => connections?.close());

  const listen = (name: string) =>
    bus.subscribe<Happened>('test.happened', ({ number }) => heard.push(`${name} ${number}`));
  const happen = (number: number) => bus.publish(happened(number));

  it('tells everybody in this process at once, in the order in which it happened', () => {
    listen('one');
    listen('other');
    happen(1);
    happen(2);
    expect(heard).toEqual(['one 1', 'other 1', 'one 2', 'other 2']);
  });

  it('tells nobody who listens for something else, or too late', () => {
    bus.subscribe('test.other', () => heard.push('other'));
    happen(1);
    listen('late');
    expect(heard).toEqual([]);
  });

  it('tells nobody who has ended their subscription, and goes on with the others', () => {
    const end = listen('one');
    listen('other');
    end();
    end();
    happen(1);
    expect(heard).toEqual(['other 1']);
  });

  it('lets a handler end its own subscription', () => {
    const end = bus.subscribe('test.happened', () => {
      heard.push('once');
      end();
    });
    listen('other');
    happen(1);
    happen(2);
    expect(heard).toEqual(['once', 'other 1', 'other 2']);
  });

  it('lets a handler that throws hinder neither who publishes nor who else listens, and logs it', () => {
    bus.subscribe('test.happened', () => {
      throw new RangeError('broken');
    });
    listen('other');
    expect(() => happen(1)).not.toThrow();
    expect(heard).toEqual(['other 1']);
    expect(lines).toMatchObject([
      {
        level: 'error',
        msg: 'A handler of an event failed',
        event: 'test.happened',
        err: { message: 'broken' },
      },
    ]);
  });
});
