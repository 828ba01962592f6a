import { AsyncLocalStorage } from 'node:async_hooks';

/** What a reader wants to know of a collection. */
export interface Rows<T> {
  row(id: string): T | undefined;
  rows(): Iterable<T>;
  holder(constraint: string, key: string): string | undefined;
}

/** The drafts of a transaction that whatever is called now is a part of. */
export interface JoinedDrafts {
  readonly hasEnded: boolean;
  draftIn(collection: unknown): Rows<unknown> | undefined;
}

const local = new AsyncLocalStorage<JoinedDrafts>();

/** Makes all transactions and reads inside of `work` a part of the transaction that the drafts are of. */
export function joinDrafts<T>(drafts: JoinedDrafts, work: () => Promise<T>): Promise<T> {
  return local.run(drafts, work);
}

/** None where the transaction has ended: what was only begun inside goes on by itself. */
export function joinedDrafts(): JoinedDrafts | undefined {
  const drafts = local.getStore();
  return drafts?.hasEnded ? undefined : drafts;
}
