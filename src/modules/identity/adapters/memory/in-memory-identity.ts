import { MemoryCollection } from '../../../../platform/memory/memory-collection.ts';
import { evaluateList } from '../../../../platform/memory/memory-list.ts';
import { MemoryUnitOfWork } from '../../../../platform/memory/memory-unit-of-work.ts';
import type { MemoryStorage } from '../../../../platform/storage.ts';
import {
  ACCESS_TOKEN_LIST,
  AUDIT_LIST,
  type IdentityStorage,
  SESSION_LIST,
  type SessionView,
  USER_LIST,
  type UserView,
} from '../../application/ports.ts';
import type { AccessToken } from '../../domain/access-token.ts';
import type { AuditEntry } from '../../domain/audit-entry.ts';
import type { IssuedToken } from '../../domain/issued-token.ts';
import type { MailToken } from '../../domain/mail-token.ts';
import type { Session } from '../../domain/session.ts';
import type { Setup } from '../../domain/setup.ts';
import type { SigningKey } from '../../domain/signing-key.ts';
import type { User } from '../../domain/user.ts';
import { identityConstraints } from '../constraints.ts';
import { InMemoryAuditLog } from './in-memory-audit.ts';
import { InMemoryIssuedTokenRepository } from './in-memory-issued-tokens.ts';
import {
  InMemoryAccessTokenRepository,
  InMemoryMailTokenRepository,
  InMemorySessionRepository,
  InMemorySetupRepository,
  InMemorySigningKeyRepository,
  InMemoryUserRepository,
} from './in-memory-repositories.ts';
import {
  InMemoryRevocationLog,
  inMemoryRevocations,
  type StoredRevocation,
} from './in-memory-revocations.ts';

export function inMemoryIdentity({ store, jobs }: MemoryStorage): IdentityStorage {
  const users = new MemoryCollection<User>('users', {
    users_email_key_key: user => user.emailKey,
    users_username_key: user => user.username,
  });
  const sessions = new MemoryCollection<Session>('sessions', {
    sessions_family_hash_key: session => session.familyHash,
  });
  const setups = new MemoryCollection<Setup>('setups');
  const signingKeys = new MemoryCollection<SigningKey>('signing_keys');
  const revocations = new MemoryCollection<StoredRevocation>('revocations');
  const accessTokens = new MemoryCollection<AccessToken>('access_tokens', {
    access_tokens_hash_key: token => token.hash,
  });
  const issuedTokens = new MemoryCollection<IssuedToken>('issued_tokens');
  const auditLog = new MemoryCollection<AuditEntry>('audit_log');
  const mailTokens = new MemoryCollection<MailToken>('mail_tokens');
  const sequence = { last: 0 };
  store.publish('people', id => users.row(id)?.displayName);
  return {
    work: new MemoryUnitOfWork(
      store,
      transaction => ({
        users: new InMemoryUserRepository(transaction.draft(users)),
        sessions: new InMemorySessionRepository(transaction.draft(sessions)),
        setups: new InMemorySetupRepository(transaction.draft(setups)),
        signingKeys: new InMemorySigningKeyRepository(transaction.draft(signingKeys)),
        accessTokens: new InMemoryAccessTokenRepository(transaction.draft(accessTokens)),
        issuedTokens: new InMemoryIssuedTokenRepository(transaction, issuedTokens, sessions),
        audit: new InMemoryAuditLog(transaction.draft(auditLog)),
        mailTokens: new InMemoryMailTokenRepository(transaction.draft(mailTokens)),
        revocations: new InMemoryRevocationLog(transaction.draft(revocations), sequence),
        events: transaction.events,
        jobs: jobs.queueIn(transaction),
      }),
      identityConstraints,
    ),
    users: {
      async find(id) {
        const user = users.row(id);
        return user && viewOf(user);
      },
      async list(query) {
        return evaluateList([...users.rows()].map(viewOf), USER_LIST, query);
      },
    },
    sessions: {
      async access(id) {
        const session = sessions.row(id);
        const user = session && users.row(session.userId);
        if (!user) return undefined;
        const { createdAt: signedInAt, expiresAt } = session;
        const { id: userId, role, isActive } = user;
        return { sessionId: id, userId, role, isActive, signedInAt, expiresAt };
      },
      async list(query) {
        return evaluateList([...sessions.rows()].map(sessionViewOf), SESSION_LIST, query);
      },
    },
    accessTokens: {
      async accessOf(hash) {
        const token = accessTokens.row(accessTokens.holder('access_tokens_hash_key', hash) ?? '');
        const user = token && users.row(token.userId);
        if (!user) return undefined;
        const { role, isActive } = user;
        const { id, userId, scope, createdAt, expiresAt } = token;
        return { id, userId, role, isActive, scope, createdAt, expiresAt };
      },
      async list(query) {
        const views = [...accessTokens.rows()].map(({ hash, version, ...view }) => view);
        return evaluateList(views, ACCESS_TOKEN_LIST, query);
      },
    },
    issuedTokens: { find: async hash => issuedTokens.row(hash) },
    audit: {
      async list(query) {
        return evaluateList(
          [...auditLog.rows()].map(({ version, ...view }) => view),
          AUDIT_LIST,
          query,
        );
      },
    },
    revocations: inMemoryRevocations(revocations),
  };
}

function viewOf({ emailKey, displayName, passwordHash, ...view }: User): UserView {
  return view;
}

const sessionViewOf = (session: Session): SessionView => ({
  id: session.id,
  userId: session.userId,
  deviceName: session.deviceName,
  address: session.address,
  createdAt: session.createdAt,
  lastUsedAt: session.lastUsedAt,
  expiresAt: session.expiresAt,
});
