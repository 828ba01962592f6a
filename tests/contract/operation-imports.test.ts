import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import type { JobHandler, JobId } from '../../src/kernel/jobs.ts';
import type { Principal } from '../../src/kernel/principal.ts';
import { AbandonImport } from '../../src/modules/operations/application/abandon-import.ts';
import { ChangeOperation } from '../../src/modules/operations/application/change-operation.ts';
import { EraseOperations } from '../../src/modules/operations/application/erase-operations.ts';
import { ImportFinisher } from '../../src/modules/operations/application/finish-import.ts';
import {
  ImportOperations,
  type ImportOutcome,
} from '../../src/modules/operations/application/import-operations.ts';
import type { FinishImport } from '../../src/modules/operations/application/jobs.ts';
import type { OperationStorage } from '../../src/modules/operations/application/ports.ts';
import { ImportAbandoned, TooManyImports } from '../../src/modules/operations/domain/errors.ts';
import { Operation, type OperationContent } from '../../src/modules/operations/domain/operation.ts';
import { OperationImport } from '../../src/modules/operations/domain/operation-import.ts';
import { STORAGES, sqlStorageOf, type TestApplication, testApplication } from '../support/application.ts';
import { lonelyAttempt } from '../support/job-worker.ts';
import { OPERATION } from '../support/operations.ts';
import { principal, storedUser } from '../support/people.ts';
import { TestClock } from '../support/test-clock.ts';

const LIMITS = { lines: 1000, direct: 5, chunk: 3, underWay: 3 };
const NEVER = new AbortController().signal;

const lines = (from: number, count: number): OperationContent[] =>
  Array.from({ length: count }, (_, index) => ({ ...OPERATION, quantity: String(from + index) }));

async function* batches(...all: readonly (readonly OperationContent[])[]) {
  yield* all;
}

/** Shows the lines as soon as all of them are there. */
const atOnce = (finish: () => Promise<ImportOutcome>) => finish();

describe.each(STORAGES)('imports of operations on %s', storage => {
  const clock = new TestClock();
  let application: TestApplication;
  let operations: OperationStorage;
  let by: Principal;
  let abandon: AbandonImport;
  let importing: ImportOperations;
  let finisher: ImportFinisher;
  beforeAll(async () => {
    application = await testApplication(storage, {}, [override(tokens.clock, clock)]);
    operations = application.get(tokens.operationStorage);
    const ids = application.get(tokens.ids);
    abandon = new AbandonImport(operations.work, operations.imports, clock);
    importing = new ImportOperations(operations, abandon, LIMITS, ids, clock);
    finisher = new ImportFinisher(operations.work, abandon, LIMITS, ids, clock);
  });
  afterAll(() => application.close());
  beforeEach(async () => {
    by = principal((await storedUser(application)).id);
  });

  const seen = async () => {
    const sort = { key: 'created_at', descending: false };
    const query = { where: { owner: by.userId }, sort, paging: { page: 1, perPage: 100 } };
    const { rows, total } = await operations.reader.list(query);
    const summary = await operations.reader.summary({ where: { owner: by.userId }, groupBy: 'type' });
    const [{ count } = { count: 0 }] = summary;
    expect([rows.length, count]).toEqual([total, total]);
    return rows.map(({ quantity }) => quantity);
  };
  const underWay = () => operations.work.run(({ imports }) => imports.of(by.userId));
  const countTo = (count: number) => Array.from({ length: count }, (_, index) => String(index + 1));

  /** An upload of so many lines that has come to its end, and its job. */
  async function queued(count: number): Promise<{ readonly job: FinishImport; readonly id: JobId }> {
    const outcome = await importing.execute(batches(lines(1, 4), lines(5, count - 4)), by, atOnce);
    if (!('job' in outcome)) throw new Error('There is no job.');
    const [started] = await underWay();
    return {
      job: { type: 'operations.import', importId: started?.id ?? '', lines: count },
      id: outcome.job.id,
    };
  }

  it('show nothing of themselves to anybody until they have finished, and then all', async () => {
    const started = new OperationImport(application.get(tokens.ids).next(), by.userId, clock.now());
    const hidden = lines(1, 3).map(
      content =>
        new Operation(application.get(tokens.ids).next(), by.userId, content, clock.now(), started.id),
    );
    await operations.work.run(async work => {
      await work.imports.add(started);
      await work.operations.addAll(hidden);
    });
    const [{ id: operationId }] = hidden as [Operation];
    const changing = new ChangeOperation(operations.work, clock);
    const change = () => changing.execute({ operationId, content: { quantity: '1' } }, by);
    expect(await seen()).toEqual([]);
    expect(await operations.reader.find(operationId)).toBeUndefined();
    await expect(change()).rejects.toThrow('There is no such operation');
    await operations.work.run(async work => {
      const present = await work.imports.get(started.id);
      if (present) await work.imports.remove(present);
    });
    expect(await seen()).toEqual(countTo(3));
    expect(await operations.reader.find(operationId)).toMatchObject({ id: operationId });
    await change();
  });

  it.each([0, 1, 3, 4, 5])('of %d lines are written at once', async count => {
    expect(await importing.execute(batches(lines(1, count)), by, atOnce)).toEqual({ imported: count });
    expect(await seen()).toEqual(countTo(count));
    expect(await underWay()).toEqual([]);
  });

  it.each([6, 7, 9, 10])('of %d lines are left to a job, which writes all of them once', async count => {
    const { job, id } = await queued(count);
    expect(await seen()).toEqual([]);
    expect(await operations.jobs.find(id)).toMatchObject({
      ownerId: by.userId,
      type: 'operations.import',
      state: 'waiting',
      done: 0,
      total: count,
    });
    expect(await finisher.handle(job, { ...lonelyAttempt(), id })).toEqual({ imported: count });
    expect(await seen()).toEqual(countTo(count));
    expect(await operations.jobs.find(id)).toMatchObject({
      state: 'done',
      done: count,
      total: count,
      result: { imported: count },
    });
    expect(await underWay()).toEqual([]);
  });

  it('go on where they were when their worker was killed', async () => {
    const { job, id } = await queued(10);
    for (let chunk = 1; chunk <= 3; chunk += 1) {
      // It looks at its signal before each chunk: this one is killed after one.
      const killed = new AbortController();
      const attempt = { ...lonelyAttempt(killed.signal), id };
      const { throwIfAborted } = killed.signal;
      let looks = 0;
      Object.assign(killed.signal, {
        throwIfAborted() {
          looks += 1;
          if (looks > 1) killed.abort(new Error('killed'));
          throwIfAborted.call(killed.signal);
        },
      });
      await expect(finisher.handle(job, attempt)).rejects.toThrow('killed');
      expect(await operations.jobs.find(id)).toMatchObject({ done: chunk * 3, total: 10 });
      expect(await seen()).toEqual([]);
    }
    await finisher.handle(job, { ...lonelyAttempt(), id });
    expect(await seen()).toEqual(countTo(10));
  });

  it.runIf(storage === 'postgresql')(
    'tell the planner of what they have written, or it would sort all of it',
    async () => {
      const opened = sqlStorageOf(application);
      const rowsOnRecord = () =>
        opened.database.transaction(transaction =>
          transaction.query("select reltuples as rows from pg_class where relname = 'operations'", []),
        );
      const { job, id } = await queued(50);
      const before = await rowsOnRecord();
      await finisher.handle(job, { ...lonelyAttempt(), id });
      expect(await rowsOnRecord()).not.toEqual(before);
    },
  );

  it('let everybody else have a turn between their chunks', async () => {
    const { job, id } = await queued(900);
    let turns = 0;
    const counting = setInterval(() => {
      turns += 1;
    }, 0);
    const started = performance.now();
    await finisher.handle(job, { ...lonelyAttempt(), id });
    const took = performance.now() - started;
    clearInterval(counting);
    expect(turns).toBeGreaterThan(took / 100);
  });

  it('are written once by two workers who both take them for theirs', async () => {
    const { job, id } = await queued(30);
    const attempt = { ...lonelyAttempt(), id };
    const outcomes = await Promise.allSettled([finisher.handle(job, attempt), finisher.handle(job, attempt)]);
    expect(outcomes.map(({ status }) => status)).toContain('fulfilled');
    expect(await seen()).toEqual(countTo(30));
  });

  it('leave nothing behind where reading fails, before and after lines were kept', async () => {
    for (const count of [2, 8]) {
      const failing = (async function* () {
        yield lines(1, count);
        throw new Error('broken off');
      })();
      await expect(importing.execute(failing, by, atOnce)).rejects.toThrow('broken off');
      expect(await seen()).toEqual([]);
      expect(await underWay()).toEqual([]);
    }
  });

  it('are three of one person at most, however many begin at the same moment', async () => {
    const gate = Promise.withResolvers<void>();
    let begun = 0;
    const waiting = async function* () {
      begun += 1;
      await gate.promise;
      yield lines(1, 1);
    };
    const refusals: unknown[] = [];
    const all = Array.from({ length: 20 }, () =>
      importing.execute(waiting(), by, atOnce).catch(error => void refusals.push(error)),
    );
    await vi.waitFor(() => expect(begun + refusals.length).toBe(20), { timeout: 15_000 });
    expect(begun).toBe(3);
    for (const refusal of refusals) expect(refusal).toBeInstanceOf(TooManyImports);
    gate.resolve();
    await Promise.all(all);
    expect(await seen()).toHaveLength(3);
  });

  it('are given up by whoever uploads them when somebody else has given them up', async () => {
    const interrupted = (async function* () {
      yield lines(1, 8);
      const [started] = await underWay();
      if (started) await abandon.execute(started.id);
      yield lines(9, 8);
    })();
    await expect(importing.execute(interrupted, by, atOnce)).rejects.toThrow(ImportAbandoned);
    expect(await seen()).toEqual([]);
    expect(await underWay()).toEqual([]);
  });

  it('of a job that is given up are removed, with all that it had written', async () => {
    const { job, id } = await queued(10);
    await operations.work.run(async work => {
      const chunk = await work.imports.firstChunk(job.importId);
      const present = await work.imports.get(job.importId);
      if (!chunk || !present) throw new Error('It is not there.');
      const ids = application.get(tokens.ids);
      const written = Array.from(
        { length: 510 },
        () => new Operation(ids.next(), by.userId, OPERATION, present.createdAt, present.id),
      );
      await work.operations.addAll(written);
    });
    await (finisher as JobHandler<FinishImport>).abandon?.(job);
    expect(await underWay()).toEqual([]);
    expect(await seen()).toEqual([]);
    expect(await operations.work.run(({ imports }) => imports.firstChunk(job.importId))).toBeUndefined();
    await expect(finisher.handle(job, { ...lonelyAttempt(), id })).rejects.toThrow(ImportAbandoned);
    expect(await seen()).toEqual([]);
  });

  it('are removed after five minutes without a sign of life, or 30 days of a job', async () => {
    const started = (state: 'uploading' | 'queued') => {
      const one = new OperationImport(application.get(tokens.ids).next(), by.userId, clock.now());
      if (state === 'queued') one.queue(clock.now());
      return one;
    };
    await operations.work.run(async ({ imports }) => {
      await imports.add(started('uploading'));
      await imports.add(started('queued'));
    });
    const states = async () => (await underWay()).map(({ state }) => state);
    clock.advance(300);
    await abandon.overdue(NEVER);
    expect(await states()).toEqual(['uploading', 'queued']);
    clock.advance(0.001);
    await abandon.overdue(NEVER);
    expect(await states()).toEqual(['queued']);
    clock.advance(30 * 86_400 - 300);
    await abandon.overdue(NEVER);
    expect(await states()).toEqual([]);
  });

  it('that are slow give a sign of life while they are uploaded', async () => {
    const slow = (async function* () {
      for (let minute = 0; minute < 12; minute += 1) {
        yield minute === 0 ? lines(1, 3) : [];
        clock.advance(61);
        await abandon.overdue(NEVER);
      }
    })();
    expect(await importing.execute(slow, by, atOnce)).toEqual({ imported: 3 });
  });

  it('are erased with their person, and with what they had written', async () => {
    const { job } = await queued(10);
    await expect(
      finisher.handle(job, {
        ...lonelyAttempt(AbortSignal.abort()),
        id: '019ab0f4-7c1e-7d3a-8a51-0e6f3c9d2b47',
      }),
    ).rejects.toThrow();
    await new EraseOperations(operations.work, abandon).execute(by.userId, NEVER);
    expect(await underWay()).toEqual([]);
    expect(await seen()).toEqual([]);
  });
});
