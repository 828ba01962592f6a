import type { CollectionDraft } from '../../../../platform/memory/collection-draft.ts';
import type {
  IdentityReaders,
  ProviderAccountRepository,
  ProviderLogoutRepository,
  ProviderSessionRepository,
} from '../../application/ports.ts';
import type { ProviderAccount } from '../../domain/provider-account.ts';
import type { ProviderLogout } from '../../domain/provider-logout.ts';
import type { ProviderSession } from '../../domain/provider-session.ts';
import type { Session } from '../../domain/session.ts';
import type { IdentityCollections } from './identity-collections.ts';

export class InMemoryProviderAccountRepository implements ProviderAccountRepository {
  private readonly accounts: CollectionDraft<ProviderAccount>;

  constructor(accounts: CollectionDraft<ProviderAccount>) {
    this.accounts = accounts;
  }

  get(id: string): Promise<ProviderAccount | undefined> {
    return this.accounts.get(id);
  }

  add(account: ProviderAccount): Promise<void> {
    return this.accounts.add(account);
  }

  of(owner: string): Promise<readonly ProviderAccount[]> {
    return this.accounts.filter(({ userId }) => userId === owner);
  }

  remove(account: ProviderAccount): Promise<void> {
    return this.accounts.remove(account);
  }
}

export class InMemoryProviderSessionRepository implements ProviderSessionRepository {
  private readonly sessions: CollectionDraft<ProviderSession>;
  private readonly here: CollectionDraft<Session>;

  constructor(sessions: CollectionDraft<ProviderSession>, here: CollectionDraft<Session>) {
    this.sessions = sessions;
    this.here = here;
  }

  get(id: string): Promise<ProviderSession | undefined> {
    return this.sessions.get(id);
  }

  ofProvider(wanted: string): Promise<readonly ProviderSession[]> {
    return this.sessions.filter(({ providerId }) => providerId === wanted);
  }

  add(session: ProviderSession): Promise<void> {
    return this.sessions.add(session);
  }

  async removeSomeEnded(now: Date, limit: number): Promise<number> {
    const live = new Set((await this.here.filter(({ expiresAt }) => expiresAt > now)).map(({ id }) => id));
    const ended = (await this.sessions.filter(({ id }) => !live.has(id))).slice(0, limit);
    for (const session of ended) await this.sessions.remove(session);
    return ended.length;
  }
}

export class InMemoryProviderLogoutRepository implements ProviderLogoutRepository {
  private readonly logouts: CollectionDraft<ProviderLogout>;

  constructor(logouts: CollectionDraft<ProviderLogout>) {
    this.logouts = logouts;
  }

  get(id: string): Promise<ProviderLogout | undefined> {
    return this.logouts.get(id);
  }

  add(logout: ProviderLogout): Promise<void> {
    return this.logouts.add(logout);
  }

  async removeSomeBefore(time: Date, limit: number): Promise<number> {
    const old = await this.logouts.filter(({ loggedOutAt }) => loggedOutAt < time);
    for (const logout of old.slice(0, limit)) await this.logouts.remove(logout);
    return Math.min(old.length, limit);
  }
}

type ProviderReaders = Pick<IdentityReaders, 'providerAccounts' | 'providerSessions' | 'providerLogouts'>;

export function inMemoryProviderReaders(collections: IdentityCollections): ProviderReaders {
  const { users, sessions, providerAccounts, providerSessions, providerLogouts } = collections;
  return {
    providerAccounts: {
      async find(id) {
        const account = providerAccounts.row(id);
        const user = account && users.row(account.userId);
        if (!account || !user || user.deletedAt) return undefined;
        const { userId, seen } = account;
        return { id, userId, seen, isActive: user.isActive };
      },
    },
    providerSessions: {
      async byFamilyHash(familyHash) {
        const session = sessions.row(sessions.holder('sessions_family_hash_key', familyHash) ?? '');
        const atProvider = session && providerSessions.row(session.id);
        const user = session && users.row(session.userId);
        if (!atProvider || !user || user.deletedAt) return undefined;
        const { id, userId, expiresAt } = session;
        const { sealedTokens, accessExpiresAt } = atProvider;
        const { isActive } = user;
        return { id, userId, familyHash, sealedTokens, accessExpiresAt, expiresAt, isActive };
      },
    },
    providerLogouts: {
      async hasEnded({ providerSessionId, subject, issuedAt }) {
        return [...providerLogouts.rows()].some(
          logout =>
            (providerSessionId !== null && logout.providerSessionId === providerSessionId) ||
            (logout.subject === subject && logout.loggedOutAt >= issuedAt),
        );
      },
    },
  };
}
