import { evaluateList } from '../../../../platform/memory/memory-list.ts';
import {
  ACCESS_TOKEN_LIST,
  AUDIT_LIST,
  type IdentityReaders,
  INVITATION_LIST,
  ROLE_LIST,
  SESSION_LIST,
  type SessionView,
  USER_LIST,
  type UserView,
} from '../../application/ports.ts';
import type { Session } from '../../domain/session.ts';
import type { User } from '../../domain/user.ts';
import type { IdentityCollections } from './identity-collections.ts';
import { inMemoryPeople } from './in-memory-people.ts';
import { inMemoryProviderReaders } from './in-memory-provider.ts';
import { inMemoryRevocations } from './in-memory-revocations.ts';

export function inMemoryReaders(collections: IdentityCollections): IdentityReaders {
  const { users, roles, sessions, accessTokens, issuedTokens, invitations, auditLog, revocations } =
    collections;
  const account = (id: string) => {
    const user = users.row(id);
    return user?.deletedAt ? undefined : user;
  };
  const scopeOf = (role: string) => roles.row(role)?.scope ?? null;
  return {
    users: {
      async find(id) {
        const user = account(id);
        return user && viewOf(user);
      },
      async list(query) {
        const accounts = [...users.rows()].filter(({ deletedAt }) => !deletedAt);
        return evaluateList(accounts.map(viewOf), USER_LIST, query);
      },
    },
    people: inMemoryPeople(users),
    roles: {
      find: async name => roles.row(name),
      list: async query => evaluateList(roles.rows(), ROLE_LIST, query),
    },
    sessions: {
      async access(id) {
        const session = sessions.row(id);
        const user = session && account(session.userId);
        if (!user) return undefined;
        const { createdAt: signedInAt, expiresAt } = session;
        const { id: userId, role, isActive } = user;
        return { sessionId: id, userId, role, roleScope: scopeOf(role), isActive, signedInAt, expiresAt };
      },
      async list(query) {
        return evaluateList([...sessions.rows()].map(sessionViewOf), SESSION_LIST, query);
      },
    },
    accessTokens: {
      async accessOf(hash) {
        const token = accessTokens.row(accessTokens.holder('access_tokens_hash_key', hash) ?? '');
        const user = token && account(token.userId);
        if (!user) return undefined;
        const { role, isActive } = user;
        const { id, userId, scope, createdAt, expiresAt } = token;
        return { id, userId, role, roleScope: scopeOf(role), isActive, scope, createdAt, expiresAt };
      },
      async list(query) {
        const views = [...accessTokens.rows()].map(({ hash, version, ...view }) => view);
        return evaluateList(views, ACCESS_TOKEN_LIST, query);
      },
    },
    invitations: {
      async list(query) {
        const views = [...invitations.rows()].map(({ emailKey, tokenHash, version, ...view }) => view);
        return evaluateList(views, INVITATION_LIST, query);
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
    ...inMemoryProviderReaders(collections),
  };
}

function viewOf({
  emailKey,
  displayName,
  passwordHash,
  passwordChangedAt,
  deletedAt,
  ...view
}: User): UserView {
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
