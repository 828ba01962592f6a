import type { Database } from 'better-sqlite3';
import { BigNumber } from 'bignumber.js';

/**
 * Adds `decimal_sum` to a connection: the exact sum of decimal numbers that are texts, as a text. SQLite's own `sum` would make
 * them floating-point numbers. The library rounds no sum, however long it becomes.
 */
export function addDecimalSum(database: Database): void {
  database.aggregate<BigNumber>('decimal_sum', {
    start: new BigNumber(0),
    step: (sum, next) => sum.plus(next),
    result: sum => sum.toFixed(),
    deterministic: true,
  });
}
