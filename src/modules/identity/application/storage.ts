import type { EventLog } from '../../../kernel/events.ts';
import type { JobQueue } from '../../../kernel/jobs.ts';
import type { UnitOfWork } from '../../../kernel/unit-of-work.ts';
import type { AccessTokenReader, AccessTokenRepository } from './storage/access-tokens.ts';
import type { AuditLog, AuditReader } from './storage/audit.ts';
import type { InvitationReader, InvitationRepository } from './storage/invitations.ts';
import type { IssuedTokenReader, IssuedTokenRepository } from './storage/issued-tokens.ts';
import type { SetupRepository, SigningKeyRepository } from './storage/keys.ts';
import type { MailTokenRepository } from './storage/mail-tokens.ts';
import type { PeopleReader } from './storage/people.ts';
import type {
  ProviderAccountReader,
  ProviderAccountRepository,
  ProviderLogoutReader,
  ProviderLogoutRepository,
  ProviderSessionReader,
  ProviderSessionRepository,
} from './storage/provider.ts';
import type { RevocationLog, RevocationReader } from './storage/revocations.ts';
import type { RoleReader, RoleRepository } from './storage/roles.ts';
import type { SessionReader, SessionRepository } from './storage/sessions.ts';
import type { SocketTicketRepository } from './storage/socket-tickets.ts';
import type { UserReader, UserRepository } from './storage/users.ts';

export * from './storage/access-tokens.ts';
export * from './storage/audit.ts';
export * from './storage/invitations.ts';
export * from './storage/issued-tokens.ts';
export * from './storage/keys.ts';
export * from './storage/mail-tokens.ts';
export * from './storage/people.ts';
export * from './storage/provider.ts';
export * from './storage/revocations.ts';
export * from './storage/roles.ts';
export * from './storage/sessions.ts';
export * from './storage/socket-tickets.ts';
export * from './storage/users.ts';

export interface IdentityRepositories {
  readonly users: UserRepository;
  readonly roles: RoleRepository;
  readonly sessions: SessionRepository;
  readonly setups: SetupRepository;
  readonly signingKeys: SigningKeyRepository;
  readonly mailTokens: MailTokenRepository;
  readonly invitations: InvitationRepository;
  readonly accessTokens: AccessTokenRepository;
  readonly issuedTokens: IssuedTokenRepository;
  readonly socketTickets: SocketTicketRepository;
  readonly providerAccounts: ProviderAccountRepository;
  readonly providerSessions: ProviderSessionRepository;
  readonly providerLogouts: ProviderLogoutRepository;
  readonly audit: AuditLog;
  readonly revocations: RevocationLog;
  readonly events: EventLog;
  readonly jobs: JobQueue;
}

export type IdentityWork = UnitOfWork<IdentityRepositories>;

/** What is only shown, past the unit of work. */
export interface IdentityReaders {
  readonly users: UserReader;
  readonly roles: RoleReader;
  readonly people: PeopleReader;
  readonly sessions: SessionReader;
  readonly revocations: RevocationReader;
  readonly accessTokens: AccessTokenReader;
  readonly invitations: InvitationReader;
  readonly issuedTokens: IssuedTokenReader;
  readonly providerAccounts: ProviderAccountReader;
  readonly providerSessions: ProviderSessionReader;
  readonly providerLogouts: ProviderLogoutReader;
  readonly audit: AuditReader;
}

/** What each storage gives to this context. */
export interface IdentityStorage extends IdentityReaders {
  readonly work: IdentityWork;
}
