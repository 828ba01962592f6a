import type { ListQuery, ListSpec, Page } from '../../../../kernel/list.ts';
import type { UserId } from '../../../../kernel/principal.ts';

/** A person as everybody who is signed in may see them. */
export interface PersonView {
  readonly id: UserId;
  /** The display name. What it hides, such as the full name of who has a user name, is not searched either. */
  readonly name: string;
  readonly isActive: boolean;
  readonly createdAt: Date;
}

export const PEOPLE_LIST = {
  filters: { is_active: { field: 'isActive', match: 'equals' } },
  sorts: { created_at: 'createdAt' },
  defaultSort: { key: 'created_at', descending: true },
  search: ['name'],
} as const satisfies ListSpec<PersonView>;

export interface PeopleReader {
  list(query: ListQuery): Promise<Page<PersonView>>;
}
