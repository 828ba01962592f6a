import type { Application } from '../composition/container.ts';
import { tokens } from '../composition/tokens.ts';
import { UserNotFound } from '../modules/identity/domain/account-errors.ts';
import { emailKey } from '../modules/identity/domain/email.ts';
import type { Session } from '../modules/identity/domain/session.ts';
import { withApplication } from './with-application.ts';

/** Prints where somebody is signed in. */
export async function listSessions({ email }: { readonly email: string }): Promise<void> {
  const sessions = await withApplication(application => sessionsOf(application, email));
  if (sessions.length === 0) console.log(`${email} is signed in nowhere.`);
  for (const { id, deviceName, address, createdAt, lastUsedAt } of sessions)
    console.log(
      `${id}  ${deviceName ?? '–'}  ${address ?? '–'}  since ${createdAt.toISOString()}, used ${lastUsedAt.toISOString()}`,
    );
}

function sessionsOf(application: Application, email: string): Promise<readonly Session[]> {
  const now = application.get(tokens.clock).now();
  return application.get(tokens.identityStorage).work.run(async ({ users, sessions }) => {
    const user = await users.byEmailKey(emailKey(email));
    if (!user) throw new UserNotFound();
    return sessions.liveOf(user.id, now);
  });
}
