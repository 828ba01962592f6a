import Type, { type Static } from 'typebox';
import { nullable, Timestamp, Uuid } from '../../../../platform/http/schemas.ts';
import { timestamp } from '../../../../platform/http/timestamp.ts';
import type { OperationView } from '../../application/ports.ts';
import { INSTRUMENT_TEXT, type OperationContent } from '../../domain/operation.ts';
import { QUANTITY_LENGTH, QUANTITY_PATTERN } from '../../domain/quantity.ts';

const quantity = Type.String({
  maxLength: QUANTITY_LENGTH,
  pattern: QUANTITY_PATTERN,
  description:
    'A decimal number of at most 38 digits, 18 of them after the point, which is kept as it was written.',
  examples: ['1.50'],
});
const text = { minLength: INSTRUMENT_TEXT.min, maxLength: INSTRUMENT_TEXT.max };
const figi = Type.String({ ...text, examples: ['BBG000B9XRY4'] });
const instrumentType = Type.String({ ...text, examples: ['share'] });

export const type = Type.Union([Type.Literal('buy'), Type.Literal('sell')], { examples: ['buy'] });

/** RFC 3339: a time, or a day, which is its first moment in UTC. */
export const DayOrTime = Type.Union([Type.String({ format: 'date-time' }), Type.String({ format: 'date' })], {
  examples: ['2026-01-31'],
});

const instrument = {
  figi: Type.Optional(nullable(figi)),
  instrument_type: Type.Optional(nullable(instrumentType)),
};

export const NewOperation = Type.Object(
  { quantity, ...instrument, date: DayOrTime, type },
  { title: 'NewOperation', additionalProperties: false },
);

export const OperationPatch = Type.Object(
  {
    quantity: Type.Optional(quantity),
    ...instrument,
    date: Type.Optional(DayOrTime),
    type: Type.Optional(type),
  },
  { title: 'OperationPatch', additionalProperties: false },
);

export const Operation = Type.Object(
  {
    id: Uuid,
    quantity,
    figi: nullable(figi),
    instrument_type: nullable(instrumentType),
    date: Timestamp,
    type,
    created_at: Timestamp,
    updated_at: Timestamp,
  },
  { title: 'Operation', additionalProperties: false },
);

/** In the order of files. */
export const OPERATION_COLUMNS = Object.keys(Operation.properties);

export const contentOf = (body: Static<typeof NewOperation>): OperationContent => ({
  quantity: body.quantity,
  figi: body.figi ?? null,
  instrumentType: body.instrument_type ?? null,
  date: new Date(body.date),
  type: body.type,
});

/** What a merge patch leaves out stays out; null takes away. */
export const changeOf = (patch: Static<typeof OperationPatch>): Partial<OperationContent> => ({
  ...(patch.quantity !== undefined && { quantity: patch.quantity }),
  ...(patch.figi !== undefined && { figi: patch.figi }),
  ...(patch.instrument_type !== undefined && { instrumentType: patch.instrument_type }),
  ...(patch.date !== undefined && { date: new Date(patch.date) }),
  ...(patch.type !== undefined && { type: patch.type }),
});

export const presentOperation = (operation: OperationView): Static<typeof Operation> => ({
  id: operation.id,
  quantity: operation.quantity,
  figi: operation.figi,
  instrument_type: operation.instrumentType,
  date: timestamp(operation.date),
  type: operation.type,
  created_at: timestamp(operation.createdAt),
  updated_at: timestamp(operation.updatedAt),
});
