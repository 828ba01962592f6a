import Type from 'typebox';
import { nullable, Timestamp, Uuid } from '../../../../platform/http/schemas.ts';
import { timestamp } from '../../../../platform/http/timestamp.ts';
import type { AuditEntryView } from '../../application/ports.ts';
import { AUDITED } from '../../domain/audit-entry.ts';

export const Action = Type.Union(
  AUDITED.map(action => Type.Literal(action)),
  { examples: ['sign_in'] },
);

export const Outcome = Type.Union([Type.Literal('success'), Type.Literal('failure')], {
  examples: ['success'],
});

export const AuditEntry = Type.Object(
  {
    id: Uuid,
    at: Timestamp,
    action: Action,
    outcome: Outcome,
    actor_id: nullable(Uuid),
    subject_id: nullable(Uuid),
    address: nullable(Type.String({ examples: ['192.0.2.7'] })),
    details: Type.Record(Type.String(), Type.Union([Type.String(), Type.Boolean(), Type.Null()]), {
      examples: [{ role: 'admin' }],
    }),
  },
  { title: 'AuditEntry', additionalProperties: false },
);

export const presentEntry = (entry: AuditEntryView) => ({
  id: entry.id,
  at: timestamp(entry.createdAt),
  action: entry.action,
  outcome: entry.outcome,
  actor_id: entry.actorId,
  subject_id: entry.subjectId,
  address: entry.address,
  details: JSON.parse(entry.details) as Record<string, unknown>,
});
