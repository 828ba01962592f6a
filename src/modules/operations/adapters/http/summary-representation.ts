import Type from 'typebox';
import { nullable } from '../../../../platform/http/schemas.ts';
import { MAX_GROUPS } from '../../application/ports.ts';
import { OPERATION_FILTERS } from './operation-filters.ts';

const grouping = Type.Union([Type.Literal('type'), Type.Literal('instrument_type'), Type.Literal('month')], {
  examples: ['month'],
});

const sum = (description: string) =>
  Type.String({ pattern: '^-?(?:0|[1-9]\\d*)(?:\\.\\d*[1-9])?$', description, examples: ['1.5'] });

export const SummaryParameters = Type.Object(
  { group_by: grouping, ...Type.Partial(Type.Object(OPERATION_FILTERS)).properties },
  { additionalProperties: false },
);

const Group = Type.Object(
  {
    key: nullable(Type.String({ examples: ['2026-01'] })),
    count: Type.Integer({ minimum: 1, examples: [2] }),
    quantity: sum('Of all'),
    bought: sum('Of those of type `buy`'),
    sold: sum('Of those of type `sell`'),
    net: sum('What was bought less what was sold'),
  },
  { additionalProperties: false },
);

export const OperationSummary = Type.Object(
  { group_by: grouping, results: Type.Array(Group, { maxItems: MAX_GROUPS }) },
  { title: 'OperationSummary', additionalProperties: false },
);
