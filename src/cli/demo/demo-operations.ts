import { faker } from '@faker-js/faker';
import { tokens } from '../../composition/tokens.ts';
import { Operation } from '../../modules/operations/domain/operation.ts';
import type { DemoWorld } from './demo-world.ts';

const INSTRUMENT_TYPES = ['share', 'bond', 'etf', 'currency', 'future'];

/** Instruments that are traded again and again. */
const INSTRUMENTS = 50;

export async function addOperations(world: DemoWorld, amount: number): Promise<void> {
  const { work } = world.application.get(tokens.operationStorage);
  const instruments = Array.from({ length: INSTRUMENTS }, () => ({
    figi: `BBG${faker.string.alphanumeric({ length: 9, casing: 'upper' })}`,
    instrumentType: faker.helpers.arrayElement(INSTRUMENT_TYPES),
  }));
  const makeOperation = () => {
    const [date, digits] = [world.recently(), faker.number.int({ min: 0, max: 6 })];
    const content = {
      ...faker.helpers.arrayElement(instruments),
      quantity: faker.number.float({ min: 0, max: 10_000 }).toFixed(digits),
      date,
      type: faker.helpers.arrayElement(['buy', 'sell'] as const),
    };
    return new Operation(world.nextId(), world.someone(), content, world.later(date));
  };
  await world.fill('operations', amount, makeOperation, batch =>
    work.run(({ operations }) => operations.addAll(batch)),
  );
}
