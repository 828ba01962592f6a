import { JoinedWork, type Whole } from '../joined-work.ts';

/** What a reader wants to know of a collection. */
export interface Rows<T> {
  row(id: string): T | undefined;
  rows(): Iterable<T>;
  holder(constraint: string, key: string): string | undefined;
}

/** A transaction, for collections, which do not know the stores that have them. */
export interface JoinedDrafts extends Whole {
  draftIn(collection: unknown): Rows<unknown> | undefined;
}

export const joinedDrafts = new JoinedWork<JoinedDrafts>();
