import { beforeEach, describe, expect, it } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { InvalidText, MissingScope, VersionMismatch } from '../../src/kernel/errors.ts';
import type { Principal } from '../../src/kernel/principal.ts';
import { ChangeOperation } from '../../src/modules/operations/application/change-operation.ts';
import { DeleteOperation } from '../../src/modules/operations/application/delete-operation.ts';
import { ExportOperations } from '../../src/modules/operations/application/export-operations.ts';
import type { OperationView } from '../../src/modules/operations/application/ports.ts';
import { ReadOperations } from '../../src/modules/operations/application/read-operations.ts';
import { RecordOperation } from '../../src/modules/operations/application/record-operation.ts';
import { SummariseOperations } from '../../src/modules/operations/application/summarise-operations.ts';
import {
  InvalidDate,
  InvalidQuantity,
  OperationNotFound,
} from '../../src/modules/operations/domain/errors.ts';
import { testApplication } from '../support/application.ts';
import { OPERATION } from '../support/operations.ts';
import { BIRTH, principal, storedUser, without } from '../support/people.ts';
import { TestClock } from '../support/test-clock.ts';

const PAGING = { page: 1, perPage: 100 };

describe('operations', () => {
  let clock: TestClock;
  let record: RecordOperation;
  let change: ChangeOperation;
  let remove: DeleteOperation;
  let read: ReadOperations;
  let summarise: SummariseOperations;
  let exportAll: ExportOperations;
  let alice: Principal;
  let bob: Principal;

  beforeEach(async () => {
    clock = new TestClock();
    const application = await testApplication('memory', {}, [override(tokens.clock, clock)]);
    const { work, reader } = application.get(tokens.operationStorage);
    record = new RecordOperation(work, application.get(tokens.ids), clock);
    change = new ChangeOperation(work, clock);
    remove = new DeleteOperation(work);
    read = new ReadOperations(reader);
    summarise = new SummariseOperations(reader);
    exportAll = new ExportOperations(reader);
    alice = principal((await storedUser(application)).id);
    bob = principal((await storedUser(application)).id);
  });

  const listed = async (by: Principal) =>
    (await read.list({ paging: PAGING }, by)).rows.map(row => ({ ...row }));
  const exported = async (by: Principal) => {
    const all: OperationView[] = [];
    for await (const page of exportAll.execute({}, by)) all.push(...page);
    return all.map(row => ({ ...row }));
  };

  it('are recorded in the journal of whoever asks, at the time of the clock', async () => {
    const operation = await record.execute(OPERATION, alice);
    expect({ ...operation }).toEqual({
      id: expect.any(String),
      userId: alice.userId,
      importId: null,
      ...OPERATION,
      createdAt: BIRTH,
      updatedAt: BIRTH,
      version: 1,
    });
    expect(await listed(alice)).toEqual([{ ...operation }]);
    expect(await exported(alice)).toEqual([{ ...operation }]);
    expect([await listed(bob), await exported(bob)]).toEqual([[], []]);
    const sums = { groupBy: 'type', where: {} } as const;
    expect(await summarise.execute(sums, alice)).toMatchObject([{ key: 'buy', quantity: '1.5' }]);
    expect(await summarise.execute(sums, bob)).toEqual([]);
  });

  it.each([
    [{ quantity: '1e3' }, InvalidQuantity],
    [{ quantity: '-0' }, InvalidQuantity],
    [{ date: new Date(Number.NaN) }, InvalidDate],
    [{ date: new Date('0000-12-31T23:59:59.999Z') }, InvalidDate],
    [{ date: new Date('+010000-01-01T00:00:00Z') }, InvalidDate],
    [{ figi: '' }, InvalidText],
    [{ figi: 'x'.repeat(101) }, InvalidText],
    [{ instrumentType: 'a\0' }, InvalidText],
  ])('are never made of, or changed to, %j', async (content, error) => {
    await expect(record.execute({ ...OPERATION, ...content }, alice)).rejects.toThrow(error);
    const { id: operationId } = await record.execute(OPERATION, alice);
    await expect(change.execute({ operationId, content }, alice)).rejects.toThrow(error);
    expect(await listed(alice)).toMatchObject([OPERATION]);
  });

  it('are changed where they differ, and a change to the same leaves no trace', async () => {
    const { id: operationId } = await record.execute(OPERATION, alice);
    clock.advance(1);
    const same = { ...OPERATION, date: new Date(OPERATION.date) };
    expect(await change.execute({ operationId, content: same }, alice)).toMatchObject({ updatedAt: BIRTH });
    const changed = await change.execute({ operationId, content: { quantity: '1.5' } }, alice);
    expect(changed).toMatchObject({ ...OPERATION, quantity: '1.5', updatedAt: clock.now() });
  });

  it('do not exist for others', async () => {
    const { id: operationId } = await record.execute(OPERATION, alice);
    await expect(read.one(operationId, bob)).rejects.toThrow(OperationNotFound);
    await expect(change.execute({ operationId, content: {} }, bob)).rejects.toThrow(OperationNotFound);
    await expect(remove.execute({ operationId }, bob)).rejects.toThrow(OperationNotFound);
    expect(await listed(alice)).toHaveLength(1);
  });

  it('are not listed, exported or summed up for whoever asks for those of another', async () => {
    await record.execute(OPERATION, alice);
    const where = { owner: alice.userId };
    expect((await read.list({ where, paging: PAGING }, bob)).rows).toEqual([]);
    expect(await summarise.execute({ groupBy: 'type', where }, bob)).toEqual([]);
    for await (const page of exportAll.execute({ where }, bob)) expect(page).toEqual([]);
  });

  it('are not changed or deleted by who has seen an older version', async () => {
    const { id: operationId } = await record.execute(OPERATION, alice);
    await change.execute({ operationId, content: { type: 'sell' } }, alice);
    const late = { operationId, expectedVersion: 1 };
    await expect(change.execute({ ...late, content: { type: 'buy' } }, alice)).rejects.toThrow(
      VersionMismatch,
    );
    await expect(remove.execute(late, alice)).rejects.toThrow(VersionMismatch);
    expect(await listed(alice)).toMatchObject([{ type: 'sell' }]);
    await remove.execute({ operationId, expectedVersion: 2 }, alice);
    expect(await listed(alice)).toEqual([]);
  });

  it('are out of reach without the scope, by every door', async () => {
    const { id: operationId } = await record.execute(OPERATION, alice);
    const lesser = principal(alice.userId, without('operations'));
    const doors: (() => unknown)[] = [
      () => record.execute(OPERATION, lesser),
      () => change.execute({ operationId, content: {} }, lesser),
      () => remove.execute({ operationId }, lesser),
      () => read.one(operationId, lesser),
      () => read.list({ paging: PAGING }, lesser),
      () => summarise.execute({ groupBy: 'type', where: {} }, lesser),
      () => exportAll.execute({}, lesser),
    ];
    for (const door of doors) await expect(async () => door()).rejects.toThrow(MissingScope);
  });
});
