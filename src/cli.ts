import { Command, Option } from 'commander';
import { printAsyncApi } from './cli/async-api.ts';
import { createUser } from './cli/create-user.ts';
import { fillWithDemoData } from './cli/demo.ts';
import { exportUsers } from './cli/export-users.ts';
import { fail } from './cli/fail.ts';
import { listSessions } from './cli/list-sessions.ts';
import { migrate } from './cli/migrate.ts';
import { printOpenApi } from './cli/open-api.ts';
import { resetPassword } from './cli/reset-password.ts';
import { rotateKeys } from './cli/rotate-keys.ts';

const program = new Command('atrium').description('The workspace server of a small team.');

program
  .command('serve')
  .description('serve everything, as npm start does')
  .action(async () => void (await import('./main.ts')));

program
  .command('migrate')
  .argument('[up|down|status]', 'apply what is missing, take back the newest step, or list the steps', 'up')
  .description("change the database's schema; serve applies what is missing by itself")
  .action(migrate);

const user = program.command('user').alias('users').description('accounts');

user
  .command('create')
  .description('open an account; its password is read from standard input')
  .requiredOption('--email <address>')
  .option('--username <name>')
  .option('--full-name <name>')
  .option('--admin', 'make an administrator', false)
  .action(createUser);

user
  .command('reset-password')
  .description('give somebody another password, read from standard input, and sign them out everywhere')
  .requiredOption('--email <address>')
  .action(resetPassword);

user
  .command('sessions')
  .description('list where somebody is signed in')
  .requiredOption('--email <address>')
  .action(listSessions);

user
  .command('export')
  .description('print all accounts with the hashes of their passwords, to be imported elsewhere')
  .addOption(new Option('--for <server>').choices(['keycloak']).makeOptionMandatory())
  .action(exportUsers);

program
  .command('keys')
  .description('the keys that sign access tokens')
  .command('rotate')
  .description('sign with a new key; tokens of the old one are good until they expire')
  .action(rotateKeys);

program.command('openapi').description('print the OpenAPI document').action(printOpenApi);

program.command('asyncapi').description('print the AsyncAPI document').action(printAsyncApi);

program
  .command('demo')
  .description('fill the database with lifelike data')
  .option('--scale <number>', 'from 1 (100 posts, 1,000 operations) to 1000 (a million operations)', '1')
  .option('--users <number>', 'how many people, whatever the scale')
  .option('--teams <number>', 'how many teams')
  .option('--posts <number>', 'how many posts')
  .option('--todos <number>', 'how many to-dos')
  .option('--tasks <number>', 'how many tasks')
  .option('--operations <number>', 'how many trade operations')
  .option('--rooms <number>', 'how many rooms to talk in')
  .option('--messages <number>', 'how many messages in them')
  .action(fillWithDemoData);

try {
  await program.parseAsync();
} catch (error) {
  fail(error);
}
