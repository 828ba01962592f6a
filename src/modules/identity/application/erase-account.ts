import type { JobAttempt, JobHandler } from '../../../kernel/jobs.ts';
import type { PersonalData } from '../../../kernel/personal-data.ts';
import type { EraseAccount } from './jobs.ts';
import type { UserReader } from './ports.ts';

/** Has every context erase what was the own of somebody who has deleted their account, and of nobody else. */
export class AccountEraser implements JobHandler<EraseAccount> {
  readonly type = 'identity.erase_account';
  private readonly users: UserReader;
  private readonly data: readonly PersonalData[];

  constructor(users: UserReader, data: readonly PersonalData[]) {
    this.users = users;
    this.data = data;
  }

  async handle({ userId }: EraseAccount, { signal }: JobAttempt): Promise<void> {
    if (await this.users.find(userId)) throw new Error(`The account ${userId} has not been deleted.`);
    for (const part of this.data) await part.erase(userId, signal);
  }
}
