import type { SessionId, UserId } from '../../../../kernel/principal.ts';

/** What is not to be let do any more: what one session was, or all that the person was, or what anybody was. */
export interface Revocation {
  /** Null: everybody's. */
  readonly userId: UserId | null;
  /** Null: all of the person's. */
  readonly sessionId: SessionId | null;
}

/** A row for each revocation, so that no process can miss one. */
export interface RevocationLog {
  add(revocation: Revocation, now: Date): Promise<void>;
}

export interface LoggedRevocation extends Revocation {
  /** Greater than that of all that were committed before. */
  readonly sequence: number;
}

export interface RevocationReader {
  /** The greatest sequence number, or 0. */
  latest(): Promise<number>;
  /** In order, a bounded number of them. */
  after(sequence: number): Promise<readonly LoggedRevocation[]>;
}
