import { Redis, type RedisOptions } from 'ioredis';
import type { Log } from '../logging/log.ts';
import { ConnectionWatch } from './connection-watch.ts';

/** Milliseconds. Nothing waits longer for Redis; what does not answer in time is taken for gone. */
const TIMEOUT = 500;

/** Milliseconds. */
const CONNECT_TIMEOUT = 1000;
const FIRST_PAUSE = 50;
const LONGEST_PAUSE = 2000;

const OPTIONS = {
  lazyConnect: true,
  connectTimeout: CONNECT_TIMEOUT,
  commandTimeout: TIMEOUT,
  socketTimeout: TIMEOUT,
  // Without a connection a command fails at once, and none is sent again later, when nobody waits for it any more.
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  autoResubscribe: false,
  maxRetriesPerRequest: 0,
  retryStrategy: (attempt: number) =>
    Math.min(FIRST_PAUSE * 2 ** attempt, LONGEST_PAUSE) * (0.5 + Math.random() / 2),
} satisfies RedisOptions;

/**
 * The connections of this process to Redis: one for commands, one that listens. They are made again whenever they are lost, and
 * nothing waits for them.
 */
export class RedisConnections {
  readonly commands: Redis;
  private readonly listener: Redis;
  private readonly watch: ConnectionWatch;
  private readonly log: Log;
  private listening: Promise<unknown> = Promise.resolve();
  /** Whether what others publish is heard. */
  isListening = false;

  constructor(url: string, log: Log) {
    this.commands = new Redis(url, OPTIONS);
    this.listener = new Redis(url, OPTIONS);
    this.watch = new ConnectionWatch([this.commands, this.listener], log);
    this.log = log;
  }

  /** Waits for the first try, not until it succeeds. */
  async connect(): Promise<void> {
    await Promise.allSettled([this.commands.connect(), this.listener.connect()]);
    await this.listening;
  }

  /**
   * To be called before `connect`. What is published while there is no connection is missed; `begin` is called whenever
   * there is one again.
   */
  listen(channel: string, hear: (message: string) => void, begin: () => void): void {
    const listen = async () => {
      try {
        await this.listener.subscribe(channel);
        this.isListening = true;
        begin();
      } catch (error) {
        this.log.warn({ reason: (error as Error).message }, 'Redis does not let this process listen');
      }
    };
    this.listener.on('message', (_: string, message: string) => hear(message));
    this.listener.on('close', () => {
      this.isListening = false;
    });
    this.listener.on('ready', () => {
      this.listening = listen();
    });
  }

  /** Throws when Redis does not answer, on either connection. */
  async ping(): Promise<void> {
    await Promise.all([this.commands.ping(), this.listener.ping()]);
  }

  /** Waits for the answers that are still due, for a bounded time. */
  async close(): Promise<void> {
    this.watch.stop();
    await Promise.allSettled([this.commands.quit(), this.listener.quit()]);
    this.commands.disconnect();
    this.listener.disconnect();
  }
}
