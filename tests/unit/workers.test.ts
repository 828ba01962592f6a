import { expect, it, vi } from 'vitest';
import type { WorkerProcess } from '../../src/platform/cluster/worker-process.ts';
import { Workers } from '../../src/platform/cluster/workers.ts';
import { StartError } from '../../src/platform/configuration/settings.ts';
import { logLines } from '../support/log-lines.ts';
import { linkedPeers } from '../support/peers.ts';

interface FakeWorker extends WorkerProcess {
  work(): void;
  /** It ends; where it has not worked yet, with this as the reason why it could not start. */
  end(why: string): void;
}

function fakeWorker(pid: number): FakeWorker {
  const ready = Promise.withResolvers<string>();
  const ended = Promise.withResolvers<string>();
  ready.promise.catch(() => undefined);
  return {
    pid,
    peer: linkedPeers().primary,
    ready: ready.promise,
    ended: ended.promise,
    kill: () => ended.resolve('SIGKILL'),
    work: () => ready.resolve(`worker ${pid} works`),
    end(why) {
      ended.resolve(why);
      ready.reject(new StartError(why));
    },
  };
}

function workersOf(count: number) {
  const { log, lines } = logLines();
  const forked: FakeWorker[] = [];
  const pauses: number[] = [];
  const workers = new Workers({
    count,
    fork() {
      const worker = fakeWorker(forked.length + 1);
      forked.push(worker);
      return worker;
    },
    join: () => () => undefined,
    stopTimeout: 50,
    log,
    pause(failures) {
      pauses.push(failures);
      return 0;
    },
  });
  const forks = (number: number) => vi.waitFor(() => expect(forked).toHaveLength(number));
  return { workers, forked, forks, pauses, lines };
}

it('the first worker works before the others are started, so that it alone makes what is made once', async () => {
  const { workers, forked, forks } = workersOf(3);
  const started = workers.start();
  expect(forked).toHaveLength(1);
  forked[0]?.work();
  await forks(3);
  expect(workers.ready).toHaveLength(1);
  for (const worker of forked) worker.work();
  expect(await started).toBe('worker 1 works');
  expect(workers.ready).toHaveLength(3);
});

it('a start fails with what the worker said that could not start, the first or another', async () => {
  for (const failing of [1, 2]) {
    const { workers, forked, forks } = workersOf(2);
    const started = workers.start();
    if (failing === 2) forked[0]?.work();
    await forks(failing);
    forked[failing - 1]?.end('the port is in use');
    await expect(started).rejects.toThrow(new StartError('the port is in use'));
  }
});

it('a worker that ends is replaced, later and later while they end soon', async () => {
  const { workers, forked, forks, pauses, lines } = workersOf(2);
  const started = workers.start();
  forked[0]?.work();
  await forks(2);
  forked[1]?.work();
  await started;
  forked[1]?.end('SIGKILL');
  await forks(3);
  forked[2]?.end('Cannot open the database');
  await forks(4);
  forked[3]?.work();
  await vi.waitFor(() => expect(workers.ready).toHaveLength(2));
  expect(workers.replaced).toBe(2);
  expect(pauses).toEqual([1, 2]);
  expect(lines).toMatchObject([
    { level: 'error', worker: 2, reason: 'SIGKILL' },
    { level: 'error', worker: 3, reason: 'Cannot open the database' },
  ]);
});

it('they are given up where none stays alive, and not while one works', async () => {
  const { workers, forked, forks } = workersOf(2);
  const started = workers.start();
  forked[0]?.work();
  await forks(2);
  forked[1]?.work();
  await started;
  let hasGivenUp = false;
  workers.givenUp.catch(() => {
    hasGivenUp = true;
  });
  for (let number = 2; number < 20; number += 1) {
    forked[number - 1]?.end('Cannot open the database');
    await forks(number + 1);
  }
  expect(hasGivenUp).toBe(false);
  forked[0]?.end('SIGKILL');
  await forks(21);
  forked[19]?.end('Cannot open the database');
  await expect(workers.givenUp).rejects.toThrow(/No worker stays alive\. The last one: Cannot open/);
});

it('those that do not stop in time are killed, and none is started any more', async () => {
  const { workers, forked, forks, lines } = workersOf(2);
  const started = workers.start();
  forked[0]?.work();
  await forks(2);
  forked[1]?.work();
  await started;
  await workers.stop();
  expect(forked).toHaveLength(2);
  expect(lines).toMatchObject([{ level: 'error', msg: 'Workers did not stop in time and are killed' }]);
});
