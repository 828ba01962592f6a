import { tokens } from '../composition/tokens.ts';
import { StartError } from '../platform/configuration/settings.ts';
import { withApplication } from './with-application.ts';

/** Makes a new key pair. Running servers sign with it within a minute. */
export async function rotateKeys(): Promise<void> {
  const { id, removed } = await withApplication(async application => {
    if (application.get(tokens.settings).accessTokens === 'database')
      throw new StartError('ACCESS_TOKENS is "database", so there are no keys that sign access tokens.');
    return application.get(tokens.signingKeys).rotate();
  });
  console.log(`New access tokens are signed with the key ${id} from now on.`);
  if (removed > 0) console.log(`Removed ${removed} old keys, whose tokens have all ended.`);
}
