import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokens } from '../../src/composition/tokens.ts';
import type { ListQuery } from '../../src/kernel/list.ts';
import type { OperationStorage } from '../../src/modules/operations/application/ports.ts';
import { Operation, type OperationContent } from '../../src/modules/operations/domain/operation.ts';
import { STORAGES, type TestApplication, testApplication } from '../support/application.ts';
import { GOOD_QUANTITIES, OPERATION, storedOperation, writtenQuantity } from '../support/operations.ts';
import { BIRTH, storedUser } from '../support/people.ts';
import { DIFFICULT_TEXTS, DIFFICULT_TIMES } from '../support/texts.ts';

const UNKNOWN_ID = '019ab0f4-7c1e-7d3a-8a51-0e6f3c9d2b47';
const PAGE = { page: 1, perPage: 100 };

describe.each(STORAGES)('the storage of operations on %s', storage => {
  let application: TestApplication;
  let operations: OperationStorage;
  let owner: string;

  beforeAll(async () => {
    application = await testApplication(storage);
    operations = application.get(tokens.operationStorage);
    owner = (await storedUser(application)).id;
  });
  afterAll(() => application.close());

  const stored = (change: Partial<OperationContent> = {}, by = owner, at = BIRTH) =>
    storedOperation(application, by, change, at);
  const change = (id: string, content: Partial<OperationContent>, at = BIRTH) =>
    operations.work.run(async work => (await work.operations.get(id))?.change(content, at));
  const listed = async (query: Omit<ListQuery, 'paging'> & Partial<ListQuery>) =>
    (await operations.reader.list({ paging: PAGE, ...query })).rows;

  it('keeps every field', async () => {
    const operation = await stored();
    const fields = {
      id: operation.id,
      userId: owner,
      ...OPERATION,
      createdAt: BIRTH,
      updatedAt: BIRTH,
      version: 1,
    };
    const found = await operations.work.run(async work => work.operations.get(operation.id));
    expect(found).toBeInstanceOf(Operation);
    expect(found).not.toBe(operation);
    expect({ ...found }).toEqual({ ...fields, importId: null });
    expect(await operations.reader.find(operation.id)).toMatchObject(fields);
  });

  it('keeps changes to every field, and that there is none', async () => {
    const operation = await stored();
    const later = new Date('2027-01-01T00:00:00.001Z');
    const next = {
      quantity: '-1.500',
      figi: null,
      instrumentType: null,
      date: new Date('0001-01-01T00:00:00.000Z'),
      type: 'sell',
    } as const;
    await change(operation.id, next, later);
    const { importId: _, ...rest } = operation;
    const fields = { ...rest, ...next, updatedAt: later, version: 2 };
    expect(await operations.reader.find(operation.id)).toMatchObject(fields);
    await change(operation.id, OPERATION, later);
    expect(await operations.reader.find(operation.id)).toMatchObject({
      ...fields,
      ...OPERATION,
      version: 3,
    });
  });

  it('leaves the version alone where nothing changes', async () => {
    const operation = await stored();
    await change(operation.id, { ...OPERATION, date: new Date(OPERATION.date) }, new Date(0));
    expect(await operations.reader.find(operation.id)).toMatchObject({ updatedAt: BIRTH, version: 1 });
  });

  it.each(GOOD_QUANTITIES)('keeps the quantity %s as it was written', async quantity => {
    const { id } = await stored({ quantity });
    expect((await operations.reader.find(id))?.quantity).toBe(quantity);
    expect((await operations.work.run(async work => work.operations.get(id)))?.quantity).toBe(quantity);
    const other = await stored({ quantity: '42' });
    await change(other.id, { quantity });
    expect((await operations.reader.find(other.id))?.quantity).toBe(quantity);
  });

  it('keeps any quantity as it was written', async () => {
    await fc.assert(
      fc.asyncProperty(writtenQuantity, async quantity => {
        const { id } = await stored({ quantity });
        expect((await operations.reader.find(id))?.quantity).toBe(quantity);
      }),
      { numRuns: 50 },
    );
  });

  it.each(DIFFICULT_TEXTS)('keeps the text %j', async text => {
    const { id } = await stored({ figi: text, instrumentType: text });
    expect(await operations.reader.find(id)).toMatchObject({ figi: text, instrumentType: text });
    const where = { owner, instrument_type: text };
    expect((await listed({ where })).map(row => row.id)).toEqual([id]);
  });

  it('keeps the longest texts', async () => {
    const text = '💙'.repeat(100);
    const { id } = await stored({ figi: text, instrumentType: text });
    expect(await operations.reader.find(id)).toMatchObject({ figi: text, instrumentType: text });
  });

  it.each(['0001-01-01T00:00:00.000Z', ...DIFFICULT_TIMES])('keeps the date %s', async time => {
    const date = new Date(time);
    const { id } = await stored({ date });
    expect((await operations.reader.find(id))?.date.toISOString()).toBe(time);
    const where = { owner, from: date, before: new Date(date.getTime() + 1) };
    expect((await listed({ where })).map(row => row.id)).toContain(id);
  });

  it('finds nothing under an unknown id, and lists nothing for somebody who has nothing', async () => {
    expect(await operations.work.run(async work => work.operations.get(UNKNOWN_ID))).toBeUndefined();
    expect(await operations.reader.find(UNKNOWN_ID)).toBeUndefined();
    expect(await operations.reader.list({ where: { owner: UNKNOWN_ID }, paging: PAGE })).toMatchObject({
      rows: [],
      total: 0,
    });
  });

  it('removes one, or some of one person at a time and of nobody else', async () => {
    const by = (await storedUser(application)).id;
    const [first] = [await stored({}, by), await stored({}, by), await stored({}, by)];
    const other = await stored();
    await operations.work.run(async work => {
      const found = await work.operations.get(first.id);
      if (found) await work.operations.remove(found);
    });
    expect(await listed({ where: { owner: by } })).toHaveLength(2);
    const removeSome = () => operations.work.run(work => work.operations.removeSomeOf(by, 2));
    expect([await removeSome(), await removeSome()]).toEqual([2, 0]);
    expect(await listed({ where: { owner: by } })).toEqual([]);
    expect(await operations.reader.find(other.id)).toBeDefined();
  });

  describe('lists', () => {
    const at = (day: number) => new Date(Date.UTC(2026, 0, day));
    let by: string;
    beforeAll(async () => {
      by = (await storedUser(application)).id;
      const of = (figi: string, content: Partial<OperationContent>, created: number) =>
        stored({ figi, ...content }, by, at(created));
      await of('a', { type: 'buy', instrumentType: 'share', date: at(5) }, 1);
      await of('b', { type: 'sell', instrumentType: 'share', date: at(4) }, 2);
      await of('c', { type: 'buy', instrumentType: 'bond', date: at(3) }, 3);
      await of('d', { type: 'sell', instrumentType: null, date: at(3) }, 3);
    });

    it.each([
      [{}, 'dcba'],
      [{ type: 'buy' }, 'ca'],
      [{ type: 'sell' }, 'db'],
      [{ instrument_type: 'share' }, 'ba'],
      [{ instrument_type: 'Share' }, ''],
      [{ type: 'buy', instrument_type: 'share' }, 'a'],
      [{ from: at(4) }, 'ba'],
      [{ before: at(4) }, 'dc'],
      [{ from: at(3), before: at(5) }, 'dcb'],
      [{ from: at(5), before: at(3) }, ''],
      [{ type: 'sell', instrument_type: 'share', from: at(4), before: at(5) }, 'b'],
    ])('of %j have %s', async (where, expected) => {
      const rows = await listed({ where: { owner: by, ...where } });
      expect(rows.map(({ figi }) => figi).join('')).toBe(expected);
    });

    it.each([
      ['created_at', 'dcba'],
      ['updated_at', 'dcba'],
      ['date', 'abdc'],
    ])('by %s are ordered down and up, and by id where the times are the same', async (key, expected) => {
      const where = { owner: by };
      const down = await listed({ where, sort: { key, descending: true } });
      expect(down.map(({ figi }) => figi).join('')).toBe(expected);
      const up = await listed({ where, sort: { key, descending: false } });
      expect(up.map(({ figi }) => figi)).toEqual([...expected].toReversed());
    });
  });
});
