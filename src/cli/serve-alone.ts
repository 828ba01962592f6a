import type { Settings } from '../platform/configuration/settings.ts';
import { releaseMemory } from '../platform/release-memory.ts';
import { announcementOf } from './announcement.ts';
import { startServer } from './running-server.ts';
import { stopOnSignal } from './stop-on-signal.ts';

/** Serves everything in this process. @throws StartError */
export async function serveAlone(settings: Settings): Promise<void> {
  const { application, service, stop } = await startServer(settings);
  stopOnSignal(stop);
  console.log(await announcementOf(application, service));
  releaseMemory();
}
