import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { tokens } from '../../src/composition/tokens.ts';
import { CONCURRENCY, MAX_ATTEMPTS, POLL_INTERVAL, TIME_LIMIT } from '../../src/platform/jobs/job-policy.ts';
import { STORAGES } from '../support/application.ts';
import {
  enqueue,
  enqueueFor,
  handler,
  jobSetting,
  jobStoreOf,
  neighbourOf,
  startWorker,
  type Task,
  workerOf,
  workOnce,
} from '../support/job-worker.ts';
import { onPostgres } from '../support/statements.ts';
import { DIFFICULT_TEXTS } from '../support/texts.ts';

const PATIENT = { timeout: 15_000, interval: 20 };

const task = (name: string, payload?: unknown): Task => ({
  type: 'test.task',
  name,
  ...(payload !== undefined && { payload }),
});

/** A handler that notes the names of the jobs it is given, and does nothing else. */
function noting() {
  const names: string[] = [];
  const handlers = [handler('test.task', async ({ name = '' }) => void names.push(name))];
  const reach = (count: number) =>
    vi.waitFor(() => expect(names.length).toBeGreaterThanOrEqual(count), PATIENT);
  return { names, handlers, reach };
}

describe.each(STORAGES)('jobs on %s', storage => {
  it('are done once each, what was enqueued before the worker started too', async () => {
    const { application } = await jobSetting(storage);
    const { names, handlers, reach } = noting();
    await enqueue(application, task('before'), task('with it'));
    await startWorker(application, handlers);
    await reach(2);
    await enqueue(application, task('later'));
    await reach(3);
    await enqueue(application, task('last'));
    await reach(4);
    expect(names.sort()).toEqual(['before', 'last', 'later', 'with it']);
  });

  it('are not done when the work that enqueued them is rolled back', async () => {
    const { application } = await jobSetting(storage);
    const { names, handlers, reach } = noting();
    await startWorker(application, handlers);
    const failing = application.get(tokens.identityStorage).work.run(async ({ jobs }) => {
      await jobs.enqueue(task('rolled back'));
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    await enqueue(application, task('first'));
    await reach(1);
    await enqueue(application, task('second'));
    await reach(2);
    expect(names).toEqual(['first', 'second']);
  });

  it('are not done before the work that enqueued them is committed', async () => {
    const { application } = await jobSetting(storage);
    const { names, handlers, reach } = noting();
    await startWorker(application, handlers);
    await application.get(tokens.identityStorage).work.run(async ({ jobs }) => {
      await jobs.enqueue(task('patient'));
      await sleep(POLL_INTERVAL * 1.5);
      expect(names).toEqual([]);
    });
    await reach(1);
  });

  it('arrive as they were enqueued', async () => {
    const { application } = await jobSetting(storage);
    const payload = {
      texts: DIFFICULT_TEXTS,
      keys: Object.fromEntries(DIFFICULT_TEXTS.map((text, index) => [text, index])),
      nothing: null,
      list: [null, [], {}, [[{ deep: [{ deeper: '' }] }]]],
      numbers: [0, -1, 1.5, 1e300, 5e-324, Number.MAX_SAFE_INTEGER],
      flags: [true, false],
      long: '💙'.repeat(50_000),
    };
    const received: Task[] = [];
    await startWorker(application, [handler('test.task', async job => void received.push(job))]);
    await enqueue(application, task('difficult', payload));
    await vi.waitFor(() => expect(received).toHaveLength(1), PATIENT);
    expect(received[0]).toEqual({ type: 'test.task', name: 'difficult', payload });
  });

  it('are done soon after the commit by a worker that waits', async () => {
    const { application } = await jobSetting(storage);
    const { handlers, reach } = noting();
    await startWorker(application, handlers);
    await enqueue(application, task('warm up'));
    await reach(1);
    const started = performance.now();
    for (let number = 2; number <= 6; number += 1) {
      await enqueue(application, task(`soon ${number}`));
      await reach(number);
    }
    const each = (performance.now() - started) / 5;
    expect(each).toBeLessThan(storage === 'postgresql' ? POLL_INTERVAL * 2 : POLL_INTERVAL / 2);
  });

  it('are tried again until they succeed', { timeout: 40_000 }, async () => {
    const { application, clock } = await jobSetting(storage);
    const attempts: number[] = [];
    const failing = handler('test.task', async () => {
      attempts.push(performance.now());
      if (attempts.length < 3) throw new Error('not yet');
    });
    await enqueue(application, task('in the end'));
    if (storage === 'postgresql') {
      await startWorker(application, [failing]);
      await vi.waitFor(() => expect(attempts).toHaveLength(3), { timeout: 30_000, interval: 50 });
      const [first = 0, second = 0, third = 0] = attempts;
      expect(second - first).toBeGreaterThan(900);
      expect(third - second).toBeGreaterThan(1800);
      return;
    }
    for (const wait of [2, 4, 8, 16]) {
      await workOnce(application, [failing]);
      clock.advance(wait);
    }
    expect(attempts).toHaveLength(3);
  });

  it('of a type that nobody does stop no others', async () => {
    const { application } = await jobSetting(storage);
    const { names, handlers, reach } = noting();
    const unknown = Array.from({ length: CONCURRENCY * 2 }, (): Task => ({ type: 'test.unknown' }));
    await enqueue(application, ...unknown, task('known'));
    await startWorker(application, handlers);
    await reach(1);
    expect(names).toEqual(['known']);
  });

  it('that fail hold up no others', async () => {
    const { application } = await jobSetting(storage);
    const { names, handlers, reach } = noting();
    const failing = handler('test.failing', async () => {
      throw new Error('as always');
    });
    const failures = Array.from({ length: CONCURRENCY * 2 }, (): Task => ({ type: 'test.failing' }));
    await enqueue(application, ...failures, task('other'));
    await startWorker(application, [failing, ...handlers]);
    await reach(1);
    expect(names).toEqual(['other']);
  });

  it(`are done several at once, at most ${CONCURRENCY} of them`, async () => {
    const { application } = await jobSetting(storage);
    const state = { running: 0, most: 0, done: 0 };
    const busy = handler('test.task', async () => {
      state.running += 1;
      state.most = Math.max(state.most, state.running);
      await vi.waitFor(() => expect(state.most).toBeGreaterThanOrEqual(CONCURRENCY), PATIENT);
      await sleep(50);
      state.running -= 1;
      state.done += 1;
    });
    const all = Array.from({ length: CONCURRENCY * 4 }, (_, number) => task(`${number}`));
    await enqueue(application, ...all);
    await startWorker(application, [busy]);
    await vi.waitFor(() => expect(state.done).toBe(all.length), PATIENT);
    expect(state.most).toBe(CONCURRENCY);
  });

  it('that are being done are waited for when the worker stops, and no others are begun', async () => {
    const { application } = await jobSetting(storage);
    const order: string[] = [];
    const gate = Promise.withResolvers<void>();
    const slow = handler('test.task', async ({ name }) => {
      order.push(`${name} begins`);
      await gate.promise;
      order.push(`${name} ends`);
    });
    const worker = workerOf(application, [slow]);
    await worker.start();
    await enqueue(application, task('first'));
    await vi.waitFor(() => expect(order).toEqual(['first begins']), PATIENT);
    const stopped = worker.stop().then(() => void order.push('stopped'));
    await enqueue(application, task('second'));
    await sleep(POLL_INTERVAL * 1.2);
    gate.resolve();
    await stopped;
    expect(order).toEqual(['first begins', 'first ends', 'stopped']);

    const { names, handlers, reach } = noting();
    await startWorker(application, handlers);
    await reach(1);
    await enqueue(application, task('third'));
    await reach(2);
    expect(names).toEqual(['second', 'third']);
  });

  it('that take too long when the worker stops are told so by their signal, and are done later', async () => {
    const { application, clock } = await jobSetting(storage);
    const begun = Promise.withResolvers<AbortSignal>();
    const endless = handler('test.task', async (_, { signal }) => {
      begun.resolve(signal);
      await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    });
    const worker = workerOf(application, [endless], { stopTimeout: 300 });
    await worker.start();
    await enqueue(application, task('interrupted'));
    const signal = await begun.promise;
    expect(signal.aborted).toBe(false);
    const asked = performance.now();
    await worker.stop();
    expect(performance.now() - asked).toBeLessThan(4000);
    expect(signal.aborted).toBe(true);

    clock.advance(10);
    const { handlers, reach } = noting();
    await startWorker(application, handlers);
    await reach(1);
  });

  it('that do not heed their signal hold up the stop of the worker for a bounded time', async () => {
    const { application } = await jobSetting(storage);
    const [begun, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    onTestFinished(() => gate.resolve());
    const deaf = handler('test.task', () => {
      begun.resolve();
      return gate.promise;
    });
    const worker = workerOf(application, [deaf], { stopTimeout: 300 });
    await worker.start();
    await enqueue(application, task('deaf'));
    await begun.promise;
    const asked = performance.now();
    await worker.stop();
    expect(performance.now() - asked).toBeLessThan(4000);
  });

  it('are done once each by two workers of two processes, fifty of them', async () => {
    const setting = await jobSetting(storage);
    const applications = [setting.application, await neighbourOf(setting)] as const;
    const { names, handlers, reach } = noting();
    await Promise.all(applications.map(application => startWorker(application, handlers)));
    const all = Array.from({ length: 50 }, (_, number) => `job ${number}`);
    await Promise.all(all.map((name, number) => enqueue(applications[number % 2 ? 0 : 1], task(name))));
    await reach(50);
    await enqueue(applications[0], task('job last'));
    await reach(51);
    expect(names.sort()).toEqual([...all, 'job last'].sort());
  });
});

describe.each(['memory', 'sqlite'] as const)('jobs on %s, by the clock', storage => {
  it('of a worker that vanished are done by another when its lease has ended, and not before', async () => {
    const { application, clock } = await jobSetting(storage);
    const { names, handlers } = noting();
    const lease = new Date(clock.now().getTime() + TIME_LIMIT * 1000);
    await enqueue(application, task('left behind'));
    expect(await jobStoreOf(application).claim(1, clock.now(), lease)).toMatchObject([{ attempt: 1 }]);
    clock.advance(TIME_LIMIT - 1);
    await workOnce(application, handlers);
    expect(names).toEqual([]);
    clock.advance(1);
    await workOnce(application, handlers);
    expect(names).toEqual(['left behind']);
    clock.advance(TIME_LIMIT * 10);
    await workOnce(application, handlers);
    expect(names).toEqual(['left behind']);
  });

  it('for later are done at their time, and not before', async () => {
    const { application, clock } = await jobSetting(storage);
    const { names, handlers } = noting();
    const time = new Date(clock.now().getTime() + 900_000);
    await enqueueFor(application, time, task('later'));
    await enqueueFor(application, clock.now(), task('now'));
    await workOnce(application, handlers);
    expect(names).toEqual(['now']);
    clock.advance(899.999);
    await workOnce(application, handlers);
    expect(names).toEqual(['now']);
    clock.advance(0.001);
    await workOnce(application, handlers);
    expect(names).toEqual(['now', 'later']);
  });

  it('are leased for longer than they may take', async () => {
    const { application, clock } = await jobSetting(storage);
    const gate = Promise.withResolvers<void>();
    const begun: string[] = [];
    const slow = handler('test.task', async ({ name = '' }) => {
      begun.push(name);
      await gate.promise;
    });
    await enqueue(application, task('slow'));
    const worker = await startWorker(application, [slow]);
    await vi.waitFor(() => expect(begun).toEqual(['slow']), PATIENT);
    clock.advance(TIME_LIMIT);
    const { names, handlers } = noting();
    await workOnce(application, handlers);
    expect(names).toEqual([]);
    gate.resolve();
    await worker.stop();
  });

  it(`are dead after ${MAX_ATTEMPTS} attempts, each after a longer delay, and are never tried again`, async () => {
    const { application, clock } = await jobSetting(storage);
    const times: number[] = [];
    const failing = handler('test.task', async () => {
      times.push(clock.now().getTime() / 1000);
      throw new Error('as always');
    });
    await enqueue(application, task('hopeless'));
    for (let second = 0; times.length < MAX_ATTEMPTS && second < 2000; second += 1) {
      await workOnce(application, [failing]);
      clock.advance(1);
    }
    expect(times).toHaveLength(MAX_ATTEMPTS);
    const waits = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    for (const [index, wait] of waits.entries()) {
      expect(wait).toBeGreaterThanOrEqual(2 ** index);
      expect(wait).toBeLessThanOrEqual(2 ** (index + 1) + 1);
    }
    clock.advance(20 * 86_400);
    await workOnce(application, [failing]);
    expect(times).toHaveLength(MAX_ATTEMPTS);
  });

  it('whose workers vanish every time are given up too', async () => {
    const { application, clock } = await jobSetting(storage);
    const { names, handlers } = noting();
    await enqueue(application, task('deadly'));
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      const claimed = await jobStoreOf(application).claim(
        1,
        clock.now(),
        new Date(clock.now().getTime() + 1000),
      );
      expect(claimed).toMatchObject([{ attempt }]);
      clock.advance(1);
    }
    await workOnce(application, handlers);
    clock.advance(86_400);
    await workOnce(application, handlers);
    expect(names).toEqual([]);
  });

  it('that wait longest are done first', async () => {
    const { application } = await jobSetting(storage);
    const { names, handlers } = noting();
    for (let number = 0; number < CONCURRENCY * 2; number += 1) await enqueue(application, task(`${number}`));
    await workOnce(application, handlers);
    expect(names.sort()).toEqual(['0', '1', '2', '3']);
  });
});

describe('jobs on postgresql, where pg-boss counts the attempts', () => {
  it('for later are done at their time, and not before', async () => {
    const { application } = await jobSetting('postgresql');
    const { names, handlers, reach } = noting();
    const time = new Date(Date.now() + 900_000);
    await enqueueFor(application, time, task('later'));
    await enqueueFor(application, new Date(Date.now() - 1000), task('now'));
    await startWorker(application, handlers);
    await reach(1);
    await enqueue(application, task('next'));
    await reach(2);
    expect(names).toEqual(['now', 'next']);
    const due = await onPostgres(application.settings, async client => {
      const { rows } = await client.query<{ start_after: Date }>(
        `update atrium_jobs.job j set start_after = now() from atrium_jobs.job old
         where old.id = j.id and j.name = 'test.task' and j.state = 'created' returning old.start_after`,
      );
      return rows.map(({ start_after: start }) => start.getTime());
    });
    expect(due).toEqual([time.getTime()]);
    await reach(3);
    expect(names).toEqual(['now', 'next', 'later']);
  });

  it(`are dead after ${MAX_ATTEMPTS} attempts, and are never tried again`, { timeout: 60_000 }, async () => {
    const { application } = await jobSetting('postgresql');
    const client = new pg.Client({ connectionString: application.settings.databaseUrl });
    await client.connect();
    onTestFinished(() => client.end());
    let attempts = 0;
    const failing = handler('test.task', async () => {
      attempts += 1;
      throw new Error('as always');
    });
    await startWorker(application, [failing]);
    await enqueue(application, task('hopeless'));
    const states: string[] = [];
    await vi.waitFor(
      async () => {
        await client.query(`update atrium_jobs.job set start_after = now() where state = 'retry'`);
        const { rows } = await client.query(
          `select state, data from atrium_jobs.job where name = 'test.task'`,
        );
        states.push(...rows.map(({ state }) => state));
        expect(rows).toMatchObject([{ state: 'failed', data: { name: 'hopeless' } }]);
      },
      { timeout: 40_000, interval: 100 },
    );
    expect(attempts).toBe(MAX_ATTEMPTS);
    expect(states).toContain('retry');
  });
});
