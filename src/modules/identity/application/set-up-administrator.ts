import type { Clock } from '../../../kernel/clock.ts';
import { SetupFinished, WrongSetupToken } from '../domain/account-errors.ts';
import { Setup } from '../domain/setup.ts';
import { opened } from './audit.ts';
import type { AccountRequest, OpenAccount } from './open-account.ts';
import type { IdentityWork, UserView } from './ports.ts';

/** The token that a start without any administrator prints. */
export interface SetupToken {
  readonly value: string;
  matches(presented: string): boolean;
}

/**
 * Makes the first administrator.
 *
 * - Whoever asks shows the set-up token that the server printed when it started.
 * - It works once: as soon as there is an administrator, it is as if this did not exist.
 */
export class SetUpAdministrator {
  private readonly token: SetupToken;
  private readonly accounts: OpenAccount;
  private readonly work: IdentityWork;
  private readonly clock: Clock;

  constructor(token: SetupToken, accounts: OpenAccount, work: IdentityWork, clock: Clock) {
    this.token = token;
    this.accounts = accounts;
    this.work = work;
    this.clock = clock;
  }

  async execute(request: AccountRequest & { readonly token: string }): Promise<UserView> {
    if (!(await this.isOpen())) throw new SetupFinished();
    if (!this.token.matches(request.token)) throw new WrongSetupToken();
    const user = await this.accounts.prepare(request, 'admin');
    await this.work.run(async ({ users, setups, audit }) => {
      if (await users.hasAdministrator()) throw new SetupFinished();
      await users.add(user);
      await setups.add(new Setup(user.id, this.clock.now()));
      await audit.add(opened('administrator.set_up', user, request.address), user.createdAt);
    });
    return user;
  }

  isOpen(): Promise<boolean> {
    return this.work.run(async ({ users }) => !(await users.hasAdministrator()));
  }
}
