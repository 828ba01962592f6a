import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { killAtExit } from './leftovers.ts';

const START_TIMEOUT = 30_000;
const STOP_TIMEOUT = 15_000;
const POLL_INTERVAL = 5;

export interface ServerCommand {
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  readonly port: number;
  /** The path that answers 200 once the server is ready. */
  readonly readyPath: string;
  /** Takes what the server prints, as a log file in production does. */
  readonly logFile: string;
}

/** A running server, a process of its own. */
export class ServerProcess {
  readonly pid: number;
  readonly origin: string;
  /** From the start of the process to its first ready answer. */
  readonly startMilliseconds: number;
  private readonly child: ChildProcess;
  private readonly logFile: string;

  private constructor(child: ChildProcess, { port, logFile }: ServerCommand, startMilliseconds: number) {
    this.child = child;
    this.pid = child.pid ?? 0;
    this.origin = `http://127.0.0.1:${port}`;
    this.startMilliseconds = startMilliseconds;
    this.logFile = logFile;
  }

  static async start(server: ServerCommand): Promise<ServerProcess> {
    const [command, ...args] = server.command;
    const log = openSync(server.logFile, 'a');
    const started = performance.now();
    const child = spawn(command, args, { env: server.env, stdio: ['ignore', log, log] });
    closeSync(log);
    killAtExit(child);
    let failure: Error | undefined;
    child.once('error', error => {
      failure = error;
    });
    while ((await statusOf(`http://127.0.0.1:${server.port}${server.readyPath}`)) !== 200) {
      const ended = failure?.message ?? (child.exitCode ?? child.signalCode)?.toString();
      const late = performance.now() - started > START_TIMEOUT;
      if (ended !== undefined || late) {
        child.kill('SIGKILL');
        throw new Error(`A server did not start (${ended ?? 'too slow'}):\n${lastLines(server.logFile)}`);
      }
      await sleep(POLL_INTERVAL);
    }
    return new ServerProcess(child, server, performance.now() - started);
  }

  /** What the server printed last. */
  get lastLines(): string {
    return lastLines(this.logFile);
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = new Promise(resolve => this.child.once('exit', resolve));
    this.child.kill('SIGTERM');
    const force = setTimeout(() => this.child.kill('SIGKILL'), STOP_TIMEOUT);
    await exited;
    clearTimeout(force);
  }
}

/** 0 where nothing answers. */
function statusOf(url: string): Promise<number> {
  return new Promise(resolve => {
    const request = get(url, { agent: false, timeout: 1000 }, response => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(0));
  });
}

function lastLines(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-15).join('\n');
}
