import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { within } from './child-process.ts';
import { freePort } from './postgres.ts';

const PATIENCE = 5000;

const NO_REDIS = 'There is no redis-server: apt-get install redis-server';

/** Whether Debian's redis-server is there. Where it is not, suites of Redis are skipped; on CI that is a failure. */
export function findRedis(): boolean {
  const found = spawnSync('redis-server', ['--version']).status === 0;
  if (found) return true;
  if (process.env.CI === 'true') throw new Error(NO_REDIS);
  process.stderr.write(`${NO_REDIS}. Its suites are skipped.\n`);
  return false;
}

/** A Redis of the tests' own, which they may stop, start again and freeze. Nothing of it is kept. */
export class TestRedis {
  readonly url: string;
  private readonly directory: string;
  private readonly port: number;
  private readonly options: readonly string[];
  private server: ChildProcess | undefined;

  private constructor(directory: string, port: number, options: readonly string[]) {
    this.url = `redis://127.0.0.1:${port}`;
    this.directory = directory;
    this.port = port;
    this.options = options;
  }

  /** One that does not run yet; `options` as its command line takes them. */
  static async prepare(options: readonly string[] = []): Promise<TestRedis> {
    return new TestRedis(await mkdtemp(join(tmpdir(), 'atrium-redis-')), await freePort(), options);
  }

  static async start(options: readonly string[] = []): Promise<TestRedis> {
    const redis = await TestRedis.prepare(options);
    await redis.start();
    return redis;
  }

  async start(): Promise<void> {
    const place = ['--bind', '127.0.0.1', '--port', String(this.port), '--dir', this.directory];
    const server = spawn('redis-server', [...place, '--save', '', '--appendonly', 'no', ...this.options]);
    this.server = server;
    process.once('exit', this.kill);
    let said = '';
    const ready = new Promise<void>((resolve, reject) => {
      server.stdout.on('data', (text: Buffer) => {
        said += text;
        if (said.includes('Ready to accept connections')) resolve();
      });
      server.once('exit', () => reject(new Error(`redis-server ended: ${said}`)));
    });
    await within(PATIENCE, ready, () => `redis-server to be ready: ${said}`);
  }

  /** As a crash does: connections are cut off. */
  async stop(): Promise<void> {
    const { server } = this;
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    this.kill();
    await ended;
    process.off('exit', this.kill);
  }

  /** It takes connections, because the kernel does, and answers nothing. */
  freeze(): void {
    this.server?.kill('SIGSTOP');
  }

  thaw(): void {
    this.server?.kill('SIGCONT');
  }

  async remove(): Promise<void> {
    await this.stop();
    await rm(this.directory, { recursive: true, force: true });
  }

  private readonly kill = (): void => {
    this.server?.kill('SIGKILL');
  };
}
