import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STORAGES } from '../support/application.ts';
import { type TestServer, testServer } from '../support/client.ts';
import { expectProblem, faultsOf } from '../support/problem.ts';
import { signedIn } from '../support/token-requests.ts';

const SUMMARY = '/operations/summary';

describe.each(STORAGES)('GET /operations/summary on %s', storage => {
  let server: TestServer;
  let alice: string;
  let bob: string;
  beforeAll(async () => {
    server = await testServer(storage);
    ({ token: alice } = await server.signUp('alice'));
    ({ token: bob } = await server.signUp('bob'));
    for (const [quantity, type, instrument_type, date] of [
      ['1.50', 'buy', 'share', '2026-01-31T23:59:59.999Z'],
      ['0.25', 'sell', 'share', '2026-02-01'],
      [`${'9'.repeat(20)}.${'9'.repeat(18)}`, 'buy', 'bond', '2026-02-28T23:30:00-01:00'],
      ['-3', 'sell', null, '1969-12-31T23:59:59.999Z'],
    ])
      await record(alice, { quantity, type, instrument_type, date });
    await record(bob, { quantity: '100', type: 'buy', date: '2026-01-31' });
  });
  afterAll(() => server.stop());

  const record = (token: string, body: object) => server.request('POST', '/operations', { token, body });
  const get = (query: string, token = alice) => server.request('GET', SUMMARY + query, { token });
  const NINES = '99999999999999999999.999999999999999999';

  it('sums up by type', async () => {
    const answer = await get('?group_by=type');
    expect(answer.status).toBe(200);
    const bought = '100000000000000000001.499999999999999999';
    expect(answer.body).toEqual({
      group_by: 'type',
      results: [
        { key: 'buy', count: 2, quantity: bought, bought, sold: '0', net: bought },
        { key: 'sell', count: 2, quantity: '-2.75', bought: '0', sold: '-2.75', net: '2.75' },
      ],
    });
    expect(answer.headers.get('cache-control')).toBe('private, no-cache');
  });

  it('sums up by instrument type, none at the end', async () => {
    expect((await get('?group_by=instrument_type')).body).toEqual({
      group_by: 'instrument_type',
      results: [
        { key: 'bond', count: 1, quantity: NINES, bought: NINES, sold: '0', net: NINES },
        { key: 'share', count: 2, quantity: '1.75', bought: '1.5', sold: '0.25', net: '1.25' },
        { key: null, count: 1, quantity: '-3', bought: '0', sold: '-3', net: '3' },
      ],
    });
  });

  it('sums up by the month of the date in UTC', async () => {
    expect((await get('?group_by=month')).body).toEqual({
      group_by: 'month',
      results: [
        { key: '1969-12', count: 1, quantity: '-3', bought: '0', sold: '-3', net: '3' },
        { key: '2026-01', count: 1, quantity: '1.5', bought: '1.5', sold: '0', net: '1.5' },
        { key: '2026-02', count: 1, quantity: '0.25', bought: '0', sold: '0.25', net: '-0.25' },
        { key: '2026-03', count: 1, quantity: NINES, bought: NINES, sold: '0', net: NINES },
      ],
    });
  });

  it.each([
    ['?group_by=type&type=sell', ['sell']],
    ['?group_by=month&instrument_type=share', ['2026-01', '2026-02']],
    ['?group_by=month&from=2026-02-01', ['2026-02', '2026-03']],
    ['?group_by=month&to=2026-01-31', ['1969-12', '2026-01']],
    ['?group_by=month&to=2026-01-31T23:59:59.998Z', ['1969-12']],
    ['?group_by=month&from=2026-01-31&to=2026-02-01&type=buy', ['2026-01']],
    ['?group_by=month&from=2026-02-01&to=2026-01-01', []],
    ['?group_by=type&instrument_type=nothing', []],
    ['/?group_by=type&type=buy', ['buy']],
  ])('%s has %j', async (query, keys) => {
    const { status, body } = await get(query);
    expect(status).toBe(200);
    expect(body.results.map(({ key }: { key: string }) => key)).toEqual(keys);
  });

  it.each([
    ['', '/group_by', 'required'],
    ['?', '/group_by', 'required'],
    ['?type=buy', '/group_by', 'required'],
    ['?group_by=', '/group_by', 'choice'],
    ['?group_by=figi', '/group_by', 'choice'],
    ['?group_by=user_id', '/group_by', 'choice'],
    ['?group_by=type&page=1', '/page', 'unknown_field'],
    ['?group_by=type&sort=date', '/sort', 'unknown_field'],
    ['?group_by=type&cursor=', '/cursor', 'unknown_field'],
    ['?group_by=type&before=2026-01-01', '/before', 'unknown_field'],
    ['?group_by=type&type=hold', '/type', 'choice'],
    ['?group_by=type&from=2026-02-30', '/from', 'format'],
    ['?group_by=type&instrument_type=%00', '/instrument_type', 'pattern'],
  ])('answers 422 to "%s", naming %s and %s', async (query, pointer, code) => {
    const answer = await get(query);
    expectProblem(answer, 422, 'request.invalid');
    expect(new Set(faultsOf(answer).map(String))).toEqual(new Set([`${pointer},${code}`]));
  });

  it('is of one’s own operations alone, and wants the scope "operations"', async () => {
    const own = { count: 1, quantity: '100' };
    expect((await get('?group_by=type', bob)).body.results).toMatchObject([own]);
    const { access_token: lesser } = await signedIn(server, 'alice', { scope: 'todos' });
    expectProblem(await get('?group_by=type', lesser), 403, 'access.insufficient_scope');
    expectProblem(await server.request('GET', `${SUMMARY}?group_by=type`), 401, 'request.unauthenticated');
  });
});
