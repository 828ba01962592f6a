import { COLUMN_TYPES } from '../mikro-orm/column-types.ts';
import type { SchemaStep } from '../mikro-orm/schema-step.ts';
import type { Dialect } from '../mikro-orm/statements.ts';

const EXPIRY = 'create index kept_answers_by_expiry on kept_answers (expires_at)';

const table = (dialect: Dialect) => `create table kept_answers (
  id text not null primary key,
  fingerprint text not null,
  answer text not null,
  expires_at ${COLUMN_TYPES[dialect].time} not null
)`;

export const keptAnswerSteps: readonly SchemaStep[] = [
  {
    name: '20261125080000_kept_answers',
    up: {
      sqlite: [table('sqlite'), EXPIRY],
      postgresql: [table('postgresql'), EXPIRY],
    },
    down: { sqlite: ['drop table kept_answers'], postgresql: ['drop table kept_answers'] },
  },
];
