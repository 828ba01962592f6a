import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createContainer } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import type { Grouping, OperationReader } from '../../src/modules/operations/application/ports.ts';
import type { OperationContent } from '../../src/modules/operations/domain/operation.ts';
import { STORAGES, type TestApplication, testApplication } from '../support/application.ts';
import { expectedSummary, textOf, unitsOf } from '../support/exact-sums.ts';
import { OPERATION, storedOperations, writtenQuantity } from '../support/operations.ts';
import { storedUser } from '../support/people.ts';
import { onPostgres } from '../support/statements.ts';

const GROUPINGS: readonly Grouping[] = ['type', 'instrument_type', 'month'];
const EARLIEST = Date.parse('0001-01-01T00:00:00Z');
const LATEST = Date.parse('9999-12-31T23:59:59.999Z');

const anyDate = fc.oneof(
  fc.integer({ min: Date.UTC(2025, 11), max: Date.UTC(2026, 2) }),
  fc.integer({ min: EARLIEST, max: LATEST }),
  fc.constantFrom(EARLIEST, LATEST, -1, 0, -1000, -1001, Date.UTC(2026, 1) - 1, Date.UTC(2026, 1)),
);

const anyContent: fc.Arbitrary<OperationContent> = fc.record({
  quantity: writtenQuantity,
  figi: fc.constant(null),
  instrumentType: fc.constantFrom('share', 'bond', 'etf', 'Share', null),
  date: anyDate.map(time => new Date(time)),
  type: fc.constantFrom('buy', 'sell'),
});

it('whole numbers stand for decimal ones', () => {
  for (const text of [
    '0',
    '1',
    '-1.5',
    `-${'9'.repeat(20)}.${'9'.repeat(18)}`,
    '0.000000000000000001',
    '100',
  ])
    expect(textOf(unitsOf(text))).toBe(text);
  expect(textOf(unitsOf('1.50') + unitsOf('0.50'))).toBe('2');
});

describe.each(STORAGES)('a summary of operations on %s', storage => {
  let application: TestApplication;
  let reader: OperationReader;

  beforeAll(async () => {
    application = await testApplication(storage);
    ({ reader } = application.get(tokens.operationStorage));
  });
  afterAll(() => application.close());

  const someone = async () => (await storedUser(application)).id;

  it('is exact, by anything, of any quantities', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyContent, { minLength: 1, maxLength: 40 }), async contents => {
        const owner = await someone();
        await storedOperations(application, owner, contents);
        for (const groupBy of GROUPINGS)
          expect(await reader.summary({ groupBy, where: { owner } })).toEqual(
            expectedSummary(contents, groupBy),
          );
      }),
      { numRuns: 30 },
    );
  });

  it('is of what the filters keep', async () => {
    const type = fc.constantFrom('buy', 'sell', undefined);
    const instrumentType = fc.constantFrom('share', 'Share', 'none', undefined);
    const bound = fc.option(anyDate, { nil: undefined });
    const contents = fc.sample(anyContent, 200);
    const owner = await someone();
    await storedOperations(application, owner, contents);
    await fc.assert(
      fc.asyncProperty(type, instrumentType, bound, bound, async (type, instrument_type, from, before) => {
        const kept = contents.filter(
          content =>
            (type === undefined || content.type === type) &&
            (instrument_type === undefined || content.instrumentType === instrument_type) &&
            (from === undefined || content.date.getTime() >= from) &&
            (before === undefined || content.date.getTime() < before),
        );
        const where = {
          owner,
          type,
          instrument_type,
          ...(from !== undefined && { from: new Date(from) }),
          ...(before !== undefined && { before: new Date(before) }),
        };
        for (const groupBy of GROUPINGS)
          expect(await reader.summary({ groupBy, where })).toEqual(expectedSummary(kept, groupBy));
      }),
      { numRuns: 50 },
    );
  });

  it('is of one person alone, and of nothing where there is nothing', async () => {
    const [owner, other, nobody] = [await someone(), await someone(), await someone()];
    await storedOperations(application, owner, [{ quantity: '1' }]);
    await storedOperations(application, other, [{ quantity: '2' }]);
    expect(await reader.summary({ groupBy: 'type', where: { owner } })).toMatchObject([{ quantity: '1' }]);
    expect(await reader.summary({ groupBy: 'type', where: { owner: nobody } })).toEqual([]);
  });

  it('has only what the quantities of 38 digits add up to, and not what a number would make of it', async () => {
    const owner = await someone();
    const quantity = `${'9'.repeat(20)}.${'9'.repeat(18)}`;
    await storedOperations(application, owner, Array(1000).fill({ quantity }));
    await storedOperations(application, owner, [{ quantity: '0.000000000000000001', type: 'sell' }]);
    expect(await reader.summary({ groupBy: 'instrument_type', where: { owner } })).toEqual([
      {
        key: 'share',
        count: 1001,
        quantity: `${'9'.repeat(20)}999.999999999999999001`,
        bought: `${'9'.repeat(20)}999.999999999999999`,
        sold: '0.000000000000000001',
        net: `${'9'.repeat(20)}999.999999999999998999`,
      },
    ]);
  });

  it('is as exact over many pieces, also where thousands have one date', async () => {
    const owner = await someone();
    const contents = Array.from({ length: 3500 }, (_, index) => ({
      ...OPERATION,
      quantity: `${index}.${String(index).padStart(18, '0')}`,
      instrumentType: index % 3 === 0 ? null : `type ${index % 7}`,
      type: index % 2 === 0 ? ('buy' as const) : ('sell' as const),
      date: new Date(index < 2500 ? Date.UTC(2026, 0, 15) : Date.UTC(2026, index % 12)),
    }));
    await storedOperations(application, owner, contents);
    for (const groupBy of GROUPINGS)
      expect(await reader.summary({ groupBy, where: { owner } })).toEqual(expectedSummary(contents, groupBy));
    const where = {
      owner,
      type: 'buy',
      from: new Date(Date.UTC(2026, 0, 15)),
      before: new Date(Date.UTC(2026, 2)),
    };
    const kept = contents.filter(
      ({ type, date }) => type === 'buy' && date >= where.from && date < where.before,
    );
    expect(await reader.summary({ groupBy: 'month', where })).toEqual(expectedSummary(kept, 'month'));
  });

  it.each([999, 1000, 1001, 2000, 2001])('misses none of %i, and counts none twice', async size => {
    const owner = await someone();
    await storedOperations(application, owner, Array(size).fill({ quantity: '1' }));
    const [group] = await reader.summary({ groupBy: 'type', where: { owner } });
    expect(group).toMatchObject({ count: size, quantity: String(size) });
  });

  it('has the first 1,000 groups in the order of code points', async () => {
    const owner = await someone();
    const digits = (index: number) => String(index).padStart(4, '0');
    const few = ['A', 'a', 'Z', 'ä', '\ue000', '\uffff', '💙'];
    await storedOperations(
      application,
      owner,
      [...few, null].toReversed().map(instrumentType => ({ instrumentType })),
    );
    const keys = async () =>
      (await reader.summary({ groupBy: 'instrument_type', where: { owner } })).map(({ key }) => key);
    expect(await keys()).toEqual(['A', 'Z', 'a', 'ä', '\ue000', '\uffff', '💙', null]);
    const many = Array.from({ length: 1200 }, (_, index) => ({ instrumentType: digits((index * 7) % 1200) }));
    await storedOperations(application, owner, [...many, ...many]);
    expect(await keys()).toEqual(Array.from({ length: 1000 }, (_, index) => digits(index)));
    expect(await reader.summary({ groupBy: 'instrument_type', where: { owner } })).toMatchObject(
      Array(1000).fill({ count: 2, quantity: '3' }),
    );
  });

  it('is not kept from anybody by ten others at once', async () => {
    const owner = await someone();
    await storedOperations(application, owner, Array(2500).fill({ quantity: '0.1' }));
    const summaries = Array.from({ length: 10 }, () =>
      reader.summary({ groupBy: 'month', where: { owner } }),
    );
    for (const groups of await Promise.all(summaries)) expect(groups).toMatchObject([{ quantity: '250' }]);
  });
});

describe('a summary of PostgreSQL', () => {
  it('is in the order of code points where the database has that of a language', async () => {
    const server = await testApplication('postgresql');
    const name = `atrium_${crypto.randomUUID().replaceAll('-', '')}`;
    const own = { databaseUrl: server.settings.databaseUrl.replace(/[^/]+$/, name) };
    await onPostgres(server.settings, client =>
      client.query(`create database ${name} template template0 locale_provider icu icu_locale 'en-US'`),
    );
    const application = await createContainer({ ...server.settings, ...own });
    const owner = (await storedUser(application)).id;
    const keys = ['A', 'B', 'a', 'b', 'ä'];
    const contents = Array.from({ length: 1000 }, (_, index) => ({ instrumentType: `Z ${index}` }));
    await storedOperations(application, owner, [
      ...keys.map(instrumentType => ({ instrumentType })),
      ...contents,
    ]);
    const { reader } = application.get(tokens.operationStorage);
    const groups = await reader.summary({ groupBy: 'instrument_type', where: { owner } });
    expect(groups.map(({ key }) => key)).toEqual(
      [...keys, ...contents.map(({ instrumentType }) => instrumentType)].toSorted().slice(0, 1000),
    );
    await application.close();
    await onPostgres(server.settings, client => client.query(`drop database ${name} with (force)`));
    await server.close();
  });
});

describe('a summary of SQLite', () => {
  it('gives others their turn after each piece, and sees nothing of what they write', async () => {
    const application = await testApplication('sqlite');
    const owner = (await storedUser(application)).id;
    const { reader } = application.get(tokens.operationStorage);
    await storedOperations(application, owner, Array(10_500).fill({ quantity: '1' }));
    let turns = 0;
    let goesOn = true;
    const take = () => {
      turns += 1;
      if (goesOn) setImmediate(take);
    };
    setImmediate(take);
    const summary = reader.summary({ groupBy: 'type', where: { owner } });
    const late = new Date('9999-01-01T00:00:00Z');
    const writing = storedOperations(application, owner, Array(5).fill({ quantity: '1', date: late }));
    const [groups] = await Promise.all([summary, writing.then(() => expect(turns).toBeLessThan(10))]);
    goesOn = false;
    expect(turns).toBeGreaterThanOrEqual(10);
    expect(groups).toMatchObject([{ count: 10_500, quantity: '10500' }]);
    expect(await reader.summary({ groupBy: 'type', where: { owner } })).toMatchObject([{ count: 10_505 }]);
    await application.close();
  });
});
