import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { Operation } from '../../src/modules/operations/domain/operation.ts';
import { OperationImport } from '../../src/modules/operations/domain/operation-import.ts';
import { STORAGES } from '../support/application.ts';
import { type Answer, type TestServer, testServer } from '../support/client.ts';
import { csvOf, HEADER, importsOf, jobIn, openUpload, seenBy, upload } from '../support/imports.ts';
import { OPERATION } from '../support/operations.ts';
import { expectProblem } from '../support/problem.ts';
import { TestClock } from '../support/test-clock.ts';

const PATIENT = { timeout: 15_000, interval: 20 };

describe.each(STORAGES)('POST /operations/import on %s', storage => {
  const clock = new TestClock();
  let server: TestServer;
  let number = 0;
  let id: string;
  let token: string;
  beforeAll(async () => {
    server = await testServer(storage, {}, [override(tokens.clock, clock)]);
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    number += 1;
    ({ id, token } = await server.signUp(`user-${number}`));
  });

  const list = async (query = '') => (await server.request('GET', `/operations${query}`, { token })).body;
  const total = async (): Promise<number> => (await list('?per_page=1')).total_count;
  const expectNothingLeft = async () => {
    await vi.waitFor(async () => expect(await importsOf(server.application, id)).toBe(0), PATIENT);
    expect(await total()).toBe(0);
  };

  it('writes each line as it would be recorded, the last of the file first', async () => {
    const file = [
      'type,date,quantity,instrument_type,figi',
      'buy,2026-01-31,1.50,share,BBG000B9XRY4',
      'sell,2026-01-31T10:00:00+02:00,-0.000000000000000001,,',
      'buy,2026-01-31T10:00:00.123Z,99999999999999999999.999999999999999999,"a, ""b""\nc",💙',
    ].join('\n');
    const answer = await upload(server, token, file);
    expect(answer).toMatchObject({ status: 200, body: { imported: 3 } });
    const now = clock.now().toISOString();
    const dates = { created_at: now, updated_at: now, id: expect.any(String) };
    expect((await list()).results).toEqual([
      {
        ...dates,
        type: 'buy',
        date: '2026-01-31T10:00:00.123Z',
        quantity: '99999999999999999999.999999999999999999',
        instrument_type: 'a, "b"\nc',
        figi: '💙',
      },
      {
        ...dates,
        type: 'sell',
        date: '2026-01-31T08:00:00.000Z',
        quantity: '-0.000000000000000001',
        instrument_type: null,
        figi: null,
      },
      {
        ...dates,
        type: 'buy',
        date: '2026-01-31T00:00:00.000Z',
        quantity: '1.50',
        instrument_type: 'share',
        figi: 'BBG000B9XRY4',
      },
    ]);
    expect(await importsOf(server.application, id)).toBe(0);
  });

  it('leaves operations that can be read, changed and deleted like others', async () => {
    await upload(server, token, csvOf(1));
    const [{ id: operation }] = (await list()).results;
    const path = `/operations/${operation}`;
    const changed = await server.request('PATCH', path, { token, body: { quantity: '7' } });
    expect(changed).toMatchObject({ status: 200, body: { quantity: '7', figi: 'FIGI' } });
    expect((await server.request('DELETE', path, { token })).status).toBe(204);
    expect(await total()).toBe(0);
  });

  it('takes back what an export gave, exactly', async () => {
    const texts = [null, "'quoted", '=1+1', "'=1+1", '-1', '\r\n', 'a,"b"', '💙'];
    for (const figi of texts)
      for (const [quantity, instrument_type] of [
        ['-0.50', '@x'],
        ['1.000', figi],
      ]) {
        const body = { quantity, figi, instrument_type, date: '2026-01-31T10:00:00.123Z', type: 'sell' };
        expect((await server.request('POST', '/operations', { token, body })).status).toBe(201);
      }
    const { body: file } = await server.request('GET', '/operations.csv', { token });
    const other = await server.signUp(`other-${number}`);
    expect((await upload(server, other.token, file)).body).toEqual({ imported: texts.length * 2 });
    const contents = async (by: string) =>
      (await server.request('GET', '/operations?per_page=100', { token: by })).body.results.map(
        ({ id: _, created_at, updated_at, ...content }: Record<string, unknown>) => content,
      );
    const [own, theirs] = [await contents(token), await contents(other.token)];
    // An export has the newest first, and the last line of a file is the newest.
    expect(theirs.toReversed()).toEqual(own);
  });

  it('takes a file of no lines, and one that is as long as can be answered at once', async () => {
    expect(await upload(server, token, HEADER)).toMatchObject({ status: 200, body: { imported: 0 } });
    expect(await upload(server, token, csvOf(10_000))).toMatchObject({
      status: 200,
      body: { imported: 10_000 },
    });
    expect(await total()).toBe(10_000);
    expect(await importsOf(server.application, id)).toBe(0);
  });

  it('leaves more lines to a job, which says how far it is and what came of it', {
    timeout: 60_000,
  }, async () => {
    const answer = await upload(server, token, csvOf(12_345));
    expect(answer.status).toBe(202);
    expect(answer.headers.get('location')).toBe(`/api/v1/jobs/${answer.body.id}`);
    expect(answer.body).toMatchObject({
      type: 'operations.import',
      progress: { done: expect.any(Number), total: 12_345 },
    });
    const done = await jobIn(server, token, answer.body.id, 'done');
    expect(done).toMatchObject({
      attempts: 1,
      progress: { done: 12_345, total: 12_345 },
      last_error: null,
      result: { imported: 12_345 },
    });
    expect(await total()).toBe(12_345);
    const { results } = await list('?per_page=1&sort=created_at');
    expect(results[0].quantity).toBe('1');
    expect(await importsOf(server.application, id)).toBe(0);
  });

  it('shows all lines at the same moment, whoever looks while they are written', {
    timeout: 60_000,
  }, async () => {
    const seen = new Set<number | undefined>();
    let ended = false;
    const looking = (async () => {
      for (let isLast = false; !isLast; await nextTurn()) {
        isLast = ended;
        seen.add(await seenBy(server.application, id));
        seen.add(await total());
      }
    })();
    const direct = await upload(server, token, csvOf(5000));
    expect(direct.status).toBe(200);
    const { body } = await upload(server, token, csvOf(11_000));
    await jobIn(server, token, body.id, 'done');
    ended = true;
    await looking;
    expect([...seen].sort((a, b) => Number(a) - Number(b))).toEqual([0, 5000, 16_000]);
  });

  it('is in lists and summaries whose answers were cached before it ended', async () => {
    await upload(server, token, csvOf(1));
    const { work } = server.application.get(tokens.operationStorage);
    const nextId = () => server.application.get(tokens.ids).next();
    const started = new OperationImport(nextId(), id, clock.now());
    const hidden = Array.from(
      { length: 1500 },
      () => new Operation(nextId(), id, OPERATION, clock.now(), started.id),
    );
    await work.run(async ({ imports, operations }) => {
      await imports.add(started);
      await operations.addAll(hidden);
    });
    const counted = async () => {
      const summary = await server.request('GET', '/operations/summary?group_by=type', { token });
      return [await total(), summary.body.results[0].count];
    };
    expect([await counted(), await counted()]).toEqual([
      [1, 1],
      [1, 1],
    ]);
    await work.run(async ({ imports }) => {
      const present = await imports.get(started.id);
      if (present) await imports.remove(present);
    });
    expect(await counted()).toEqual([1501, 1501]);
  });

  it('keeps nothing of a file with a bad line, wherever it is', async () => {
    for (const lines of [3, 11_000]) {
      const answer = await upload(server, token, `${csvOf(lines)}nonsense,,,2026-01-31,buy\n`);
      expectProblem(answer, 422, 'request.invalid', [[`/lines/${lines + 2}/quantity`, 'pattern']]);
      await expectNothingLeft();
    }
  });

  it('keeps nothing of an upload that is broken off', async () => {
    for (const lines of [3, 11_000]) {
      const open = openUpload(server, token);
      await open.send(csvOf(lines));
      await vi.waitFor(async () => expect(await importsOf(server.application, id)).toBe(1), PATIENT);
      open.abandon();
      await expectNothingLeft();
    }
  });

  it('takes three uploads of a person at once, and not a fourth', async () => {
    const open = [0, 1, 2].map(() => openUpload(server, token));
    await Promise.all(open.map(each => each.send(csvOf(2))));
    await vi.waitFor(async () => expect(await importsOf(server.application, id)).toBe(3), PATIENT);
    const refused = await upload(server, token, csvOf(2));
    expectProblem(refused, 429, 'operations.too_many_imports');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    const other = await server.signUp(`other-${number}`);
    expect((await upload(server, other.token, csvOf(2))).status).toBe(200);
    expect(await total()).toBe(0);
    for (const each of open) expect((await each.finish()).body).toEqual({ imported: 2 });
    expect(await total()).toBe(6);
    expect((await upload(server, token, csvOf(2))).status).toBe(200);
  });

  it('takes three of twenty that come at the same moment', async () => {
    const open = Array.from({ length: 20 }, () => openUpload(server, token));
    const refused: Answer[] = [];
    for (const each of open)
      void each.answer().then(
        answer => refused.push(answer),
        () => undefined,
      );
    await Promise.all(open.map(each => each.send(csvOf(1))));
    await vi.waitFor(() => expect(refused).toHaveLength(17), PATIENT);
    expect(new Set(refused.map(({ body }) => body.code))).toEqual(new Set(['operations.too_many_imports']));
    expect(await importsOf(server.application, id)).toBe(3);
    for (const each of open) each.abandon();
    await expectNothingLeft();
  });

  it('lets two jobs of one person write beside each other', { timeout: 60_000 }, async () => {
    const answers = await Promise.all([0, 1].map(() => upload(server, token, csvOf(10_500))));
    for (const { body } of answers)
      expect(await jobIn(server, token, body.id, 'done')).toMatchObject({ result: { imported: 10_500 } });
    expect(await total()).toBe(21_000);
  });
});
