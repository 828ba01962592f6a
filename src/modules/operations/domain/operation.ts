import type { Id } from '../../../kernel/ids.ts';
import type { UserId } from '../../../kernel/principal.ts';
import { boundedText, type TextBounds } from '../../../kernel/text.ts';
import { isWithinTime } from '../../../kernel/time-bounds.ts';
import { InvalidDate } from './errors.ts';
import type { OperationImportId } from './operation-import.ts';
import { type Quantity, quantityOf } from './quantity.ts';

export type OperationId = Id<'operation'>;

export type OperationType = 'buy' | 'sell';

/** Of the FIGI and of the instrument's type: both are free text. */
export const INSTRUMENT_TEXT: TextBounds = { min: 1, max: 100 };

export interface OperationContent {
  readonly quantity: Quantity;
  readonly figi: string | null;
  readonly instrumentType: string | null;
  readonly date: Date;
  readonly type: OperationType;
}

const FIELDS = ['quantity', 'figi', 'instrumentType', 'date', 'type'] as const;

/** An entry of one person's own journal: something bought or sold, or a correction of that. */
export class Operation {
  readonly id: OperationId;
  readonly userId: UserId;
  quantity: Quantity;
  figi: string | null;
  instrumentType: string | null;
  date: Date;
  type: OperationType;
  readonly createdAt: Date;
  updatedAt: Date;
  /** The import that it came with; until that has finished, it is not shown. */
  readonly importId: OperationImportId | null;
  readonly version = 1;

  /** @throws InvalidQuantity, InvalidDate, InvalidText */
  constructor(
    id: OperationId,
    userId: UserId,
    content: OperationContent,
    now: Date,
    importId: OperationImportId | null = null,
  ) {
    const { quantity, figi, instrumentType, date, type } = checkedContent(content);
    this.importId = importId;
    this.id = id;
    this.userId = userId;
    this.quantity = quantity;
    this.figi = figi;
    this.instrumentType = instrumentType;
    this.date = date;
    this.type = type;
    this.createdAt = now;
    this.updatedAt = now;
  }

  /**
   * What `content` leaves out stays as it is; a change to the same leaves no trace.
   * @throws InvalidQuantity, InvalidDate, InvalidText
   */
  change(content: Partial<OperationContent>, now: Date): void {
    const { quantity, figi, instrumentType, date, type } = this;
    const next = checkedContent({ quantity, figi, instrumentType, date, type, ...content });
    if (FIELDS.every(field => isSame(this[field], next[field]))) return;
    Object.assign(this, next, { updatedAt: now });
  }
}

/** @throws InvalidQuantity, InvalidDate, InvalidText */
export function checkedContent({
  quantity,
  figi,
  instrumentType,
  date,
  type,
}: OperationContent): OperationContent {
  if (!isWithinTime(date.getTime())) throw new InvalidDate();
  return {
    quantity: quantityOf(quantity),
    figi: optionalText('figi', figi),
    instrumentType: optionalText('instrument_type', instrumentType),
    date,
    type,
  };
}

function optionalText(field: string, text: string | null): string | null {
  return text === null ? null : boundedText(field, text, INSTRUMENT_TEXT);
}

type Value = OperationContent[keyof OperationContent];

function isSame(one: Value, other: Value): boolean {
  return one instanceof Date && other instanceof Date ? one.getTime() === other.getTime() : one === other;
}
