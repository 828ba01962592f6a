import type { Database } from '../../../../platform/mikro-orm/database.ts';
import { ReadModel } from '../../../../platform/mikro-orm/read-model.ts';
import { columnsOf } from '../../../../platform/mikro-orm/read-model-source.ts';
import { type Dialect, queryBuilder, slot } from '../../../../platform/mikro-orm/statements.ts';
import type { Transaction } from '../../../../platform/mikro-orm/transaction.ts';
import type {
  IdentityReaders,
  ProviderAccountRepository,
  ProviderAccountView,
  ProviderLogoutReader,
  ProviderLogoutRepository,
  ProviderSessionRepository,
  ProviderSessionView,
} from '../../application/ports.ts';
import type { ProviderAccount } from '../../domain/provider-account.ts';
import type { ProviderLogout } from '../../domain/provider-logout.ts';
import type { ProviderSession } from '../../domain/provider-session.ts';
import {
  ProviderAccountSchema,
  ProviderLogoutSchema,
  ProviderSessionSchema,
  SessionSchema,
  UserSchema,
} from './identity-schemas.ts';

export class MikroOrmProviderAccountRepository implements ProviderAccountRepository {
  private readonly transaction: Transaction;

  constructor(transaction: Transaction) {
    this.transaction = transaction;
  }

  get(id: string): Promise<ProviderAccount | undefined> {
    return this.transaction.lock(ProviderAccountSchema, { id });
  }

  add(account: ProviderAccount): Promise<void> {
    return this.transaction.add(account);
  }

  of(userId: string): Promise<readonly ProviderAccount[]> {
    return this.transaction.findAll(ProviderAccountSchema, { userId }, { createdAt: 'asc' });
  }

  remove(account: ProviderAccount): Promise<void> {
    return this.transaction.remove(account);
  }
}

export class MikroOrmProviderSessionRepository implements ProviderSessionRepository {
  private readonly transaction: Transaction;
  private readonly dialect: Dialect;

  constructor(transaction: Transaction, dialect: Dialect) {
    this.transaction = transaction;
    this.dialect = dialect;
  }

  get(id: string): Promise<ProviderSession | undefined> {
    return this.transaction.find(ProviderSessionSchema, { id });
  }

  ofProvider(providerId: string): Promise<readonly ProviderSession[]> {
    return this.transaction.findAll(ProviderSessionSchema, { providerId }, { id: 'asc' });
  }

  add(session: ProviderSession): Promise<void> {
    return this.transaction.add(session);
  }

  removeSomeEnded(now: Date, limit: number): Promise<number> {
    const live = queryBuilder(this.dialect).selectFrom('sessions').select('id').where('expires_at', '>', now);
    return this.transaction.removeSomeWhere('provider_sessions', eb => eb('id', 'not in', live), limit);
  }
}

export class MikroOrmProviderLogoutRepository implements ProviderLogoutRepository {
  private readonly transaction: Transaction;

  constructor(transaction: Transaction) {
    this.transaction = transaction;
  }

  get(id: string): Promise<ProviderLogout | undefined> {
    return this.transaction.find(ProviderLogoutSchema, { id });
  }

  add(logout: ProviderLogout): Promise<void> {
    return this.transaction.add(logout);
  }

  removeSomeBefore(time: Date, limit: number): Promise<number> {
    return this.transaction.removeSomeWhere('provider_logouts', eb => eb('logged_out_at', '<', time), limit);
  }
}

type ProviderReaders = Pick<IdentityReaders, 'providerAccounts' | 'providerSessions' | 'providerLogouts'>;

export function mikroOrmProviderReaders({ reader }: Database): ProviderReaders {
  const account = columnsOf(ProviderAccountSchema, ['id', 'userId', 'seen']);
  const { isActive } = columnsOf(UserSchema, ['isActive']);
  const accounts = new ReadModel<ProviderAccountView>(reader, {
    table: 'provider_accounts',
    joins: [{ table: 'users', on: ['users.id', 'provider_accounts.user_id'] }],
    absent: 'users.deleted_at',
    columns: { ...account, isActive },
  });
  const sessions = new ReadModel<ProviderSessionView>(reader, {
    table: 'provider_sessions',
    joins: [
      { table: 'sessions', on: ['sessions.id', 'provider_sessions.id'] },
      { table: 'users', on: ['users.id', 'sessions.user_id'] },
    ],
    absent: 'users.deleted_at',
    columns: {
      ...columnsOf(ProviderSessionSchema, ['id', 'sealedTokens', 'accessExpiresAt']),
      ...columnsOf(SessionSchema, ['userId', 'familyHash', 'expiresAt']),
      isActive,
    },
  });
  return {
    providerAccounts: { find: id => accounts.findBy('id', id) },
    providerSessions: { byFamilyHash: hash => sessions.findBy('familyHash', hash) },
    providerLogouts: providerLogouts(reader),
  };
}

function providerLogouts(reader: Database['reader']): ProviderLogoutReader {
  const statement = reader.prepare(
    queryBuilder(reader.dialect)
      .selectFrom('provider_logouts')
      .select('id')
      .where(({ or, and, eb }) =>
        or([
          eb('provider_session_id', '=', slot<string | null>('session')),
          and([eb('subject', '=', slot<string>('subject')), eb('logged_out_at', '>=', slot<Date>('issued'))]),
        ]),
      )
      .limit(1),
  );
  return {
    async hasEnded({ providerSessionId: session, subject, issuedAt: issued }) {
      return (await statement.all({ session, subject, issued })).length > 0;
    },
  };
}
