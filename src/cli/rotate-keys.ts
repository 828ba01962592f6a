import { tokens } from '../composition/tokens.ts';
import { withApplication } from './with-application.ts';

/** Makes a new key pair. Running servers sign with it within a minute. */
export async function rotateKeys(): Promise<void> {
  const { id, removed } = await withApplication(application => application.get(tokens.signingKeys).rotate());
  console.log(`New access tokens are signed with the key ${id} from now on.`);
  if (removed > 0) console.log(`Removed ${removed} old keys, whose tokens have all ended.`);
}
