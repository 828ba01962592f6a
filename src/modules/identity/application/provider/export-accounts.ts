import { allPages } from '../../../../kernel/all-pages.ts';
import type { User } from '../../domain/user.ts';
import type { IdentityWork, UserReader } from '../ports.ts';

/**
 * Gives all accounts with the hashes of their passwords, page by page, to whoever runs the server: so that people can be moved
 * to an identity provider and keep their passwords.
 *
 * - Accounts that were deleted, and those that another server keeps already (they have no password here), are left out.
 */
export class ExportAccounts {
  private readonly work: IdentityWork;
  private readonly users: UserReader;

  constructor(work: IdentityWork, users: UserReader) {
    this.work = work;
    this.users = users;
  }

  async *execute(): AsyncGenerator<readonly User[]> {
    const pages = allPages(query => this.users.list(query), {}, { present: ({ id }) => id });
    for await (const ids of pages) {
      const found = await this.work.run(async ({ users }) => {
        const all = [];
        for (const id of ids) all.push(await users.get(id));
        return all;
      });
      yield found.filter(user => user !== undefined && user.passwordHash !== '') as User[];
    }
  }
}
