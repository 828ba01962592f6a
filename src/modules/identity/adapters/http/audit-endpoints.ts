import Type from 'typebox';
import type { Endpoint } from '../../../../platform/http/endpoint.ts';
import { listQuery, pageOf, pageReply, toListQuery } from '../../../../platform/http/list-endpoint.ts';
import { nullable, Timestamp, Uuid } from '../../../../platform/http/schemas.ts';
import { timestamp } from '../../../../platform/http/timestamp.ts';
import { AUDIT_LIST, type AuditEntryView } from '../../application/ports.ts';
import type { ReadAuditLog } from '../../application/read-audit-log.ts';
import { AUDITED } from '../../domain/audit-entry.ts';
import { endpoint } from './identity-problems.ts';

const Action = Type.Union(
  AUDITED.map(action => Type.Literal(action)),
  { examples: ['sign_in'] },
);

const Outcome = Type.Union([Type.Literal('success'), Type.Literal('failure')], { examples: ['success'] });

const AuditEntry = Type.Object(
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

const presentEntry = (entry: AuditEntryView) => ({
  id: entry.id,
  at: timestamp(entry.createdAt),
  action: entry.action,
  outcome: entry.outcome,
  actor_id: entry.actorId,
  subject_id: entry.subjectId,
  address: entry.address,
  details: JSON.parse(entry.details) as Record<string, unknown>,
});

const FILTERS = {
  action: Action,
  outcome: Outcome,
  actor: Uuid,
  subject: Uuid,
  from: Timestamp,
  to: Timestamp,
};

export function auditEndpoints(read: ReadAuditLog): readonly Endpoint[] {
  return [
    endpoint({
      name: 'listAuditLog',
      method: 'GET',
      path: '/audit-log',
      summary: 'Lists who did what to accounts',
      description: 'Newest first. `from` is included, `to` is not.',
      scope: 'users:admin',
      query: listQuery(AUDIT_LIST, FILTERS, { keyset: true }),
      returns: { 200: pageOf(AuditEntry, 'PageOfAuditLog', { keyset: true }) },
      problems: [],
      cache: 'private',
      async handle({ query, url, principal }) {
        const asked = toListQuery(AUDIT_LIST, query);
        return pageReply(await read.execute(asked, principal), presentEntry, asked, url);
      },
    }),
  ];
}
