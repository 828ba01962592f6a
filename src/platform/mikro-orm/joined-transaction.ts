import { NO_CACHE } from '../cache/cache.ts';
import { JoinedWork } from '../joined-work.ts';
import { bind, type Statement, type StatementPreparer } from './statements.ts';
import type { Transaction } from './transaction.ts';

/**
 * The transaction that whatever is called inside of `run` is a part of: its units of work do not commit by themselves, and
 * its reads see what they wrote.
 */
export class JoinedTransaction extends JoinedWork<Transaction> {
  /** Reads in the transaction where there is one. */
  readerOr(reader: StatementPreparer): StatementPreparer {
    const inTransaction = () => this.current !== undefined;
    return {
      dialect: reader.dialect,
      // What a transaction sees is nothing for others, and it sees what they do not.
      get counts() {
        return inTransaction() ? NO_CACHE : reader.counts;
      },
      prepare: query => {
        const alone = reader.prepare(query);
        const compiled = query.compile();
        const all: Statement['all'] = values =>
          this.current?.rows(compiled.sql, bind(compiled, values)) ?? alone.all(values);
        return { all };
      },
    };
  }
}
