import Type, { type TObject } from 'typebox';
import type { ListQuery } from '../../../../kernel/list.ts';
import { type ListParameters, sortParameter, toListQuery } from '../../../../platform/http/list-endpoint.ts';
import { OPERATION_LIST } from '../../application/ports.ts';
import { INSTRUMENT_TEXT } from '../../domain/operation.ts';
import { DayOrTime, type } from './operation-representation.ts';

/** Milliseconds. */
const DAY = 86_400_000;

export const OPERATION_FILTERS = {
  type,
  instrument_type: Type.String({
    minLength: INSTRUMENT_TEXT.min,
    maxLength: INSTRUMENT_TEXT.max,
    // PostgreSQL cannot be asked for it.
    pattern: '^[^\\u0000]*$',
  }),
  from: DayOrTime,
  to: DayOrTime,
};

/** All of a list, with no pages. */
export const ExportParameters: TObject = Type.Object(
  { ...Type.Partial(Type.Object(OPERATION_FILTERS)).properties, sort: sortParameter(OPERATION_LIST) },
  { additionalProperties: false },
);

export const FILTERS_DESCRIPTION =
  '`type` and `instrument_type` keep those of one, `from` and `to` those of a time, both included: a day as `to` is meant whole.';

/** What the parameters of a list of operations ask of it. */
export function operationQuery({ to, ...others }: ListParameters & { readonly to?: string }): ListQuery {
  return toListQuery(OPERATION_LIST, to === undefined ? others : withBefore(others, endOf(to)));
}

function withBefore(others: ListParameters, before: Date): ListParameters & { readonly before: Date } {
  return { ...others, before };
}

/** The first moment after what is included; times have milliseconds. */
function endOf(to: string): Date {
  const isDay = !/t/i.test(to);
  return new Date(Date.parse(to) + (isDay ? DAY : 1));
}
