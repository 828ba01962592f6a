import { MemoryUnitOfWork } from '../../../../platform/memory/memory-unit-of-work.ts';
import type { MemoryStorage } from '../../../../platform/storage.ts';
import type { IdentityStorage } from '../../application/ports.ts';
import { identityConstraints } from '../constraints.ts';
import { IdentityCollections } from './identity-collections.ts';
import { InMemoryAuditLog } from './in-memory-audit.ts';
import { InMemoryInvitationRepository } from './in-memory-invitations.ts';
import { InMemoryIssuedTokenRepository } from './in-memory-issued-tokens.ts';
import {
  InMemoryProviderAccountRepository,
  InMemoryProviderLogoutRepository,
  InMemoryProviderSessionRepository,
} from './in-memory-provider.ts';
import { inMemoryReaders } from './in-memory-readers.ts';
import {
  InMemoryAccessTokenRepository,
  InMemoryMailTokenRepository,
  InMemorySessionRepository,
  InMemorySetupRepository,
  InMemorySigningKeyRepository,
  InMemoryUserRepository,
} from './in-memory-repositories.ts';
import { InMemoryRevocationLog } from './in-memory-revocations.ts';
import { InMemoryRoleRepository } from './in-memory-roles.ts';
import { InMemorySocketTicketRepository } from './in-memory-socket-tickets.ts';

export function inMemoryIdentity({ store, jobs }: MemoryStorage): IdentityStorage {
  const kept = new IdentityCollections();
  const sequence = { last: 0 };
  store.publish('people', id => kept.users.row(id)?.displayName);
  store.publish('activePeople', id => kept.users.row(id)?.isActive ?? false);
  return {
    work: new MemoryUnitOfWork(
      store,
      transaction => ({
        users: new InMemoryUserRepository(transaction.draft(kept.users)),
        roles: new InMemoryRoleRepository(transaction.draft(kept.roles)),
        sessions: new InMemorySessionRepository(transaction.draft(kept.sessions)),
        setups: new InMemorySetupRepository(transaction.draft(kept.setups)),
        signingKeys: new InMemorySigningKeyRepository(transaction.draft(kept.signingKeys)),
        accessTokens: new InMemoryAccessTokenRepository(transaction.draft(kept.accessTokens)),
        issuedTokens: new InMemoryIssuedTokenRepository(transaction, kept.issuedTokens, kept.sessions),
        socketTickets: new InMemorySocketTicketRepository(transaction.draft(kept.socketTickets)),
        providerAccounts: new InMemoryProviderAccountRepository(transaction.draft(kept.providerAccounts)),
        providerSessions: new InMemoryProviderSessionRepository(
          transaction.draft(kept.providerSessions),
          transaction.draft(kept.sessions),
        ),
        providerLogouts: new InMemoryProviderLogoutRepository(transaction.draft(kept.providerLogouts)),
        audit: new InMemoryAuditLog(transaction.draft(kept.auditLog)),
        mailTokens: new InMemoryMailTokenRepository(transaction.draft(kept.mailTokens)),
        invitations: new InMemoryInvitationRepository(transaction.draft(kept.invitations)),
        revocations: new InMemoryRevocationLog(transaction.draft(kept.revocations), sequence),
        events: transaction.events,
        jobs: jobs.queueIn(transaction),
      }),
      identityConstraints,
    ),
    ...inMemoryReaders(kept),
  };
}
