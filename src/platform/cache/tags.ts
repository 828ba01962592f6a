import type { EventBus, IntegrationEvent } from '../../kernel/events.ts';

/** Rows have been written, added or removed. */
export interface RowsChanged extends IntegrationEvent {
  readonly type: 'platform.rows_changed';
  readonly tags: readonly string[];
}

/** What somebody may have missed hearing of: anything may have changed. */
export const EVERYTHING = '*';

/** More are told as `EVERYTHING`: whoever writes the rows of so many people changes most of what is kept. */
const MOST_TAGS = 100;

/** What an answer is made of: all rows of a table or published view, or those of the person who asks. */
export type Dependency = string | { readonly own: string };

/** Published view → the tables that it is made of. */
export type ViewTables = Readonly<Record<string, readonly string[]>>;

/** The tags of what is made of these rows. A person's own rows also change where nobody knows whose were written. */
export function tagsOf(dependencies: readonly Dependency[], userId?: string): string[] {
  return dependencies.flatMap(dependency =>
    typeof dependency === 'string' ? dependency : [`${dependency.own}/${userId}`, `${dependency.own}/*`],
  );
}

/** What one transaction has written, kept back until it has been committed. */
export class ChangedRows {
  private readonly tags = new Set<string>();

  /** `row` where it is known; it is the own one of the user that it names, if it does. */
  add(table: string, row?: object): void {
    const { userId } = (row ?? {}) as { readonly userId?: unknown };
    this.tags.add(table).add(typeof userId === 'string' ? `${table}/${userId}` : `${table}/*`);
  }

  publishTo(bus: EventBus): void {
    if (this.tags.size === 0) return;
    const tags = this.tags.size > MOST_TAGS ? [EVERYTHING] : [...this.tags];
    const changed: RowsChanged = { type: 'platform.rows_changed', tags };
    bus.publish(changed);
  }
}
