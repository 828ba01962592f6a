import { tokens } from '../composition/tokens.ts';
import { METRICS } from '../platform/cluster/metrics-of-workers.ts';
import { channelToPrimary, Peer } from '../platform/cluster/peer.ts';
import { READINESS } from '../platform/cluster/readiness-of-workers.ts';
import { FAILED, READY, STOP } from '../platform/cluster/worker-process.ts';
import { loadSettings } from '../platform/configuration/load-settings.ts';
import { releaseMemory } from '../platform/release-memory.ts';
import { announcementOf } from './announcement.ts';
import { failureLine } from './fail.ts';
import { type RunningServer, startServer } from './running-server.ts';

/** Serves beside other workers, for the primary that started this process. Node ends a worker whose primary has gone. */
export async function serveAsWorker(): Promise<void> {
  const primary = new Peer(channelToPrimary());
  let server: RunningServer | undefined;
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    if (!server) process.exit(0);
    await server.stop();
  };
  primary.on(STOP, stop);
  // A signal to the whole group comes here too, and must not count as the second one.
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  try {
    server = await startServer(loadSettings(), primary);
  } catch (error) {
    return tellFailure(primary, error);
  }
  const { application, service } = server;
  primary.reply(METRICS, () => application.get(tokens.metrics).registry.getMetricsAsJSON());
  primary.reply(READINESS, () => application.get(tokens.health).readiness());
  primary.tell(READY, await announcementOf(application, service));
  releaseMemory();
}

/** The primary says it, because each worker may have the same to say. */
function tellFailure(primary: Peer, error: unknown): void {
  const line = failureLine(error);
  if (line === undefined) throw error;
  primary.tell(FAILED, line, () => process.exit(1));
}
