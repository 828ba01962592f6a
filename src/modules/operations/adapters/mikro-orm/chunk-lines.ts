import type { OperationContent, OperationType } from '../../domain/operation.ts';

/** A line as it is kept until all lines of its import have come: short, because there are many. */
export type ChunkLine = readonly [
  quantity: string,
  figi: string | null,
  instrumentType: string | null,
  date: number,
  type: OperationType,
];

export function linesOf(contents: readonly OperationContent[]): ChunkLine[] {
  return contents.map(({ quantity, figi, instrumentType, date, type }) => [
    quantity,
    figi,
    instrumentType,
    date.getTime(),
    type,
  ]);
}

export function contentsOf(lines: readonly ChunkLine[]): OperationContent[] {
  return lines.map(([quantity, figi, instrumentType, date, type]) => ({
    quantity,
    figi,
    instrumentType,
    date: new Date(date),
    type,
  }));
}
