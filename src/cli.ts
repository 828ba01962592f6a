import { Command } from 'commander';
import { createUser } from './cli/create-user.ts';
import { fillWithDemoData } from './cli/demo.ts';
import { fail } from './cli/fail.ts';
import { migrate } from './cli/migrate.ts';
import { printOpenApi } from './cli/open-api.ts';

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

program
  .command('user')
  .description('accounts')
  .command('create')
  .description('open an account; its password is read from standard input')
  .requiredOption('--email <address>')
  .option('--username <name>')
  .option('--full-name <name>')
  .option('--admin', 'make an administrator', false)
  .action(createUser);

program.command('openapi').description('print the OpenAPI document').action(printOpenApi);

program
  .command('demo')
  .description('fill the database with lifelike data')
  .option('--users <number>', 'how many people', '10')
  .option('--posts <number>', 'how many posts', '100')
  .option('--todos <number>', 'how many to-dos', '200')
  .action(fillWithDemoData);

try {
  await program.parseAsync();
} catch (error) {
  fail(error);
}
