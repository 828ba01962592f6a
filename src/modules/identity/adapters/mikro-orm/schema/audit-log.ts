import { appendOnly } from '../../../../../platform/mikro-orm/append-only.ts';
import { COLUMN_TYPES } from '../../../../../platform/mikro-orm/column-types.ts';
import type { SchemaStep } from '../../../../../platform/mikro-orm/schema-step.ts';
import type { Dialect } from '../../../../../platform/mikro-orm/statements.ts';

/** Ids of people outlive them here, so nothing refers to the table of users. */
function auditLog(dialect: Dialect): string[] {
  const { uuid, time } = COLUMN_TYPES[dialect];
  return [
    `create table audit_log (
      id ${uuid} not null primary key,
      action text not null,
      outcome text not null,
      actor_id ${uuid},
      subject_id ${uuid},
      address text,
      details text not null,
      created_at ${time} not null,
      version integer not null
    )`,
    'create index audit_log_by_age on audit_log (created_at desc, id desc)',
    'create index audit_log_by_subject on audit_log (subject_id, created_at desc, id desc)',
    'create index audit_log_by_actor on audit_log (actor_id, created_at desc, id desc)',
    ...appendOnly('audit_log', 'The audit log is not changed.', dialect),
  ];
}

export const auditLogStep: SchemaStep = {
  name: '20261123183000_audit_log',
  up: { sqlite: auditLog('sqlite'), postgresql: auditLog('postgresql') },
  down: {
    sqlite: ['drop table audit_log'],
    postgresql: ['drop table audit_log', 'drop function audit_log_is_final()'],
  },
};
