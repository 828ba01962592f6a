import type { RoleName } from '../domain/role.ts';
import type { AccountRequest, OpenAccount } from './open-account.ts';
import type { IdentityWork, UserView } from './ports.ts';

/**
 * Opens an account on behalf of somebody else, from the server's command line.
 *
 * - Works whether or not registration is open, and can make administrators.
 * - Everything else is as when people register themselves.
 */
export class CreateUser {
  private readonly accounts: OpenAccount;
  private readonly work: IdentityWork;

  constructor(accounts: OpenAccount, work: IdentityWork) {
    this.accounts = accounts;
    this.work = work;
  }

  async execute(request: AccountRequest & { readonly role: RoleName }): Promise<UserView> {
    const user = await this.accounts.prepare(request, request.role);
    await this.work.run(({ users }) => users.add(user));
    return user;
  }
}
