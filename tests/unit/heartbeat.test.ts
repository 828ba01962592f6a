import { describe, expect, it, onTestFinished } from 'vitest';
import { Heartbeat } from '../../src/platform/ws/heartbeat.ts';
import type { OpenSocket } from '../../src/platform/ws/open-socket.ts';

/** Sockets that came at once, and how many were looked at in each turn until all were, so many times. */
async function turns(count: number, interval: number, times: number) {
  const heartbeat = new Heartbeat(interval);
  onTestFinished(() => heartbeat.stop());
  const sizes: number[] = [];
  const seen = new Map<OpenSocket, number[]>();
  let isSameTurn = false;
  let left = count * times;
  const all = Promise.withResolvers<void>();
  const beaten = (socket: OpenSocket) => {
    if (!isSameTurn) {
      sizes.push(0);
      isSameTurn = true;
      queueMicrotask(() => {
        isSameTurn = false;
      });
    }
    sizes.push((sizes.pop() ?? 0) + 1);
    seen.get(socket)?.push(performance.now());
    left -= 1;
    if (left === 0) all.resolve();
  };
  for (let index = 0; index < count; index += 1) {
    const socket = { dueAt: 0, beat: () => beaten(socket) } as unknown as OpenSocket;
    seen.set(socket, [performance.now()]);
    heartbeat.add(socket);
  }
  heartbeat.start();
  await all.promise;
  return { sizes, gaps: [...seen.values()].flatMap(at => at.slice(1).map((time, i) => time - (at[i] ?? 0))) };
}

describe('the heartbeat of many sockets that came at once', () => {
  it('takes at most twice the average of a turn', async () => {
    const { sizes } = await turns(1000, 400, 1);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(200);
    expect(sizes.length).toBeGreaterThanOrEqual(5);
  });

  it('never looks at one sooner than after its interval', async () => {
    const { gaps } = await turns(100, 200, 2);
    expect(gaps).toHaveLength(200);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(199);
  });
});
