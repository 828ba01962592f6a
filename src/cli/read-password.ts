import { createInterface } from 'node:readline/promises';
import { StartError } from '../platform/configuration/settings.ts';

/** The first line of standard input. On a terminal it is asked for, and not shown while it is typed. */
export async function readPassword(): Promise<string> {
  const { stdin, stderr } = process;
  if (stdin.isTTY) stderr.write('Password: ');
  const lines = createInterface({ input: stdin, terminal: stdin.isTTY });
  for await (const line of lines) {
    if (stdin.isTTY) stderr.write('\n');
    return line;
  }
  throw new StartError('There is no password on standard input.');
}
