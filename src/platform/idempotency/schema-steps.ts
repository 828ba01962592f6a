import { COLUMN_TYPES } from '../mikro-orm/column-types.ts';
import type { SchemaStep } from '../mikro-orm/schema-step.ts';
import type { Dialect } from '../mikro-orm/statements.ts';

const EXPIRY = 'create index stored_answers_by_expiry on stored_answers (expires_at)';

const table = (dialect: Dialect) => `create table stored_answers (
  id text not null primary key,
  fingerprint text not null,
  answer text not null,
  expires_at ${COLUMN_TYPES[dialect].time} not null
)`;

export const storedAnswerSteps: readonly SchemaStep[] = [
  {
    name: '20261125080000_stored_answers',
    up: {
      sqlite: [table('sqlite'), EXPIRY],
      postgresql: [table('postgresql'), EXPIRY],
    },
    down: { sqlite: ['drop table stored_answers'], postgresql: ['drop table stored_answers'] },
  },
];
