// The service with everything but authentication: whoever asks is the reader. Started by measure-authentication.ts.
import { createContainer, override } from '../../src/composition/container.ts';
import { serve } from '../../src/composition/serve.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { type Identified, SCOPES } from '../../src/kernel/principal.ts';
import { loadSettings } from '../../src/platform/configuration/load-settings.ts';
import { releaseMemory } from '../../src/platform/release-memory.ts';
import { READER } from './sample-data.ts';

let everybody: Identified;
const application = await createContainer(loadSettings(), [
  override(tokens.authenticate, async () => everybody),
]);
everybody = await readerOf();
const service = await serve(application);
process.once('SIGTERM', async () => {
  await service.stop();
  await application.close();
  process.exit(0);
});
releaseMemory();

async function readerOf(): Promise<Identified> {
  const { work } = application.get(tokens.identityStorage);
  const reader = await work.run(({ users }) => users.byUsername(READER));
  if (!reader) throw new Error('There is no reader: seed the database first.');
  return {
    userId: reader.id,
    sessionId: 'none',
    roles: [reader.role],
    scopes: new Set(SCOPES),
    isPerson: true,
    signedInAt: reader.createdAt,
  };
}
