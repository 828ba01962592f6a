import type { Database } from '../../../../platform/mikro-orm/database.ts';
import { MikroOrmUnitOfWork } from '../../../../platform/mikro-orm/mikro-orm-unit-of-work.ts';
import { ReadModel } from '../../../../platform/mikro-orm/read-model.ts';
import { columnsOf } from '../../../../platform/mikro-orm/read-model-source.ts';
import type { IdentityStorage, UserView } from '../../application/ports.ts';
import { identityConstraints } from '../constraints.ts';
import { UserSchema } from './identity-schemas.ts';
import {
  MikroOrmSessionRepository,
  MikroOrmSetupRepository,
  MikroOrmSigningKeyRepository,
  MikroOrmUserRepository,
} from './mikro-orm-repositories.ts';

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

export function mikroOrmIdentity(database: Database): IdentityStorage {
  const users = new ReadModel<UserView>(database.reader, {
    table: 'users',
    columns: columnsOf(UserSchema, USER_VIEW),
  });
  return {
    work: new MikroOrmUnitOfWork(
      database,
      transaction => ({
        users: new MikroOrmUserRepository(transaction),
        sessions: new MikroOrmSessionRepository(transaction),
        setups: new MikroOrmSetupRepository(transaction),
        signingKeys: new MikroOrmSigningKeyRepository(transaction),
      }),
      identityConstraints,
    ),
    users: { find: id => users.findBy('id', id) },
  };
}
