import { tokens } from '../composition/tokens.ts';
import { keycloakUser } from '../modules/identity/adapters/keycloak/user-representation.ts';
import { ExportAccounts } from '../modules/identity/application/provider/export-accounts.ts';
import { withApplication } from './with-application.ts';

/** Prints all accounts, with the hashes of their passwords, as a file for Keycloak's partial import. */
export async function exportUsers(): Promise<void> {
  await withApplication(async application => {
    const { work, users } = application.get(tokens.identityStorage);
    let separator = '';
    process.stdout.write('{"ifResourceExists":"SKIP","users":[');
    for await (const page of new ExportAccounts(work, users).execute())
      for (const user of page) {
        process.stdout.write(`${separator}\n${JSON.stringify(keycloakUser(user))}`);
        separator = ',';
      }
    process.stdout.write('\n]}\n');
  });
}
