import type { Application } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import type { UserId } from '../../src/kernel/principal.ts';
import { ChangeOwnPassword } from '../../src/modules/identity/application/change-own-password.ts';
import { ChangeOwnProfile } from '../../src/modules/identity/application/change-own-profile.ts';
import { ChangeUser } from '../../src/modules/identity/application/change-user.ts';
import { ProofOfIdentity } from '../../src/modules/identity/application/proof-of-identity.ts';
import type { Session } from '../../src/modules/identity/domain/session.ts';
import type { User } from '../../src/modules/identity/domain/user.ts';

/** The use cases that change accounts, on this application's adapters. */
export function accountChanges(application: Application) {
  const { work } = application.get(tokens.identityStorage);
  const hasher = application.get(tokens.passwordHasher);
  const clock = application.get(tokens.clock);
  const policy = application.get(tokens.passwordPolicy);
  const proof = new ProofOfIdentity(hasher, application.get(tokens.credentialThrottle), clock);
  return {
    profile: new ChangeOwnProfile(work, proof, clock),
    password: new ChangeOwnPassword(work, proof, policy, hasher, clock),
    user: new ChangeUser(work, {}, clock),
  };
}

/** The account as it is stored. */
export async function accountOf(application: Application, id: UserId): Promise<User> {
  const user = await application.get(tokens.identityStorage).work.run(({ users }) => users.get(id));
  if (!user) throw new Error(`There is no account ${id}.`);
  return user;
}

export function liveSessionsOf(application: Application, id: UserId): Promise<readonly Session[]> {
  const now = application.get(tokens.clock).now();
  return application.get(tokens.identityStorage).work.run(({ sessions }) => sessions.liveOf(id, now));
}
