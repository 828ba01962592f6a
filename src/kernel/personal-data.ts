import type { UserId } from './principal.ts';

/** What a context keeps of a person: for who wants to have it, and for who wants it gone. */
export interface PersonalData {
  /** What it is called in an export, such as `todos`. */
  readonly name: string;
  /** All of it, page by page, as the person may see it: plain JSON without any secret, or what is somebody else's. */
  export(userId: UserId): AsyncIterable<readonly unknown[]>;
  /**
   * Erases what is the person's own; what others share stays, and has no name on it any more. It goes in small pieces, so
   * that nobody waits for it, and may be asked for again, to go on where it was broken off. `signal` is aborted when the
   * time for it is over.
   */
  erase(userId: UserId, signal: AbortSignal): Promise<void>;
}
