import { onTestFinished } from 'vitest';
import { freshStorage, type StorageName } from './application.ts';
import { type Environment, startProcess, type TestProcess } from './child-process.ts';
import { type RemoteServer, remoteServer } from './remote-server.ts';

export interface ServerProcess extends TestProcess, RemoteServer {
  readonly managementOrigin: string;
}

const NODE = [process.execPath, 'src/main.ts'] as const;
export const NPM = ['npm', 'start'] as const;

/** What makes the processes of tests start and hash passwords quickly, and find free ports. */
const QUICK: Environment = {
  NODE_COMPILE_CACHE: 'node_modules/.cache/node',
  HOST: '127.0.0.1',
  PORT: '0',
  MANAGEMENT_PORT: '0',
  PASSWORD_HASH_MEMORY: '64',
  PASSWORD_HASH_ITERATIONS: '1',
};

export const SECRET_KEY = 'the secret key of an end-to-end test';

/** The environment of a server on an empty storage of its own, which goes when the test ends. */
export async function ownStorage(storage: Exclude<StorageName, 'memory'>): Promise<Environment> {
  const { settings, remove } = await freshStorage(storage);
  onTestFinished(remove);
  return settings.databaseUrl
    ? { DATABASE_URL: settings.databaseUrl, SECRET_KEY }
    : { DATA_DIR: settings.dataDir ?? '' };
}

/** Starts without waiting: for a start that fails. */
export function launchServer(environment: Environment): TestProcess {
  return startProcess(NODE, { ...QUICK, ...environment });
}

/** Starts a server as a process, and waits until it says that it is ready. */
export async function startServer(
  environment: Environment,
  command: readonly [string, ...string[]] = NODE,
): Promise<ServerProcess> {
  const server = startProcess(command, { ...QUICK, ...environment });
  const [, url = ''] = await server.prints(/^Atrium is ready at (.+)$/m);
  const [, managementOrigin = ''] = await server.prints(/^ +Management +(.+)\/metrics$/m);
  const port = environment.PORT ?? new URL(url).port;
  return Object.assign(server, remoteServer(`http://127.0.0.1:${port}`), { managementOrigin });
}

/** Runs the command line with these arguments to its end; `input` is its standard input. */
export async function runAtrium(
  args: readonly string[],
  environment: Environment,
  input = '',
): Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }> {
  const command = startProcess([process.execPath, 'src/cli.ts', ...args], { ...QUICK, ...environment });
  command.input(input);
  const { code } = await command.ended();
  return { code, stdout: command.stdout, stderr: command.stderr };
}
