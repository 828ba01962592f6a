import type { CollectionDraft } from '../../../../platform/memory/collection-draft.ts';
import type { RoleRepository } from '../../application/ports.ts';
import type { Role } from '../../domain/role.ts';

export class InMemoryRoleRepository implements RoleRepository {
  private readonly roles: CollectionDraft<Role>;

  constructor(roles: CollectionDraft<Role>) {
    this.roles = roles;
  }

  get(name: string): Promise<Role | undefined> {
    return this.roles.get(name);
  }

  /** There is one writer at a time. */
  lock(name: string): Promise<Role | undefined> {
    return this.roles.get(name);
  }

  async count(): Promise<number> {
    return (await this.roles.all()).length;
  }

  add(role: Role): Promise<void> {
    return this.roles.add(role);
  }

  remove(role: Role): Promise<void> {
    return this.roles.remove(role);
  }
}
