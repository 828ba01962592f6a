import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { STORAGES } from '../support/application.ts';
import { type TestServer, testServer } from '../support/client.ts';
import { BAD_QUANTITIES, GOOD_QUANTITIES } from '../support/operations.ts';
import { expectProblem, faultsOf } from '../support/problem.ts';
import { TestClock } from '../support/test-clock.ts';
import { signedIn } from '../support/token-requests.ts';

const OPERATION = { quantity: '1.50', date: '2026-01-31T10:00:00.000Z', type: 'buy' };
const WHOLE = { ...OPERATION, figi: 'BBG000B9XRY4', instrument_type: 'share' };

describe.each(STORAGES)('operations on %s', storage => {
  const clock = new TestClock();
  let server: TestServer;
  let alice: string;
  let bob: string;
  beforeAll(async () => {
    server = await testServer(storage, {}, [override(tokens.clock, clock)]);
    ({ token: alice } = await server.signUp('alice'));
    ({ token: bob } = await server.signUp('bob'));
  });
  afterAll(() => server.stop());

  const send = (method: string, path: string, body?: unknown, headers = {}, token = alice) =>
    server.request(method, path, { token, body, headers });
  const record = async (content: object = {}, token = alice) =>
    (await send('POST', '/operations', { ...OPERATION, ...content }, {}, token)).body;
  const read = (id: string) => send('GET', `/operations/${id}`);
  const count = async () => (await send('GET', '/operations?per_page=1')).body.total_count;

  it('are recorded with what they need, or with everything', async () => {
    const times = { created_at: clock.now().toISOString(), updated_at: clock.now().toISOString() };
    const bare = await send('POST', '/operations', OPERATION);
    const none = { figi: null, instrument_type: null };
    expect(bare.status).toBe(201);
    expect(bare.body).toEqual({ id: expect.any(String), ...OPERATION, ...none, ...times });
    expect(bare.headers.get('location')).toBe(`/api/v1/operations/${bare.body.id}`);
    const whole = await send('POST', '/operations', WHOLE);
    expect(whole.body).toEqual({ id: expect.any(String), ...WHOLE, ...times });
    for (const { body } of [bare, whole]) expect((await read(body.id)).body).toEqual(body);
    expect(Object.keys(whole.body)).toEqual([
      'id',
      'quantity',
      'figi',
      'instrument_type',
      'date',
      'type',
      'created_at',
      'updated_at',
    ]);
  });

  it('take null for what they have not', async () => {
    expect(await record({ figi: null, instrument_type: null })).toMatchObject({
      figi: null,
      instrument_type: null,
    });
  });

  it.each(GOOD_QUANTITIES)('echo the quantity %s', async quantity => {
    const { id } = await record({ quantity });
    expect((await read(id)).body.quantity).toBe(quantity);
    const patched = await record();
    await send('PATCH', `/operations/${patched.id}`, { quantity });
    expect((await read(patched.id)).body.quantity).toBe(quantity);
  });

  it('are made of no other quantity, and of no number', async () => {
    const before = await count();
    const { id } = await record();
    for (const quantity of [...BAD_QUANTITIES, 1.5, 0, -1, 1e30, null, true, ['1'], {}]) {
      for (const answer of [
        await send('POST', '/operations', { ...OPERATION, quantity }),
        await send('PUT', `/operations/${id}`, { ...OPERATION, quantity }),
        await send('PATCH', `/operations/${id}`, { quantity }),
      ]) {
        expectProblem(answer, 422, 'request.invalid');
        expect(new Set(faultsOf(answer).map(([pointer]) => pointer))).toEqual(new Set(['/quantity']));
      }
    }
    expect(await count()).toBe(before + 1);
    expect((await read(id)).body.quantity).toBe('1.50');
  });

  it.each([
    ['2026-01-31', '2026-01-31T00:00:00.000Z'],
    ['2026-01-31T10:00:00Z', '2026-01-31T10:00:00.000Z'],
    ['2026-01-31t10:00:00.1239z', '2026-01-31T10:00:00.123Z'],
    ['2026-01-31T23:30:00-01:00', '2026-02-01T00:30:00.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
    ['0001-01-01', '0001-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ])('of %s are of %s', async (date, shown) => {
    const { id } = await record({ date });
    expect((await read(id)).body.date).toBe(shown);
  });

  it.each([
    [{ date: '2026-01-31T10:00:00' }, '/date', 'format'],
    [{ date: '2026-01-31 10:00:00Z' }, '/date', 'format'],
    [{ date: '2026-02-30' }, '/date', 'format'],
    [{ date: '2026-02-30T00:00:00Z' }, '/date', 'format'],
    [{ date: '2023-02-29' }, '/date', 'format'],
    [{ date: '2016-12-31T23:59:60Z' }, '/date', 'format'],
    [{ date: '0000-12-31' }, '/date', 'format'],
    [{ date: '0001-01-01T00:30:00+01:00' }, '/date', 'format'],
    [{ date: '9999-12-31T23:59:59-01:00' }, '/date', 'format'],
    [{ date: '10000-01-01' }, '/date', 'format'],
    [{ date: '' }, '/date', 'format'],
    [{ date: 'today' }, '/date', 'format'],
    [{ date: 1767225600000 }, '/date', 'type'],
    [{ date: null }, '/date', 'type'],
    [{ date: undefined }, '/date', 'required'],
    [{ quantity: undefined }, '/quantity', 'required'],
    [{ type: undefined }, '/type', 'required'],
    [{ type: 'hold' }, '/type', 'choice'],
    [{ type: 'BUY' }, '/type', 'choice'],
    [{ type: null }, '/type', 'choice'],
    [{ figi: '' }, '/figi', 'min_length'],
    [{ figi: 'x'.repeat(101) }, '/figi', 'max_length'],
    [{ figi: 7 }, '/figi', 'type'],
    [{ figi: 'a\0b' }, '/figi', 'characters'],
    [{ figi: '\ud800' }, '/figi', 'characters'],
    [{ instrument_type: '' }, '/instrument_type', 'min_length'],
    [{ instrument_type: 'x'.repeat(101) }, '/instrument_type', 'max_length'],
    [{ instrument_type: '\0' }, '/instrument_type', 'characters'],
    [{ id: '019ab0f4-7c1e-7d3a-8a51-0e6f3c9d2b47' }, '/id', 'unknown_field'],
    [{ import_id: null }, '/import_id', 'unknown_field'],
    [{ user_id: null }, '/user_id', 'unknown_field'],
  ])('are not made of %j, which names %s and %s', async (content, pointer, code) => {
    const before = await count();
    const answer = await send('POST', '/operations', { ...WHOLE, ...content });
    expect(answer.status).toBe(422);
    expect(faultsOf(answer)).toContainEqual([pointer, code]);
    expect(await count()).toBe(before);
  });

  it('take texts of 100 characters, of any kind', async () => {
    const text = '💙'.repeat(100);
    const { id } = await record({ figi: text, instrument_type: text });
    expect((await read(id)).body).toMatchObject({ figi: text, instrument_type: text });
  });

  it('are replaced: what is left out is taken away', async () => {
    const { id } = await record(WHOLE);
    const answer = await send('PUT', `/operations/${id}`, { ...OPERATION, type: 'sell' });
    expect(answer.body).toMatchObject({ type: 'sell', figi: null, instrument_type: null });
    expect((await read(id)).body).toEqual(answer.body);
    for (const body of [{ quantity: '1', type: 'buy' }, { date: '2026-01-31', type: 'buy' }, {}])
      expectProblem(await send('PUT', `/operations/${id}`, body), 422, 'request.invalid');
    expect((await read(id)).body).toEqual(answer.body);
  });

  it('are patched: what is left out stays, and null takes away what may be missing', async () => {
    const { id } = await record(WHOLE);
    clock.advance(1);
    const answer = await send('PATCH', `/operations/${id}`, { figi: null, date: '2026-02-01' });
    expect(answer.body).toMatchObject({
      ...WHOLE,
      figi: null,
      date: '2026-02-01T00:00:00.000Z',
      updated_at: clock.now().toISOString(),
    });
    expect((await read(id)).body).toEqual(answer.body);
    for (const body of [{ quantity: null }, { date: null }, { type: null }, { figi: [] }, [], '"x"'])
      expect((await send('PATCH', `/operations/${id}`, body)).status).toBe(422);
    expect((await read(id)).body).toEqual(answer.body);
    clock.advance(1);
    const same = await send('PATCH', `/operations/${id}`, { quantity: '1.50', date: '2026-02-01T00:00:00Z' });
    expect(same.body).toEqual(answer.body);
    const other = await send('PATCH', `/operations/${id}`, { quantity: '1.5' });
    expect(other.body).toMatchObject({ quantity: '1.5', updated_at: clock.now().toISOString() });
  });

  it('are deleted', async () => {
    const { id } = await record();
    expect((await send('DELETE', `/operations/${id}`)).status).toBe(204);
    expectProblem(await read(id), 404, 'operations.not_found');
    expectProblem(await send('DELETE', `/operations/${id}`), 404, 'operations.not_found');
  });

  it('obey If-Match and If-None-Match', async () => {
    const { id } = await record();
    const path = `/operations/${id}`;
    const etag = (await read(id)).headers.get('etag') ?? '';
    expect((await send('GET', path, undefined, { 'if-none-match': etag })).status).toBe(304);
    const patch = (quantity: string) => send('PATCH', path, { quantity }, { 'if-match': etag });
    expect((await patch('2')).status).toBe(200);
    expectProblem(await patch('3'), 412, 'request.precondition_failed');
    const replaced = await send('PUT', path, OPERATION, { 'if-match': etag });
    expectProblem(replaced, 412, 'request.precondition_failed');
    const removed = await send('DELETE', path, undefined, { 'if-match': etag });
    expectProblem(removed, 412, 'request.precondition_failed');
    expect((await read(id)).body.quantity).toBe('2');
  });

  it('lose none of twenty changes at once', async () => {
    const { id } = await record();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => send('PATCH', `/operations/${id}`, { quantity: `${index}` })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    const found = await server.application.get(tokens.operationStorage).reader.find(id);
    expect(found?.version).toBe(21);
  });

  it('are as if there were none for everybody else', async () => {
    const { id, ...before } = await record(WHOLE);
    for (const [method, body] of [
      ['GET', undefined],
      ['PUT', OPERATION],
      ['PATCH', { quantity: '2' }],
      ['DELETE', undefined],
    ] as const) {
      const answer = await send(method, `/operations/${id}`, body, {}, bob);
      expectProblem(answer, 404, 'operations.not_found');
    }
    expect((await send('GET', '/operations', undefined, {}, bob)).body).toMatchObject({
      total_count: 0,
      results: [],
    });
    expect((await read(id)).body).toEqual({ id, ...before });
  });

  describe('in lists', () => {
    let walt: string;
    beforeAll(async () => {
      ({ token: walt } = await server.signUp('walt'));
      for (const [figi, type, instrument_type, date] of [
        ['a', 'buy', 'share', '2026-01-01T00:00:00.000Z'],
        ['b', 'sell', 'share', '2026-01-31T23:59:59.999Z'],
        ['c', 'buy', 'bond', '2026-02-01T00:00:00.000Z'],
        ['d', 'sell', null, '9999-12-31T23:59:59.999Z'],
        ['e', 'buy', 'a b&c', '0001-01-01T00:00:00.000Z'],
      ]) {
        clock.advance(1);
        await record({ figi, type, instrument_type, date }, walt);
      }
    });

    const names = async (query: string): Promise<string> => {
      const { body } = await send('GET', `/operations${query}`, undefined, {}, walt);
      return body.results.map(({ figi }: { figi: string }) => figi).join('');
    };

    it.each([
      ['', 'edcba'],
      ['?sort=created_at', 'abcde'],
      ['?sort=-updated_at', 'edcba'],
      ['?sort=date', 'eabcd'],
      ['?sort=-date', 'dcbae'],
      ['?type=buy', 'eca'],
      ['?type=sell', 'db'],
      ['?instrument_type=share', 'ba'],
      ['?instrument_type=a%20b%26c', 'e'],
      ['?instrument_type=nothing', ''],
      ['?type=buy&instrument_type=share', 'a'],
      ['?from=2026-02-01', 'dc'],
      ['?from=2026-01-31T23:59:59.999Z', 'dcb'],
      ['?from=2026-02-01T01:00:00%2B01:00', 'dc'],
      ['?to=2026-01-31', 'eba'],
      ['?to=2026-01-30', 'ea'],
      ['?to=2026-01-31T23:59:59.998Z', 'ea'],
      ['?to=2026-01-31T23:59:59.999Z', 'eba'],
      ['?to=2026-02-01T00:00:00Z', 'ecba'],
      ['?to=9999-12-31', 'edcba'],
      ['?to=9999-12-31T23:59:59.999Z', 'edcba'],
      ['?from=0001-01-01&to=0001-01-01', 'e'],
      ['?from=2026-01-01&to=2026-01-31&sort=-date', 'ba'],
      ['?from=2026-02-01&to=2026-01-31', ''],
      ['?from=2026-01-31&to=2026-01-31', 'b'],
      ['?per_page=2&page=2', 'cb'],
      ['?page=9', ''],
    ])('answer %s with %s', async (query, expected) => {
      expect(await names(query)).toBe(expected);
    });

    it.each(['', '&sort=date', '&type=buy&sort=-date', '&from=2026-01-01&sort=updated_at'])(
      'go on at a cursor, to the end, with "%s"',
      async rest => {
        let seen = '';
        for (let cursor: string | null = ''; cursor !== null; ) {
          const path = `/operations?per_page=2&cursor=${cursor}${rest}`;
          const { body } = await send('GET', path, undefined, {}, walt);
          seen += body.results.map(({ figi }: { figi: string }) => figi).join('');
          cursor = body.next_cursor;
        }
        expect(seen).toBe(await names(`?${rest.slice(1)}`));
      },
    );

    it('count what is asked for, with a cursor only if that is asked for too', async () => {
      const body = async (query: string) =>
        (await send('GET', `/operations${query}`, undefined, {}, walt)).body;
      expect(await body('?type=buy&per_page=1')).toMatchObject({ total_count: 3 });
      expect(await body('?type=buy&per_page=1&cursor=')).not.toHaveProperty('total_count');
      expect(await body('?type=buy&per_page=1&cursor=&count=true')).toMatchObject({ total_count: 3 });
    });

    it.each([
      ['?type=hold', '/type'],
      ['?type=', '/type'],
      ['?type=buy&type=sell', '/type'],
      ['?instrument_type=', '/instrument_type'],
      ['?instrument_type=%00', '/instrument_type'],
      [`?instrument_type=${'x'.repeat(101)}`, '/instrument_type'],
      ['?from=yesterday', '/from'],
      ['?from=2026-02-30', '/from'],
      ['?from=2026-01-31T10:00:00', '/from'],
      ['?from=0000-01-01', '/from'],
      ['?to=2016-12-31T23:59:60Z', '/to'],
      ['?to=', '/to'],
      ['?before=2026-01-01', '/before'],
      ['?owner=019ab0f4-7c1e-7d3a-8a51-0e6f3c9d2b47', '/owner'],
      ['?figi=a', '/figi'],
      ['?q=a', '/q'],
      ['?sort=quantity', '/sort'],
      ['?per_page=101', '/per_page'],
      ['?cursor=x', '/cursor'],
      ['?cursor=&page=1', '/page'],
    ])('refuse %s, naming %s', async (query, pointer) => {
      const answer = await send('GET', `/operations${query}`, undefined, {}, walt);
      expectProblem(answer, 422, 'request.invalid');
      expect(new Set(faultsOf(answer).map(([at]) => at))).toEqual(new Set([pointer]));
    });

    it('refuse a cursor that was tampered with, or is of another order', async () => {
      const { body } = await send('GET', '/operations?cursor=&per_page=1', undefined, {}, walt);
      const [sort, , id] = JSON.parse(Buffer.from(body.next_cursor, 'base64url').toString());
      const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
      for (const cursor of [
        `${body.next_cursor}&sort=date`,
        encoded([sort, 'x', id]),
        encoded([sort, 8.64e15, id]),
        encoded([sort, 0, "' or 1=1"]),
        body.next_cursor.slice(0, -9),
      ]) {
        const answer = await send('GET', `/operations?cursor=${cursor}`, undefined, {}, walt);
        expectProblem(answer, 422, 'request.invalid', [['/cursor', 'cursor']]);
      }
    });
  });

  it('want the scope "operations"', async () => {
    const { id } = await record();
    const { access_token: token } = await signedIn(server, 'alice', { scope: 'profile' });
    for (const [method, path, body] of [
      ['GET', '/operations', undefined],
      ['POST', '/operations', OPERATION],
      ['GET', `/operations/${id}`, undefined],
      ['PUT', `/operations/${id}`, OPERATION],
      ['PATCH', `/operations/${id}`, {}],
      ['DELETE', `/operations/${id}`, undefined],
    ] as const) {
      const refused = await server.request(method, path, { token, body });
      expectProblem(refused, 403, 'access.insufficient_scope');
      expect(refused.headers.get('www-authenticate')).toContain('scope="operations"');
      expectProblem(await server.request(method, path, { body }), 401, 'request.unauthenticated');
    }
  });
});
