import { type Principal, requireScope } from '../../../kernel/principal.ts';
import type { OperationReader, SummaryGroup, SummaryQuery } from './ports.ts';

/**
 * Sums up the operations of whoever asks and of nobody else, by one of their properties.
 *
 * - The sums are exact, however many and however long the quantities are.
 * - They are of one state of the journal, whatever is written meanwhile.
 * - There are at most 1,000 groups: the first by their keys, that without a key at the end.
 */
export class SummariseOperations {
  private readonly reader: OperationReader;

  constructor(reader: OperationReader) {
    this.reader = reader;
  }

  async execute({ groupBy, where }: SummaryQuery, by: Principal): Promise<readonly SummaryGroup[]> {
    requireScope(by, 'operations');
    return this.reader.summary({ groupBy, where: { ...where, owner: by.userId } });
  }
}
