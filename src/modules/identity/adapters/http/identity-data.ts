import { allPages } from '../../../../kernel/all-pages.ts';
import type { UserId } from '../../../../kernel/principal.ts';
import type { ExportedData } from '../../../../platform/http/exported-data.ts';
import type { EraseSessions } from '../../application/erase-sessions.ts';
import type {
  AccessTokenReader,
  AuditEntryView,
  AuditReader,
  SessionReader,
} from '../../application/ports.ts';
import { AccessToken, presentAccessToken } from './access-token-representation.ts';
import { AuditEntry, presentEntry } from './audit-representation.ts';
import { ExportedSession, presentExportedSession } from './session-representation.ts';

/** Where somebody signed in, those sessions included that have ended. */
export function sessionData(reader: SessionReader, erase: EraseSessions): ExportedData {
  return {
    name: 'sessions',
    record: ExportedSession,
    export: owner => allPages(query => reader.list(query), { owner }, { present: presentExportedSession }),
    erase: (userId, signal) => erase.execute(userId, signal),
  };
}

/** They are refused from the deletion on, so they went with the account itself. */
export function accessTokenData(reader: AccessTokenReader): ExportedData {
  return {
    name: 'access_tokens',
    record: AccessToken,
    export: owner => allPages(query => reader.list(query), { owner }, { present: presentAccessToken }),
    erase: async () => undefined,
  };
}

/** What somebody did, and what was done to their account. Nobody changes the log; it goes by its age. */
export function auditData(reader: AuditReader): ExportedData {
  return {
    name: 'audit_log',
    record: AuditEntry,
    export: userId => entriesOf(userId, reader),
    erase: async () => undefined,
  };
}

async function* entriesOf(userId: UserId, reader: AuditReader): AsyncGenerator<readonly unknown[]> {
  const list: AuditReader['list'] = query => reader.list(query);
  const present = (entry: AuditEntryView) => presentEntry(withoutOthers(entry, userId));
  yield* allPages(list, { subject: userId }, { present });
  for await (const page of allPages(list, { actor: userId }, { present: entry => entry }))
    yield page.filter(({ subjectId }) => subjectId !== userId).map(present);
}

/** Where an administrator was who changed this account is nobody's business but theirs. */
function withoutOthers(entry: AuditEntryView, userId: UserId): AuditEntryView {
  const { actorId } = entry;
  return actorId === null || actorId === userId ? entry : { ...entry, address: null };
}
