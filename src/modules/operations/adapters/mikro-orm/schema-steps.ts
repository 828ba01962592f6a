import { COLUMN_TYPES } from '../../../../platform/mikro-orm/column-types.ts';
import type { SchemaStep } from '../../../../platform/mikro-orm/schema-step.ts';
import type { Dialect } from '../../../../platform/mikro-orm/statements.ts';

/**
 * A person's list in each of its orders, and of one type or instrument type in the default one. That by date has all that a
 * summary asks for: looking up the rows would take SQLite as long as adding them up.
 */
const ORDERS = {
  creation: 'created_at desc, id desc',
  update: 'updated_at desc, id desc',
  date: 'date desc, id desc, type, instrument_type, quantity',
  type: 'type, created_at desc, id desc',
  instrument_type: 'instrument_type, created_at desc, id desc',
};

/** `import_id` is last so that an index tells by itself whether a row is shown. */
const INDEXES = Object.entries(ORDERS).map(
  ([name, columns]) =>
    `create index operations_by_user_and_${name} on operations (user_id, ${columns}, import_id)`,
);

function table(dialect: Dialect): string {
  const { uuid, time } = COLUMN_TYPES[dialect];
  // PostgreSQL keeps the digits of a `numeric` without a scale as they were written; SQLite has numbers of 15 digits only.
  const quantity = dialect === 'sqlite' ? 'text' : 'numeric';
  return `create table operations (
    id ${uuid} not null primary key,
    user_id ${uuid} not null references users (id) on delete cascade,
    quantity ${quantity} not null,
    figi text,
    instrument_type text,
    date ${time} not null,
    type text not null,
    created_at ${time} not null,
    updated_at ${time} not null,
    import_id ${uuid},
    version integer not null
  )${dialect === 'sqlite' ? ' without rowid' : ''}`;
}

/** Imports are few: each is gone when it has finished. */
function imports(dialect: Dialect): string[] {
  const { uuid, time } = COLUMN_TYPES[dialect];
  const end = dialect === 'sqlite' ? ' without rowid' : '';
  return [
    `create table operation_imports (
      id ${uuid} not null primary key,
      user_id ${uuid} not null references users (id) on delete cascade,
      state text not null check (state in ('uploading', 'queued', 'abandoned')),
      created_at ${time} not null,
      touched_at ${time} not null,
      version integer not null
    )${end}`,
    'create index operation_imports_by_user on operation_imports (user_id)',
    `create table operation_import_chunks (
      import_id ${uuid} not null references operation_imports (id) on delete cascade,
      number integer not null,
      lines text not null,
      primary key (import_id, number)
    )`,
  ];
}

export const operationSteps: readonly SchemaStep[] = [
  {
    name: '20261125070000_operations',
    up: {
      sqlite: [table('sqlite'), ...INDEXES],
      postgresql: [table('postgresql'), ...INDEXES],
    },
    down: { sqlite: ['drop table operations'], postgresql: ['drop table operations'] },
  },
  {
    name: '20261125100000_operation_imports',
    up: { sqlite: imports('sqlite'), postgresql: imports('postgresql') },
    down: {
      sqlite: ['drop table operation_import_chunks', 'drop table operation_imports'],
      postgresql: ['drop table operation_import_chunks', 'drop table operation_imports'],
    },
  },
];
