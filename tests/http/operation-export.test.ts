import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { unescapeCell } from '../../src/modules/operations/adapters/http/escape-cell.ts';
import { STORAGES } from '../support/application.ts';
import { type TestServer, testServer } from '../support/client.ts';
import { csvRecords } from '../support/csv.ts';
import { storedOperations } from '../support/operations.ts';
import { expectProblem, faultsOf } from '../support/problem.ts';
import { TestClock } from '../support/test-clock.ts';
import { DIFFICULT_TEXTS } from '../support/texts.ts';
import { signedIn } from '../support/token-requests.ts';

const FILE = '/operations.csv';
const HEADER = ['id', 'quantity', 'figi', 'instrument_type', 'date', 'type', 'created_at', 'updated_at'];

interface Shown {
  readonly id: string;
  readonly figi: string | null;
  readonly instrument_type: string | null;
}

describe.each(STORAGES)('GET /operations.csv on %s', storage => {
  const clock = new TestClock();
  let server: TestServer;
  let last = 0;
  beforeAll(async () => {
    server = await testServer(storage, {}, [override(tokens.clock, clock)]);
  });
  afterAll(() => server.stop());

  /** Somebody with these operations, as they are shown. */
  async function journal(...contents: readonly object[]) {
    last += 1;
    const { id, token } = await server.signUp(`trader-${last}`);
    const shown: Shown[] = [];
    for (const content of contents) {
      clock.advance(1);
      const body = { quantity: '1.50', date: '2026-01-31', type: 'buy', ...content };
      shown.push((await server.request('POST', '/operations', { token, body })).body);
    }
    return { id, token, shown };
  }
  const get = (token: string, query = '') => server.request('GET', FILE + query, { token });
  const records = async (token: string, query = '') => csvRecords((await get(token, query)).body);

  it('is a file with a header, which is all where there is nothing', async () => {
    const { token } = await journal();
    const answer = await get(token);
    expect(answer.status).toBe(200);
    expect(answer.body).toBe(`${HEADER}\r\n`);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="operations.csv"',
      'cache-control': 'private, no-cache',
    });
    expect(answer.headers.get('vary')).toContain('Authorization, Cookie');
    expect(answer.headers.has('etag')).toBe(false);
  });

  it('has a record for each operation, the newest first, as it is shown', async () => {
    const { token, shown } = await journal(
      { figi: 'BBG000B9XRY4', instrument_type: 'share', quantity: '-1.50' },
      { type: 'sell', quantity: `${'9'.repeat(20)}.${'9'.repeat(18)}`, date: '2026-01-31T10:00:00.123Z' },
    );
    const rows = shown.toReversed().map(one => Object.values(one).map(value => value ?? ''));
    expect(await records(token)).toEqual([HEADER, ...rows]);
    const [first] = shown;
    expect((await get(token)).body).toContain(
      `${first?.id},-1.50,BBG000B9XRY4,share,2026-01-31T00:00:00.000Z,buy,`,
    );
  });

  it('keeps every text, and none of them calculates', async () => {
    const formulas = [
      '=1+1',
      '+1',
      '-1',
      '@SUM(A1)',
      '\t=1',
      '\r=1',
      '\n=1',
      '＝1',
      "'=1",
      "''=1",
      "'",
      "'a",
    ];
    const texts = [...formulas, ...DIFFICULT_TEXTS, 'a,b', '"', '""', 'a;=1', ' a '];
    const { token, shown } = await journal(...texts.map(text => ({ figi: text, instrument_type: text })));
    const [, ...rows] = await records(token);
    expect(rows.map(([, , figi = '']) => unescapeCell(figi)).toReversed()).toEqual(texts);
    for (const row of rows) {
      expect(row[3]).toBe(row[2]);
      for (const cell of [row[2], row[3]]) expect(cell).not.toMatch(/^[=+\-@\t\r\n＝＋－＠]/);
    }
    expect(rows.map(([id]) => id)).toEqual(shown.map(({ id }) => id).toReversed());
  });

  it('obeys the filters and the order of the list', async () => {
    const { token } = await journal(
      { figi: 'a', type: 'buy', instrument_type: 'share', date: '2026-01-31' },
      { figi: 'b', type: 'sell', instrument_type: 'share', date: '2026-01-30' },
      { figi: 'c', type: 'buy', instrument_type: 'bond', date: '2026-02-01' },
    );
    const names = async (query: string) =>
      (await records(token, query))
        .slice(1)
        .map(([, , figi]) => figi)
        .join('');
    for (const [query, expected] of [
      ['', 'cba'],
      ['?sort=created_at', 'abc'],
      ['?sort=date', 'bac'],
      ['?sort=-date', 'cab'],
      ['?type=buy', 'ca'],
      ['?instrument_type=share&sort=-date', 'ab'],
      ['?from=2026-01-31', 'ca'],
      ['?to=2026-01-31', 'ba'],
      ['?from=2026-02-01&to=2026-01-01', ''],
      ['/', 'cba'],
    ] as const)
      expect([query, await names(query)]).toEqual([query, expected]);
  });

  it('has every page of what is long, once and in order, and nothing of others', async () => {
    const { id, token } = await journal();
    const other = await journal({ figi: 'Of another' });
    const contents = Array.from({ length: 350 }, (_, number) => ({ figi: `F${number}` }));
    await storedOperations(server.application, id, contents);
    const answer = await server.request('GET', FILE, { token, headers: { 'accept-encoding': 'gzip' } });
    const [header, ...rows] = csvRecords(answer.body);
    expect(header).toEqual(HEADER);
    expect(rows.map(([, , figi]) => figi)).toEqual(contents.map(({ figi }) => figi).toReversed());
    expect((await records(other.token)).slice(1)).toHaveLength(1);
  });

  it.each([
    ['?page=1', '/page'],
    ['?per_page=10', '/per_page'],
    ['?cursor=', '/cursor'],
    ['?sort=figi', '/sort'],
    ['?type=hold', '/type'],
    ['?from=2026-02-30', '/from'],
    ['?before=2026-01-01', '/before'],
    ['?group_by=type', '/group_by'],
  ])('answers 422 to %s, naming %s', async (query, pointer) => {
    const { token } = await journal();
    const answer = await get(token, query);
    expectProblem(answer, 422, 'request.invalid');
    expect(new Set(faultsOf(answer).map(([at]) => at))).toEqual(new Set([pointer]));
  });

  it('wants the scope "operations", and who takes CSV', async () => {
    const { token } = await journal();
    const { access_token: lesser } = await signedIn(server, `trader-${last}`, { scope: 'todos' });
    expectProblem(await get(lesser), 403, 'access.insufficient_scope');
    expectProblem(await server.request('GET', FILE), 401, 'request.unauthenticated');
    const headers = { accept: 'application/json' };
    expectProblem(await server.request('GET', FILE, { token, headers }), 406, 'request.not_acceptable');
    expect((await server.request('HEAD', FILE, { token })).status).toBe(200);
  });
});

describe('a file of operations whose storage fails', () => {
  it('is a problem where nothing could be read, and is cut off later', async () => {
    const server = await testServer();
    const { id, token } = await server.signUp('alice');
    await storedOperations(server.application, id, Array(150).fill({}));
    const { reader } = server.application.get(tokens.operationStorage);
    const { list } = reader;
    let asked = 0;
    let failsFrom = 2;
    Object.assign(reader, {
      list: (query: Parameters<typeof list>[0]) => {
        asked += 1;
        return asked >= failsFrom ? Promise.reject(new Error('broken')) : list(query);
      },
    });
    await expect(server.request('GET', FILE, { token })).rejects.toThrow();
    expect(asked).toBe(2);
    failsFrom = 0;
    expectProblem(await server.request('GET', FILE, { token }), 500, 'server.failed');
    await server.stop();
  });
});
