import cluster, { type Worker } from 'node:cluster';
import { StartError } from '../configuration/settings.ts';
import { channelTo, Peer } from './peer.ts';

/** A worker works; the text is what there is to say about it. */
export const READY = 'ready';

/** A worker cannot start; the text says why, in one line. */
export const FAILED = 'failed';

/** A worker is to finish what it does, and to end. */
export const STOP = 'stop';

/** A worker as its primary sees it. */
export interface WorkerProcess {
  readonly pid: number | undefined;
  readonly peer: Peer;
  /** What it says when it works. Rejects with a StartError where it ends before. */
  readonly ready: Promise<string>;
  /** How it ended: a signal or an exit code. */
  readonly ended: Promise<string>;
  kill(): void;
}

/** Starts this program once more. `environment` is added to our own. */
export function forkWorker(environment: Readonly<Record<string, string>>): WorkerProcess {
  const worker = cluster.fork(environment);
  const peer = new Peer(channelTo(worker));
  const ended = endOf(worker);
  let failure: string | undefined;
  peer.on(FAILED, line => {
    failure = line;
  });
  const ready = new Promise<string>((resolve, reject) => {
    peer.on(READY, resolve);
    void ended.then(how => {
      peer.end();
      reject(new StartError(failure ?? `A worker ended before it was ready (${how}).`));
    });
  });
  ready.catch(() => undefined);
  return { pid: worker.process.pid, peer, ready, ended, kill: () => void worker.process.kill('SIGKILL') };
}

/** It has ended when it has exited and all that it said has been read, in whichever order. */
function endOf(worker: Worker): Promise<string> {
  return new Promise(resolve => {
    worker.on('error', error => {
      // It could not even be started; all other errors are followed by its end.
      if (worker.process.pid === undefined) resolve(error.message);
    });
    worker.once('exit', (code, signal) => {
      const how = signal ?? `exit code ${code}`;
      if (!worker.isConnected()) resolve(how);
      else worker.once('disconnect', () => resolve(how));
    });
  });
}
