import type { ListQuery, Page } from '../../../kernel/list.ts';
import { type Principal, requireScope } from '../../../kernel/principal.ts';
import type { RoleName } from '../domain/role.ts';
import { RoleNotFound } from '../domain/role-errors.ts';
import type { RoleReader, RoleView } from './ports.ts';

/** Shows administrators of roles what each role allows, one or many. */
export class ReadRoles {
  private readonly roles: RoleReader;

  constructor(roles: RoleReader) {
    this.roles = roles;
  }

  async one(name: RoleName, by: Principal): Promise<RoleView> {
    requireScope(by, 'roles:admin');
    const role = await this.roles.find(name);
    if (!role) throw new RoleNotFound();
    return role;
  }

  async list(query: ListQuery, by: Principal): Promise<Page<RoleView>> {
    requireScope(by, 'roles:admin');
    return this.roles.list(query);
  }
}
