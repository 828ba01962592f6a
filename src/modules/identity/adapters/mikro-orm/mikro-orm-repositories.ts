import type { Transaction } from '../../../../platform/mikro-orm/transaction.ts';
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
import {
  AccessTokenSchema,
  MailTokenSchema,
  SessionSchema,
  SigningKeySchema,
  UserSchema,
} from './identity-schemas.ts';

/** Not those who have deleted their account. Neither user name nor role is left of them. */
const PRESENT = { deletedAt: null } as const;

export class MikroOrmUserRepository implements UserRepository {
  private readonly transaction: Transaction;

  constructor(transaction: Transaction) {
    this.transaction = transaction;
  }

  get(id: string): Promise<User | undefined> {
    return this.transaction.find(UserSchema, { id, ...PRESENT });
  }

  lock(id: string): Promise<User | undefined> {
    return this.transaction.lock(UserSchema, { id, ...PRESENT });
  }

  byEmailKey(emailKey: string): Promise<User | undefined> {
    return this.transaction.find(UserSchema, { emailKey, ...PRESENT });
  }

  byUsername(username: string): Promise<User | undefined> {
    return this.transaction.find(UserSchema, { username });
  }

  hasAdministrator(): Promise<boolean> {
    return this.anyHas(ADMIN);
  }

  lockAdministrators(): Promise<readonly User[]> {
    return this.transaction.lockAll(UserSchema, { role: ADMIN }, { id: 'asc' });
  }

  async anyHas(role: string): Promise<boolean> {
    return (await this.transaction.find(UserSchema, { role })) !== undefined;
  }

  add(user: User): Promise<void> {
    return this.transaction.add(user);
  }
}

export class MikroOrmSessionRepository implements SessionRepository {
  private readonly transaction: Transaction;

  constructor(transaction: Transaction) {
    this.transaction = transaction;
  }

  get(id: string): Promise<Session | undefined> {
    return this.transaction.find(SessionSchema, { id });
  }

  byFamilyHash(familyHash: string): Promise<Session | undefined> {
    return this.transaction.find(SessionSchema, { familyHash });
  }

  liveOf(userId: string, now: Date): Promise<readonly Session[]> {
    return this.transaction.findAll(
      SessionSchema,
      { userId, expiresAt: { $gt: now } },
      { createdAt: 'desc' },
    );
  }

  async hasAny(userId: string): Promise<boolean> {
    return (await this.transaction.find(SessionSchema, { userId })) !== undefined;
  }

  async hasClient({ userId, deviceName, network }: ClientTraits, since: Date): Promise<boolean> {
    const client = { userId, deviceName, network, createdAt: { $gte: since } };
    return (await this.transaction.find(SessionSchema, client)) !== undefined;
  }

  announcedSince(userId: string, since: Date): Promise<readonly Session[]> {
    const announced = { userId, isAnnounced: true, createdAt: { $gte: since } };
    return this.transaction.findAll(SessionSchema, announced, { createdAt: 'desc' });
  }

  add(session: Session): Promise<void> {
    return this.transaction.add(session);
  }

  removeSomeOf(userId: string, limit: number): Promise<number> {
    return this.transaction.removeSome('sessions', { user_id: userId }, limit);
  }
}

export class MikroOrmMailTokenRepository implements MailTokenRepository {
  private readonly transaction: Transaction;

  constructor(transaction: Transaction) {
    this.transaction = transaction;
  }

  get(id: string): Promise<MailToken | undefined> {
    return this.transaction.find(MailTokenSchema, { id });
  }

  of(userId: string, purpose?: MailTokenPurpose): Promise<readonly MailToken[]> {
    const where = { userId, ...(purpose && { purpose }) };
    return this.transaction.findAll(MailTokenSchema, where, { createdAt: 'desc' });
  }

  add(token: MailToken): Promise<void> {
    return this.transaction.add(token);
  }

  remove(token: MailToken): Promise<void> {
    return this.transaction.remove(token);
  }
}

export class MikroOrmAccessTokenRepository implements AccessTokenRepository {
  private readonly transaction: Transaction;

  constructor(transaction: Transaction) {
    this.transaction = transaction;
  }

  get(id: string): Promise<AccessToken | undefined> {
    return this.transaction.find(AccessTokenSchema, { id });
  }

  of(userId: string): Promise<readonly AccessToken[]> {
    return this.transaction.findAll(AccessTokenSchema, { userId }, { createdAt: 'desc' });
  }

  add(token: AccessToken): Promise<void> {
    return this.transaction.add(token);
  }

  remove(token: AccessToken): Promise<void> {
    return this.transaction.remove(token);
  }
}

export class MikroOrmSetupRepository implements SetupRepository {
  private readonly transaction: Transaction;

  constructor(transaction: Transaction) {
    this.transaction = transaction;
  }

  add(setup: Setup): Promise<void> {
    return this.transaction.add(setup);
  }
}

export class MikroOrmSigningKeyRepository implements SigningKeyRepository {
  private readonly transaction: Transaction;

  constructor(transaction: Transaction) {
    this.transaction = transaction;
  }

  all(): Promise<readonly SigningKey[]> {
    return this.transaction.findAll(SigningKeySchema, {}, { createdAt: 'desc', id: 'desc' });
  }

  add(key: SigningKey): Promise<void> {
    return this.transaction.add(key);
  }

  remove(key: SigningKey): Promise<void> {
    return this.transaction.remove(key);
  }
}
