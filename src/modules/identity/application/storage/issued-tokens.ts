import type { IssuedToken } from '../../domain/issued-token.ts';

/** How many of those that have expired go when one is added: enough that none pile up, and never long. */
export const SWEPT = 20;

export interface IssuedTokenRepository {
  /** Some of those that have expired by then go. Where its session is not there any more, none is added. */
  add(token: IssuedToken): Promise<void>;
}

export type IssuedTokenView = Omit<IssuedToken, 'version'>;

export interface IssuedTokenReader {
  find(hash: string): Promise<IssuedTokenView | undefined>;
}
