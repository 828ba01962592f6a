import type { ListQuery, ListSpec, Page } from '../../../../kernel/list.ts';
import type { Role, RoleName } from '../../domain/role.ts';

export interface RoleRepository {
  get(name: RoleName): Promise<Role | undefined>;
  /** The same, and until this work ends nobody else who locks the role goes on. */
  lock(name: RoleName): Promise<Role | undefined>;
  count(): Promise<number>;
  add(role: Role): Promise<void>;
  remove(role: Role): Promise<void>;
}

/** A role as administrators see it; `scope` is null in a built-in role that is as it was built in. */
export type RoleView = Pick<Role, 'id' | 'scope' | 'createdAt' | 'updatedAt'> & { readonly version: number };

export const ROLE_LIST = {
  filters: {},
  sorts: { created_at: 'createdAt' },
  defaultSort: { key: 'created_at', descending: true },
} as const satisfies ListSpec<RoleView>;

export interface RoleReader {
  find(name: RoleName): Promise<RoleView | undefined>;
  list(query: ListQuery): Promise<Page<RoleView>>;
}
