import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import type { EventBus, IntegrationEvent } from '../../src/kernel/events.ts';
import { LocalEventBus } from '../../src/platform/events/local-event-bus.ts';
import { RedisEventBus } from '../../src/platform/events/redis-event-bus.ts';
import { RedisConnections } from '../../src/platform/redis/redis-connections.ts';
import { within } from '../support/child-process.ts';
import { type LogLine, logLines } from '../support/log-lines.ts';
import { TestRedis } from '../support/redis.ts';

interface Happened extends IntegrationEvent {
  readonly type: 'test.happened';
  readonly number: number;
  readonly text?: string;
}

/** One process of several. */
interface Member {
  readonly bus: EventBus;
  readonly connections: RedisConnections;
  readonly lines: LogLine[];
  readonly heard: Happened[];
}

describe.runIf(inject('hasRedis'))('processes that are joined by Redis', () => {
  let redis: TestRedis;
  let members: Member[];

  beforeAll(async () => {
    redis = await TestRedis.start();
  });
  afterAll(() => redis?.remove());
  beforeEach(() => {
    members = [];
  });
  afterEach(async () => {
    for (const { connections } of members) await connections.close();
  });

  async function join(url = redis.url): Promise<Member> {
    const { log, lines } = logLines();
    const connections = new RedisConnections(url, log);
    const bus = new RedisEventBus(new LocalEventBus(log), connections, log);
    const heard: Happened[] = [];
    bus.subscribe<Happened>('test.happened', event => heard.push(event));
    const member = { bus, connections, lines, heard };
    members.push(member);
    await connections.connect();
    return member;
  }

  const happen = ({ bus }: Member, number: number, text?: string) => {
    const event: Happened = { type: 'test.happened', number, ...(text !== undefined && { text }) };
    bus.publish(event);
    return event;
  };
  /** Waits until this process has heard an event of this number. */
  const hears = ({ heard }: Member, number: number) =>
    vi.waitFor(() => expect(heard.at(-1)?.number).toBe(number), { timeout: 2000, interval: 5 });

  it('hear what happened in another, whole and in order, and themselves once', async () => {
    const [one, other] = [await join(), await join()];
    const events = [1, 2, 3].map(number => happen(one, number, 'ünïcode 💙\u2028"'));
    await hears(other, 3);
    expect(other.heard).toEqual(events);
    happen(other, 4);
    await hears(one, 4);
    expect(one.heard.map(({ number }) => number)).toEqual([1, 2, 3, 4]);
    expect(other.heard.map(({ number }) => number)).toEqual([1, 2, 3, 4]);
  });

  it('do not hear those of another database of the same Redis', async () => {
    const [one, stranger, other] = [await join(), await join(`${redis.url}/5`), await join()];
    happen(one, 1);
    await hears(other, 1);
    await stranger.connections.ping();
    expect(stranger.heard).toEqual([]);
  });

  it('pass over what is no event, say so, and hear the next', async () => {
    const [one, other] = [await join(), await join()];
    const stranger = new Redis(redis.url);
    const nonsense = ['', 'nonsense', 'null', '42', '{}', '{"from":"x"}', '{"from":"x","event":{"type":7}}'];
    for (const text of nonsense) await stranger.publish('atrium:events:0', text);
    stranger.disconnect();
    happen(one, 1);
    await hears(other, 1);
    expect(other.lines.map(({ level }) => level)).toEqual(nonsense.map(() => 'warn'));
    expect(other.heard).toHaveLength(1);
  });

  it('go on alone while Redis is away, say so once, and hear each other again when it is back', async () => {
    const [one, other] = [await join(), await join()];
    await redis.stop();
    await vi.waitFor(() => expect(one.lines).toHaveLength(1), 2000);
    happen(one, 1);
    expect(one.heard).toMatchObject([{ number: 1 }]);
    await redis.start();
    for (const { lines } of [one, other])
      await vi.waitFor(() => expect(lines.at(-1)?.msg).toBe('Redis is back'), 5000);
    await vi.waitFor(
      () => {
        happen(one, 2);
        expect(other.heard.at(-1)?.number).toBe(2);
      },
      { timeout: 2000, interval: 50 },
    );
    expect(other.heard.some(({ number }) => number === 1)).toBe(false);
    for (const { lines } of [one, other])
      expect(lines.map(({ level, msg }) => [level, msg])).toEqual([
        ['warn', 'Redis is away; this process works without it'],
        ['info', 'Redis is back'],
      ]);
  });

  it('start, work alone and stop while Redis is away, without waiting for it', async () => {
    const away = await TestRedis.prepare();
    const one = await within(1000, join(away.url), () => 'a start without Redis');
    happen(one, 1);
    expect(one.heard).toHaveLength(1);
    expect(one.lines).toMatchObject([{ level: 'warn', reason: expect.stringContaining('ECONNREFUSED') }]);
    await within(1000, one.connections.close(), () => 'the end without Redis');
    await away.remove();
  });

  it('do not wait for a Redis that is frozen, neither to start nor to publish nor to stop', async () => {
    const frozen = await TestRedis.start();
    const one = await join(frozen.url);
    frozen.freeze();
    happen(one, 1);
    expect(one.heard).toHaveLength(1);
    await expect(within(1000, one.connections.ping(), () => 'a ping')).rejects.toThrow(/timed out|closed/i);
    const two = await within(2500, join(frozen.url), () => 'a start beside a frozen Redis');
    await within(2500, two.connections.close(), () => 'the end beside a frozen Redis');
    frozen.thaw();
    await vi.waitFor(() => one.connections.ping(), 5000);
    await frozen.remove();
  });

  it('say nothing of the password, whether it is right or wrong', async () => {
    const locked = await TestRedis.start(['--requirepass', 'open sesame']);
    const right = await join(locked.url.replace('//', '//:open%20sesame@'));
    const wrong = await join(locked.url.replace('//', '//:open%20barley@'));
    await right.connections.ping();
    await expect(wrong.connections.ping()).rejects.toThrow();
    expect(wrong.lines).toMatchObject([{ level: 'warn', reason: expect.stringContaining('WRONGPASS') }]);
    await locked.stop();
    await vi.waitFor(() => expect(right.lines).toHaveLength(1), 2000);
    for (const { lines } of [right, wrong]) expect(JSON.stringify(lines)).not.toMatch(/sesame|barley/);
    await locked.remove();
  });
});
