import type { CollectionDraft } from '../../../../platform/memory/collection-draft.ts';
import type {
  AccessTokenRepository,
  ClientTraits,
  MailTokenRepository,
  SessionRepository,
  SetupRepository,
  SigningKeyRepository,
  UserRepository,
} from '../../application/ports.ts';
import type { AccessToken } from '../../domain/access-token.ts';
import type { MailToken, MailTokenPurpose } from '../../domain/mail-token.ts';
import { ADMIN } from '../../domain/role.ts';
import type { Session } from '../../domain/session.ts';
import type { Setup } from '../../domain/setup.ts';
import type { SigningKey } from '../../domain/signing-key.ts';
import type { User } from '../../domain/user.ts';

export class InMemoryUserRepository implements UserRepository {
  private readonly users: CollectionDraft<User>;

  constructor(users: CollectionDraft<User>) {
    this.users = users;
  }

  async get(id: string): Promise<User | undefined> {
    return present(await this.users.get(id));
  }

  /** There is one writer at a time. */
  lock(id: string): Promise<User | undefined> {
    return this.get(id);
  }

  async byEmailKey(key: string): Promise<User | undefined> {
    return present(await this.users.holding('users_email_key_key', key));
  }

  byUsername(username: string): Promise<User | undefined> {
    return this.users.holding('users_username_key', username);
  }

  hasAdministrator(): Promise<boolean> {
    return this.anyHas(ADMIN);
  }

  lockAdministrators(): Promise<readonly User[]> {
    return this.users.filter(({ role }) => role === ADMIN);
  }

  async anyHas(wanted: string): Promise<boolean> {
    return (await this.users.first(({ role }) => role === wanted)) !== undefined;
  }

  add(user: User): Promise<void> {
    return this.users.add(user);
  }
}

function present(user: User | undefined): User | undefined {
  return user?.deletedAt ? undefined : user;
}

export class InMemorySessionRepository implements SessionRepository {
  private readonly sessions: CollectionDraft<Session>;

  constructor(sessions: CollectionDraft<Session>) {
    this.sessions = sessions;
  }

  get(id: string): Promise<Session | undefined> {
    return this.sessions.get(id);
  }

  byFamilyHash(hash: string): Promise<Session | undefined> {
    return this.sessions.holding('sessions_family_hash_key', hash);
  }

  liveOf(userId: string, now: Date): Promise<readonly Session[]> {
    return this.sessions.filter(session => session.userId === userId && session.expiresAt > now);
  }

  async hasAny(userId: string): Promise<boolean> {
    return (await this.sessions.first(session => session.userId === userId)) !== undefined;
  }

  async hasClient({ userId, deviceName, network }: ClientTraits, since: Date): Promise<boolean> {
    const known = await this.sessions.first(
      session =>
        session.userId === userId &&
        session.deviceName === deviceName &&
        session.network === network &&
        session.createdAt >= since,
    );
    return known !== undefined;
  }

  announcedSince(userId: string, since: Date): Promise<readonly Session[]> {
    return this.sessions.filter(
      session => session.userId === userId && session.isAnnounced && session.createdAt >= since,
    );
  }

  add(session: Session): Promise<void> {
    return this.sessions.add(session);
  }

  removeSomeOf(userId: string, limit: number): Promise<number> {
    return this.sessions.removeSome(session => session.userId === userId, limit);
  }
}

export class InMemoryMailTokenRepository implements MailTokenRepository {
  private readonly tokens: CollectionDraft<MailToken>;

  constructor(tokens: CollectionDraft<MailToken>) {
    this.tokens = tokens;
  }

  get(hash: string): Promise<MailToken | undefined> {
    return this.tokens.get(hash);
  }

  of(userId: string, purpose?: MailTokenPurpose): Promise<readonly MailToken[]> {
    return this.tokens.filter(
      token => token.userId === userId && (purpose === undefined || token.purpose === purpose),
    );
  }

  add(token: MailToken): Promise<void> {
    return this.tokens.add(token);
  }

  remove(token: MailToken): Promise<void> {
    return this.tokens.remove(token);
  }
}

export class InMemoryAccessTokenRepository implements AccessTokenRepository {
  private readonly tokens: CollectionDraft<AccessToken>;

  constructor(tokens: CollectionDraft<AccessToken>) {
    this.tokens = tokens;
  }

  get(id: string): Promise<AccessToken | undefined> {
    return this.tokens.get(id);
  }

  of(userId: string): Promise<readonly AccessToken[]> {
    return this.tokens.filter(token => token.userId === userId);
  }

  add(token: AccessToken): Promise<void> {
    return this.tokens.add(token);
  }

  remove(token: AccessToken): Promise<void> {
    return this.tokens.remove(token);
  }
}

export class InMemorySetupRepository implements SetupRepository {
  private readonly setups: CollectionDraft<Setup>;

  constructor(setups: CollectionDraft<Setup>) {
    this.setups = setups;
  }

  add(setup: Setup): Promise<void> {
    return this.setups.add(setup);
  }
}

export class InMemorySigningKeyRepository implements SigningKeyRepository {
  private readonly keys: CollectionDraft<SigningKey>;

  constructor(keys: CollectionDraft<SigningKey>) {
    this.keys = keys;
  }

  async all(): Promise<readonly SigningKey[]> {
    const keys = await this.keys.all();
    return keys.sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime() || (a.id < b.id ? 1 : -1));
  }

  add(key: SigningKey): Promise<void> {
    return this.keys.add(key);
  }

  remove(key: SigningKey): Promise<void> {
    return this.keys.remove(key);
  }
}
