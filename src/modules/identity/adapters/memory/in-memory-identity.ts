import { MemoryCollection } from '../../../../platform/memory/memory-collection.ts';
import type { MemoryStore } from '../../../../platform/memory/memory-store.ts';
import { MemoryUnitOfWork } from '../../../../platform/memory/memory-unit-of-work.ts';
import type { IdentityStorage, UserView } from '../../application/ports.ts';
import type { Session } from '../../domain/session.ts';
import type { Setup } from '../../domain/setup.ts';
import type { SigningKey } from '../../domain/signing-key.ts';
import type { User } from '../../domain/user.ts';
import { identityConstraints } from '../constraints.ts';
import {
  InMemorySessionRepository,
  InMemorySetupRepository,
  InMemorySigningKeyRepository,
  InMemoryUserRepository,
} from './in-memory-repositories.ts';

export function inMemoryIdentity(store: MemoryStore): IdentityStorage {
  const users = new MemoryCollection<User>('users', {
    users_email_key_key: user => user.emailKey,
    users_username_key: user => user.username,
  });
  const sessions = new MemoryCollection<Session>('sessions', {
    sessions_refresh_token_hash_key: session => session.refreshTokenHash,
  });
  const setups = new MemoryCollection<Setup>('setups');
  const signingKeys = new MemoryCollection<SigningKey>('signing_keys');
  store.publish('people', id => users.row(id)?.displayName);
  return {
    work: new MemoryUnitOfWork(
      store,
      transaction => ({
        users: new InMemoryUserRepository(transaction.draft(users)),
        sessions: new InMemorySessionRepository(transaction.draft(sessions)),
        setups: new InMemorySetupRepository(transaction.draft(setups)),
        signingKeys: new InMemorySigningKeyRepository(transaction.draft(signingKeys)),
      }),
      identityConstraints,
    ),
    users: {
      async find(id) {
        const user = users.row(id);
        return user && viewOf(user);
      },
    },
  };
}

function viewOf({ emailKey, displayName, passwordHash, ...view }: User): UserView {
  return view;
}
