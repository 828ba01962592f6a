import { MemoryCollection } from '../../../../platform/memory/memory-collection.ts';
import type { AccessToken } from '../../domain/access-token.ts';
import type { AuditEntry } from '../../domain/audit-entry.ts';
import type { Invitation } from '../../domain/invitation.ts';
import type { IssuedToken } from '../../domain/issued-token.ts';
import type { MailToken } from '../../domain/mail-token.ts';
import type { ProviderAccount } from '../../domain/provider-account.ts';
import type { ProviderLogout } from '../../domain/provider-logout.ts';
import type { ProviderSession } from '../../domain/provider-session.ts';
import { ADMIN, MEMBER, Role } from '../../domain/role.ts';
import type { Session } from '../../domain/session.ts';
import type { Setup } from '../../domain/setup.ts';
import type { SigningKey } from '../../domain/signing-key.ts';
import type { SocketTicket } from '../../domain/socket-ticket.ts';
import type { User } from '../../domain/user.ts';
import type { StoredRevocation } from './in-memory-revocations.ts';

const BUILT = new Date('2026-11-24T00:00:00.000Z');

/** What this context keeps, in the memory of one process. */
export class IdentityCollections {
  readonly users = new MemoryCollection<User>('users', {
    users_email_key_key: user => user.emailKey,
    users_username_key: user => user.username,
  });
  readonly roles = new MemoryCollection<Role>('roles');
  readonly sessions = new MemoryCollection<Session>('sessions', {
    sessions_family_hash_key: session => session.familyHash,
  });
  readonly setups = new MemoryCollection<Setup>('setups');
  readonly signingKeys = new MemoryCollection<SigningKey>('signing_keys');
  readonly revocations = new MemoryCollection<StoredRevocation>('revocations');
  readonly accessTokens = new MemoryCollection<AccessToken>('access_tokens', {
    access_tokens_hash_key: token => token.hash,
  });
  readonly issuedTokens = new MemoryCollection<IssuedToken>('issued_tokens');
  readonly socketTickets = new MemoryCollection<SocketTicket>('socket_tickets');
  readonly providerAccounts = new MemoryCollection<ProviderAccount>('provider_accounts');
  readonly providerSessions = new MemoryCollection<ProviderSession>('provider_sessions');
  readonly providerLogouts = new MemoryCollection<ProviderLogout>('provider_logouts');
  readonly auditLog = new MemoryCollection<AuditEntry>('audit_log');
  readonly mailTokens = new MemoryCollection<MailToken>('mail_tokens');
  readonly invitations = new MemoryCollection<Invitation>('invitations', {
    invitations_email_key_key: invitation => invitation.emailKey,
    invitations_token_hash_key: invitation => invitation.tokenHash,
  });

  constructor() {
    this.roles.apply(new Map([MEMBER, ADMIN].map(name => [name, new Role(name, null, BUILT)])));
  }
}
