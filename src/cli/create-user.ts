import { tokens } from '../composition/tokens.ts';
import { readPassword } from './read-password.ts';
import { withApplication } from './with-application.ts';

interface Options {
  readonly email: string;
  readonly username?: string;
  readonly fullName?: string;
  readonly admin: boolean;
}

export async function createUser({ admin, ...account }: Options): Promise<void> {
  const password = await readPassword();
  const user = await withApplication(application =>
    application.get(tokens.createUser).execute({ ...account, password, role: admin ? 'admin' : 'member' }),
  );
  console.log(`Created the ${user.role} ${user.email} (${user.id}).`);
}
