import type { ListQuery, ListSpec, Page } from '../../../../kernel/list.ts';
import type { UserId } from '../../../../kernel/principal.ts';
import type { AccessToken } from '../../domain/access-token.ts';
import type { RoleName } from '../../domain/role.ts';

export interface AccessTokenRepository {
  get(id: string): Promise<AccessToken | undefined>;
  of(userId: UserId): Promise<readonly AccessToken[]>;
  add(token: AccessToken): Promise<void>;
  remove(token: AccessToken): Promise<void>;
}

/** A personal access token as its person sees it. */
export interface AccessTokenView {
  readonly id: string;
  readonly userId: UserId;
  readonly name: string;
  readonly scope: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
}

export const ACCESS_TOKEN_LIST = {
  filters: { owner: { field: 'userId', match: 'equals' } },
  sorts: { created_at: 'createdAt' },
  defaultSort: { key: 'created_at', descending: true },
} as const satisfies ListSpec<AccessTokenView>;

/** What a personal access token lets a program do at present. */
export interface AccessTokenAccess {
  readonly id: string;
  readonly userId: UserId;
  readonly role: RoleName;
  /** What the role allows, as the role has it. */
  readonly roleScope: string | null;
  readonly isActive: boolean;
  readonly scope: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
}

export interface AccessTokenReader {
  accessOf(hash: string): Promise<AccessTokenAccess | undefined>;
  list(query: ListQuery): Promise<Page<AccessTokenView>>;
}
