import type { ListQuery, Page } from '../../../kernel/list.ts';
import { type Principal, requireScope, type UserId } from '../../../kernel/principal.ts';
import { UserNotFound } from '../domain/account-errors.ts';
import type { UserReader, UserView } from './ports.ts';

/** Shows administrators of users everybody's account, one or many. */
export class ReadUsers {
  private readonly users: UserReader;

  constructor(users: UserReader) {
    this.users = users;
  }

  async one(id: UserId, by: Principal): Promise<UserView> {
    requireScope(by, 'users:admin');
    const user = await this.users.find(id);
    if (!user) throw new UserNotFound();
    return user;
  }

  async list(query: ListQuery, by: Principal): Promise<Page<UserView>> {
    requireScope(by, 'users:admin');
    return this.users.list(query);
  }
}
