import { MikroOrmUnitOfWork } from '../../../../platform/mikro-orm/mikro-orm-unit-of-work.ts';
import type { SqlStorage } from '../../../../platform/storage.ts';
import type { IdentityStorage } from '../../application/ports.ts';
import { identityConstraints } from '../constraints.ts';
import { MikroOrmAuditLog } from './mikro-orm-audit.ts';
import { MikroOrmInvitationRepository } from './mikro-orm-invitations.ts';
import { MikroOrmIssuedTokenRepository } from './mikro-orm-issued-tokens.ts';
import {
  MikroOrmProviderAccountRepository,
  MikroOrmProviderLogoutRepository,
  MikroOrmProviderSessionRepository,
} from './mikro-orm-provider.ts';
import { mikroOrmReaders } from './mikro-orm-readers.ts';
import {
  MikroOrmAccessTokenRepository,
  MikroOrmMailTokenRepository,
  MikroOrmSessionRepository,
  MikroOrmSetupRepository,
  MikroOrmSigningKeyRepository,
  MikroOrmUserRepository,
} from './mikro-orm-repositories.ts';
import { MikroOrmRevocationLog } from './mikro-orm-revocations.ts';
import { MikroOrmRoleRepository } from './mikro-orm-roles.ts';
import { MikroOrmSocketTicketRepository } from './mikro-orm-socket-tickets.ts';

export function mikroOrmIdentity({ database, jobs }: SqlStorage): IdentityStorage {
  const { dialect } = database.reader;
  return {
    work: new MikroOrmUnitOfWork(
      database,
      transaction => ({
        users: new MikroOrmUserRepository(transaction),
        roles: new MikroOrmRoleRepository(transaction),
        sessions: new MikroOrmSessionRepository(transaction),
        setups: new MikroOrmSetupRepository(transaction),
        signingKeys: new MikroOrmSigningKeyRepository(transaction),
        accessTokens: new MikroOrmAccessTokenRepository(transaction),
        issuedTokens: new MikroOrmIssuedTokenRepository(transaction, dialect),
        socketTickets: new MikroOrmSocketTicketRepository(transaction, dialect),
        providerAccounts: new MikroOrmProviderAccountRepository(transaction),
        providerSessions: new MikroOrmProviderSessionRepository(transaction, dialect),
        providerLogouts: new MikroOrmProviderLogoutRepository(transaction),
        audit: new MikroOrmAuditLog(transaction, dialect),
        mailTokens: new MikroOrmMailTokenRepository(transaction),
        invitations: new MikroOrmInvitationRepository(transaction, dialect),
        revocations: new MikroOrmRevocationLog(transaction, dialect),
        events: transaction.events,
        jobs: jobs.queueIn(transaction),
      }),
      identityConstraints,
    ),
    ...mikroOrmReaders(database),
  };
}
