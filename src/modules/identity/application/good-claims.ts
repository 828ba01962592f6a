import { InvalidToken } from '../domain/session-errors.ts';
import type { AccessTokens, GoodClaims } from './ports.ts';

/** What an access token says, or undefined where it is none that is good. */
export async function goodClaims(accessTokens: AccessTokens, token: string): Promise<GoodClaims | undefined> {
  try {
    return await accessTokens.verify(token);
  } catch (error) {
    if (error instanceof InvalidToken) return undefined;
    throw error;
  }
}
