import { tokens } from '../composition/tokens.ts';
import { readPassword } from './read-password.ts';
import { withApplication } from './with-application.ts';

export async function resetPassword({ email }: { readonly email: string }): Promise<void> {
  const password = await readPassword();
  const user = await withApplication(application =>
    application.get(tokens.resetPassword).execute({ email, password }),
  );
  console.log(`${user.email} has another password, and is signed out everywhere.`);
}
