import { uuidv7 } from 'uuidv7';
import type { Application } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { type Principal, SCOPES, type Scope, type UserId } from '../../src/kernel/principal.ts';
import { type NewUser, User } from '../../src/modules/identity/domain/user.ts';

export const BIRTH = new Date('2026-11-23T12:00:00.000Z');

/** Somebody whom no storage knows yet. The password's hash is not one. */
export function newUser(change: Partial<NewUser> = {}, now = BIRTH): User {
  const id = uuidv7();
  const email = `${id}@example.org`;
  const user = { email, username: null, fullName: null, role: 'member', passwordHash: 'none' } as const;
  return new User(id, { ...user, ...change }, now);
}

/** Somebody who is stored. */
export async function storedUser(application: Application, change: Partial<NewUser> = {}): Promise<User> {
  const user = newUser(change);
  await application.get(tokens.identityStorage).work.run(({ users }) => users.add(user));
  return user;
}

export function principal(userId: UserId, scopes: readonly Scope[] = SCOPES): Principal {
  return {
    userId,
    sessionId: uuidv7(),
    roles: ['admin'],
    scopes: new Set(scopes),
    isPerson: true,
    signedInAt: BIRTH,
    address: null,
  };
}

/** What an account without one scope may do. */
export function without(scope: Scope): readonly Scope[] {
  return SCOPES.filter(other => other !== scope);
}
