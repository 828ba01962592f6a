import { MikroOrmUnitOfWork } from '../../../../platform/mikro-orm/mikro-orm-unit-of-work.ts';
import { ReadModel } from '../../../../platform/mikro-orm/read-model.ts';
import { columnsOf } from '../../../../platform/mikro-orm/read-model-source.ts';
import type { SqlStorage } from '../../../../platform/storage.ts';
import {
  ACCESS_TOKEN_LIST,
  type AccessTokenAccess,
  type AccessTokenView,
  AUDIT_LIST,
  type AuditEntryView,
  type IdentityStorage,
  type IssuedTokenView,
  SESSION_LIST,
  type SessionAccess,
  type SessionView,
  USER_LIST,
  type UserView,
} from '../../application/ports.ts';
import { identityConstraints } from '../constraints.ts';
import {
  AccessTokenSchema,
  AuditEntrySchema,
  IssuedTokenSchema,
  SessionSchema,
  UserSchema,
} from './identity-schemas.ts';
import { MikroOrmAuditLog } from './mikro-orm-audit.ts';
import { MikroOrmIssuedTokenRepository } from './mikro-orm-issued-tokens.ts';
import {
  MikroOrmAccessTokenRepository,
  MikroOrmMailTokenRepository,
  MikroOrmSessionRepository,
  MikroOrmSetupRepository,
  MikroOrmSigningKeyRepository,
  MikroOrmUserRepository,
} from './mikro-orm-repositories.ts';
import { MikroOrmRevocationLog, mikroOrmRevocations } from './mikro-orm-revocations.ts';

/** All that a user may be shown of an account: never the hash of its password. */
const USER_VIEW = [
  'id',
  'email',
  'username',
  'fullName',
  'role',
  'isActive',
  'isVerified',
  'createdAt',
  'updatedAt',
  'version',
] as const;

/** Without the hashes of its refresh tokens. */
const SESSION_VIEW = [
  'id',
  'userId',
  'deviceName',
  'address',
  'createdAt',
  'lastUsedAt',
  'expiresAt',
] as const;

/** Without the hash. */
const ACCESS_TOKEN_VIEW = ['id', 'userId', 'name', 'scope', 'createdAt', 'expiresAt'] as const;

const ISSUED_TOKEN_VIEW = ['id', 'userId', 'sessionId', 'scope', 'issuedAt', 'expiresAt'] as const;

const AUDIT_VIEW = [
  'id',
  'action',
  'outcome',
  'actorId',
  'subjectId',
  'address',
  'details',
  'createdAt',
] as const;

export function mikroOrmIdentity({ database, jobs }: SqlStorage): IdentityStorage {
  const { reader } = database;
  const user = columnsOf(UserSchema, USER_VIEW);
  const session = columnsOf(SessionSchema, SESSION_VIEW);
  const users = new ReadModel<UserView>(reader, { table: 'users', columns: user }, USER_LIST);
  const sessions = new ReadModel<SessionView>(reader, { table: 'sessions', columns: session }, SESSION_LIST);
  const access = new ReadModel<SessionAccess>(reader, {
    table: 'sessions',
    join: { table: 'users', on: ['users.id', 'sessions.user_id'] },
    columns: {
      sessionId: session.id,
      userId: session.userId,
      role: user.role,
      isActive: user.isActive,
      signedInAt: session.createdAt,
      expiresAt: session.expiresAt,
    },
  });
  const audit = new ReadModel<AuditEntryView>(
    reader,
    { table: 'audit_log', columns: columnsOf(AuditEntrySchema, AUDIT_VIEW) },
    AUDIT_LIST,
  );
  const token = columnsOf(AccessTokenSchema, [...ACCESS_TOKEN_VIEW, 'hash']);
  const { hash, ...shown } = token;
  const accessTokens = new ReadModel<AccessTokenView>(
    reader,
    { table: 'access_tokens', columns: shown },
    ACCESS_TOKEN_LIST,
  );
  const tokenAccess = new ReadModel<AccessTokenAccess & { readonly hash: string }>(reader, {
    table: 'access_tokens',
    join: { table: 'users', on: ['users.id', 'access_tokens.user_id'] },
    columns: { ...token, role: user.role, isActive: user.isActive },
  });
  const issuedTokens = new ReadModel<IssuedTokenView>(reader, {
    table: 'issued_tokens',
    columns: columnsOf(IssuedTokenSchema, ISSUED_TOKEN_VIEW),
  });
  return {
    work: new MikroOrmUnitOfWork(
      database,
      transaction => ({
        users: new MikroOrmUserRepository(transaction),
        sessions: new MikroOrmSessionRepository(transaction),
        setups: new MikroOrmSetupRepository(transaction),
        signingKeys: new MikroOrmSigningKeyRepository(transaction),
        accessTokens: new MikroOrmAccessTokenRepository(transaction),
        issuedTokens: new MikroOrmIssuedTokenRepository(transaction, reader.dialect),
        audit: new MikroOrmAuditLog(transaction, reader.dialect),
        mailTokens: new MikroOrmMailTokenRepository(transaction),
        revocations: new MikroOrmRevocationLog(transaction, reader.dialect),
        events: transaction.events,
        jobs: jobs.queueIn(transaction),
      }),
      identityConstraints,
    ),
    users: {
      find: id => users.findBy('id', id),
      list: query => users.list(query),
    },
    sessions: {
      access: id => access.findBy('sessionId', id),
      list: query => sessions.list(query),
    },
    accessTokens: {
      accessOf: hash => tokenAccess.findBy('hash', hash),
      list: query => accessTokens.list(query),
    },
    issuedTokens: { find: hash => issuedTokens.findBy('id', hash) },
    audit: { list: query => audit.list(query) },
    revocations: mikroOrmRevocations(database),
  };
}
