import { createInterface } from 'node:readline/promises';
import { tokens } from '../composition/tokens.ts';
import { StartError } from '../platform/configuration/settings.ts';
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

/** The first line of standard input. On a terminal it is asked for, and not shown while it is typed. */
async function readPassword(): Promise<string> {
  const { stdin, stderr } = process;
  if (stdin.isTTY) stderr.write('Password: ');
  const lines = createInterface({ input: stdin, terminal: stdin.isTTY });
  for await (const line of lines) {
    if (stdin.isTTY) stderr.write('\n');
    return line;
  }
  throw new StartError('There is no password on standard input.');
}
