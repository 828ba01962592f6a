import { type Principal, requireScope } from '../../../kernel/principal.ts';
import { InactiveUser } from '../domain/account-errors.ts';
import { InvalidToken } from '../domain/session-errors.ts';
import type { UserReader, UserView } from './ports.ts';

/** Shows people their own account; a deactivated one is refused. */
export class ReadOwnProfile {
  private readonly users: UserReader;

  constructor(users: UserReader) {
    this.users = users;
  }

  async execute(by: Principal): Promise<UserView> {
    requireScope(by, 'profile');
    const user = await this.users.find(by.userId);
    if (!user) throw new InvalidToken();
    if (!user.isActive) throw new InactiveUser();
    return user;
  }
}
