import type { Application } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { SCOPES, type UserId } from '../../src/kernel/principal.ts';
import { AccessToken } from '../../src/modules/identity/domain/access-token.ts';

/** A personal access token that is stored. */
export async function personalToken(
  application: Application,
  userId: UserId,
  { expiresAt }: Pick<AccessToken, 'expiresAt'>,
): Promise<string> {
  const once = application.get(tokens.oneTimeTokens);
  const token = `atp_${once.create().token}`;
  const request = { userId, name: 'Script', scopes: SCOPES, expiresAt };
  const id = application.get(tokens.ids).next();
  const now = application.get(tokens.clock).now();
  const stored = new AccessToken(id, request, once.hashOf(token), now);
  await application.get(tokens.identityStorage).work.run(({ accessTokens }) => accessTokens.add(stored));
  return token;
}
