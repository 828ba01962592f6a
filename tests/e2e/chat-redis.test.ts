import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { ChatReplica } from '../support/chat-replica.ts';
import { type Environment, within } from '../support/child-process.ts';
import { freePort } from '../support/postgres.ts';
import { TestRedis } from '../support/redis.ts';
import { ownStorage, type ServerProcess, startServer } from '../support/server-process.ts';

/** Milliseconds. */
const TALK = 1000;
const AWAY = 10_000;
const PATIENCE = 10_000;

/** Milliseconds between two messages of a sender. */
const PAUSE = 10;

/** Milliseconds in which a message is acknowledged and in which it is everywhere, on a machine that does much else. */
const ACKNOWLEDGED = 2000;
const EVERYWHERE = 4000;

/** Who says something again and again until they are told to stop; how long they waited for the slowest acknowledgement. */
function talking(replica: ChatReplica, name: string) {
  let isOver = false;
  const talk = async () => {
    let slowest = 0;
    for (let number = 1; !isOver; number += 1) {
      const began = performance.now();
      replica.send(`${number} from ${name}`, crypto.randomUUID());
      await within(
        PATIENCE,
        replica.until(() => replica.unacknowledged.size === 0),
        () => 'an acknowledgement',
      );
      slowest = Math.max(slowest, performance.now() - began);
      await sleep(PAUSE);
    }
    return slowest;
  };
  const over = talk();
  return () => {
    isOver = true;
    return over;
  };
}

const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

const WAYS: readonly [string, (redis: TestRedis) => Promise<void> | void, (redis: TestRedis) => unknown][] = [
  ['frozen, and thaws', redis => redis.freeze(), redis => redis.thaw()],
  ['killed, and started again', redis => redis.stop(), redis => redis.start()],
];

describe.runIf(inject('hasRedis'))('two processes on PostgreSQL, whose Redis', () => {
  test.each(WAYS)('is %s: who talks is answered, and all get everything in order', async (_, end, begin) => {
    const redis = await TestRedis.start();
    onTestFinished(() => redis.remove());
    const environment: Environment = {
      ...(await ownStorage('postgresql')),
      REDIS_URL: redis.url,
      PUBLIC_URL: 'https://atrium.example.org',
      RATE_LIMIT: 'off',
    };
    const start = async () => startServer({ ...environment, PORT: String(await freePort()) });
    const servers: readonly ServerProcess[] = [await start(), await start()];
    const token = (await servers[0]?.signUp('ann')) ?? '';
    const body = { name: 'Garden', kind: 'public' };
    const room = (await servers[0]?.request('POST', '/chat/rooms', { token, body }))?.body.id;
    const replicas = [0, 1, 2, 3].map(() => new ChatReplica(room, token));
    for (const [index, replica] of replicas.entries())
      await replica.connect(servers[index % 2] as ServerProcess);

    // Nothing is said on the other process while Redis is away: so it has no hole by which it would know that it misses something.
    const [one, other, oneMore] = replicas as [ChatReplica, ChatReplica, ChatReplica];
    const over = [talking(one, 'one'), talking(oneMore, 'one more')];
    await sleep(TALK);
    const wentAt = performance.now();
    await end(redis);
    await sleep(AWAY);
    const cameAt = performance.now();
    await begin(redis);
    over.push(talking(other, 'the other'));
    await sleep(TALK);
    const slowest = await Promise.all(over.map(stop => stop()));
    expect(Math.max(...slowest)).toBeLessThan(ACKNOWLEDGED);

    const acks = replicas.flatMap(replica => [...replica.acks.values()]).sort((a, b) => a.seq - b.seq);
    expect(acks.map(({ seq }) => seq)).toEqual(upTo(acks.length));
    // Much was said while it was away.
    const saidMeanwhile = acks.filter(({ at }) => at > wentAt && at < cameAt);
    expect(saidMeanwhile.length).toBeGreaterThan(50);
    for (const replica of replicas) {
      await within(
        PATIENCE,
        replica.until(() => replica.seq >= acks.length),
        () => `all ${acks.length} messages, not ${replica.seq}`,
      );
      expect(replica.faults).toEqual([]);
      expect(replica.messagesHeard).toBe(acks.length);
      const late = acks.map(({ seq, at }) => (replica.heardAt.get(seq) ?? Number.POSITIVE_INFINITY) - at);
      expect(Math.max(...late)).toBeLessThan(EVERYWHERE);
    }
  });
});
