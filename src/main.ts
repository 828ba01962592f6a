import cluster from 'node:cluster';
import { fail } from './cli/fail.ts';
import { loadSettings } from './platform/configuration/load-settings.ts';

/** Only what this process needs is loaded. */
async function main(): Promise<void> {
  if (cluster.isWorker) return (await import('./cli/serve-as-worker.ts')).serveAsWorker();
  const settings = loadSettings();
  if (settings.workers > 1) return (await import('./cli/supervise-workers.ts')).superviseWorkers(settings);
  return (await import('./cli/serve-alone.ts')).serveAlone(settings);
}

try {
  await main();
} catch (error) {
  fail(error);
}
