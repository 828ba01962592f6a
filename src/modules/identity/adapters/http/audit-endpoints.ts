import type { Endpoint } from '../../../../platform/http/endpoint.ts';
import { listQuery, pageOf, pageReply, toListQuery } from '../../../../platform/http/list-endpoint.ts';
import { Timestamp, Uuid } from '../../../../platform/http/schemas.ts';
import { AUDIT_LIST } from '../../application/ports.ts';
import type { ReadAuditLog } from '../../application/read-audit-log.ts';
import { Action, AuditEntry, Outcome, presentEntry } from './audit-representation.ts';
import { endpoint } from './identity-problems.ts';

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
