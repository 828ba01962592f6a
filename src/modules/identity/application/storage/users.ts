import type { ListQuery, ListSpec, Page } from '../../../../kernel/list.ts';
import type { UserId } from '../../../../kernel/principal.ts';
import type { RoleName } from '../../domain/role.ts';
import type { User } from '../../domain/user.ts';

/** Whoever has deleted their account is found by none of these. */
export interface UserRepository {
  get(id: UserId): Promise<User | undefined>;
  /** The same, and until this work ends nobody else who locks the user goes on. */
  lock(id: UserId): Promise<User | undefined>;
  byEmailKey(key: string): Promise<User | undefined>;
  byUsername(username: string): Promise<User | undefined>;
  hasAdministrator(): Promise<boolean>;
  /** All administrators, locked as by `lock`. */
  lockAdministrators(): Promise<readonly User[]>;
  /** Whether anybody has this role. */
  anyHas(role: RoleName): Promise<boolean>;
  add(user: User): Promise<void>;
}

/** A user as they and administrators see them. */
export interface UserView {
  readonly id: UserId;
  readonly email: string;
  readonly username: string | null;
  readonly fullName: string | null;
  readonly role: RoleName;
  readonly isActive: boolean;
  readonly isVerified: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly version: number;
}

export const USER_LIST = {
  filters: {
    role: { field: 'role', match: 'equals' },
    is_active: { field: 'isActive', match: 'equals' },
  },
  sorts: { created_at: 'createdAt', updated_at: 'updatedAt' },
  defaultSort: { key: 'created_at', descending: true },
} as const satisfies ListSpec<UserView>;

/** Whoever has deleted their account is not there. */
export interface UserReader {
  find(id: UserId): Promise<UserView | undefined>;
  list(query: ListQuery): Promise<Page<UserView>>;
}
