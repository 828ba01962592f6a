import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './postgres.ts';

/** As `fetch.sh` says. */
const VERSION = /^version=(.+)$/m.exec(readFileSync('keycloak/fetch.sh', 'utf8'))?.[1];
const HOME = resolve(`node_modules/.cache/keycloak/keycloak-${VERSION}`);
const REALM = resolve('keycloak/atrium-realm.json');

/** Milliseconds. */
const START_TIMEOUT = 240_000;

export const NO_KEYCLOAK =
  'There is no Keycloak: keycloak/fetch.sh fetches it (Maven, Java 17 and unzip are needed).';

export const ADMINISTRATOR = { username: 'root', password: 'administrators of tests only' };
export const DEMO_PASSWORD = 'people of tests only';

export function hasKeycloak(): boolean {
  return existsSync(join(HOME, 'bin/kc.sh'));
}

export interface KeycloakPlace {
  readonly port: number;
  readonly directory: string;
  /** Where the service that it belongs to will be. */
  readonly serviceUrl: string;
}

/** A place of its own for a Keycloak, so that one can be ended and started again where it was. */
export async function keycloakPlace(): Promise<KeycloakPlace> {
  const directory = await mkdtemp(join(tmpdir(), 'atrium-keycloak-'));
  await cp(HOME, directory, { recursive: true });
  await mkdir(join(directory, 'data/import'), { recursive: true });
  await cp(REALM, join(directory, 'data/import/atrium-realm.json'));
  return { directory, port: await freePort(), serviceUrl: `http://127.0.0.1:${await freePort()}` };
}

/** Starts it, and waits until its realm answers. */
export async function startKeycloak({
  directory,
  port,
  serviceUrl,
}: KeycloakPlace): Promise<RunningKeycloak> {
  const child = spawn(
    join(directory, 'bin/kc.sh'),
    ['start-dev', '--import-realm', `--http-port=${port}`, '--http-host=127.0.0.1'],
    {
      env: {
        PATH: process.env.PATH,
        HOME: directory,
        JAVA_OPTS_APPEND: '-Xmx512m',
        KC_BOOTSTRAP_ADMIN_USERNAME: ADMINISTRATOR.username,
        KC_BOOTSTRAP_ADMIN_PASSWORD: ADMINISTRATOR.password,
        KC_HTTP_MANAGEMENT_PORT: String(await freePort()),
        ATRIUM_DEMO_PASSWORD: DEMO_PASSWORD,
        ATRIUM_URL: serviceUrl,
        ATRIUM_BACKCHANNEL_URL: serviceUrl,
      },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', piece => said.push(String(piece)));
  const url = `http://127.0.0.1:${port}/realms/atrium`;
  const deadline = performance.now() + START_TIMEOUT;
  while (!(await answers(url))) {
    if (child.exitCode !== null || performance.now() > deadline) {
      endGroup(child, 'SIGKILL');
      throw new Error(`Keycloak did not start:\n${said.join('').slice(-3000)}`);
    }
    await sleep(250);
  }
  return new RunningKeycloak(child, url);
}

export class RunningKeycloak {
  /** Of the realm. */
  readonly url: string;
  private readonly child: ChildProcess;

  constructor(child: ChildProcess, url: string) {
    this.child = child;
    this.url = url;
  }

  async stop(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise(resolve => this.child.once('exit', resolve));
    endGroup(this.child, signal);
    await ended;
  }
}

export async function removePlace({ directory }: KeycloakPlace): Promise<void> {
  await rm(directory, { recursive: true, force: true });
}

/** The script has a process of its own beside Java's. */
function endGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended already.
  }
}

async function answers(url: string): Promise<boolean> {
  return fetch(url, { signal: AbortSignal.timeout(2000) }).then(
    ({ ok }) => ok,
    () => false,
  );
}
