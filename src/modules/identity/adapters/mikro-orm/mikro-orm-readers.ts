import type { Database } from '../../../../platform/mikro-orm/database.ts';
import { ReadModel } from '../../../../platform/mikro-orm/read-model.ts';
import { columnsOf } from '../../../../platform/mikro-orm/read-model-source.ts';
import {
  ACCESS_TOKEN_LIST,
  type AccessTokenAccess,
  type AccessTokenView,
  AUDIT_LIST,
  type AuditEntryView,
  type IdentityReaders,
  INVITATION_LIST,
  type InvitationView,
  type IssuedTokenView,
  ROLE_LIST,
  type RoleView,
  SESSION_LIST,
  type SessionAccess,
  type SessionView,
  USER_LIST,
  type UserView,
} from '../../application/ports.ts';
import {
  AccessTokenSchema,
  AuditEntrySchema,
  InvitationSchema,
  IssuedTokenSchema,
  RoleSchema,
  SessionSchema,
  UserSchema,
} from './identity-schemas.ts';
import { mikroOrmPeople } from './mikro-orm-people.ts';
import { mikroOrmProviderReaders } from './mikro-orm-provider.ts';
import { mikroOrmRevocations } from './mikro-orm-revocations.ts';

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

const ROLE_VIEW = ['id', 'scope', 'createdAt', 'updatedAt', 'version'] as const;

const ROLE_OF_USER = { table: 'roles', on: ['roles.id', 'users.role'] } as const;

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

/** Without the hash of its token. */
const INVITATION_VIEW = ['id', 'email', 'role', 'invitedBy', 'createdAt', 'expiresAt'] as const;

export function mikroOrmReaders(database: Database): IdentityReaders {
  const { reader } = database;
  const user = columnsOf(UserSchema, USER_VIEW);
  const role = columnsOf(RoleSchema, ROLE_VIEW);
  const roles = new ReadModel<RoleView>(reader, { table: 'roles', columns: role }, ROLE_LIST);
  const session = columnsOf(SessionSchema, SESSION_VIEW);
  const users = new ReadModel<UserView>(
    reader,
    { table: 'users', columns: user, absent: 'users.deleted_at' },
    USER_LIST,
  );
  const sessions = new ReadModel<SessionView>(reader, { table: 'sessions', columns: session }, SESSION_LIST);
  const access = new ReadModel<SessionAccess>(reader, {
    table: 'sessions',
    joins: [{ table: 'users', on: ['users.id', 'sessions.user_id'] }, ROLE_OF_USER],
    absent: 'users.deleted_at',
    columns: {
      sessionId: session.id,
      userId: session.userId,
      role: user.role,
      roleScope: role.scope,
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
    joins: [{ table: 'users', on: ['users.id', 'access_tokens.user_id'] }, ROLE_OF_USER],
    absent: 'users.deleted_at',
    columns: { ...token, role: user.role, roleScope: role.scope, isActive: user.isActive },
  });
  const invitations = new ReadModel<InvitationView>(
    reader,
    { table: 'invitations', columns: columnsOf(InvitationSchema, INVITATION_VIEW) },
    INVITATION_LIST,
  );
  const issuedTokens = new ReadModel<IssuedTokenView>(reader, {
    table: 'issued_tokens',
    columns: columnsOf(IssuedTokenSchema, ISSUED_TOKEN_VIEW),
  });
  return {
    users: {
      find: id => users.findBy('id', id),
      list: query => users.list(query),
    },
    people: mikroOrmPeople(reader),
    roles: {
      find: name => roles.findBy('id', name),
      list: query => roles.list(query),
    },
    sessions: {
      access: id => access.findBy('sessionId', id),
      list: query => sessions.list(query),
    },
    accessTokens: {
      accessOf: hash => tokenAccess.findBy('hash', hash),
      list: query => accessTokens.list(query),
    },
    invitations: { list: query => invitations.list(query) },
    issuedTokens: { find: hash => issuedTokens.findBy('id', hash) },
    audit: { list: query => audit.list(query) },
    revocations: mikroOrmRevocations(database),
    ...mikroOrmProviderReaders(database),
  };
}
