import type { Redis } from 'ioredis';
import type { Log } from '../logging/log.ts';

/** Says once that Redis is away, however often it is tried in vain, and once that it is back. */
export class ConnectionWatch {
  private readonly away = new Set<Redis>();
  private readonly log: Log;
  private stopped = false;

  constructor(connections: readonly Redis[], log: Log) {
    this.log = log;
    for (const connection of connections) this.watch(connection);
  }

  stop(): void {
    this.stopped = true;
  }

  /** Of an error only the message is logged: the command that failed may have held the password. */
  private watch(connection: Redis): void {
    let reason = 'The connection was closed.';
    connection.on('error', (error: Error) => {
      reason = error.message || String(error);
    });
    connection.on('close', () => {
      if (this.away.size === 0 && !this.stopped)
        this.log.warn({ reason }, 'Redis is away; this process works without it');
      this.away.add(connection);
    });
    connection.on('ready', () => {
      if (this.away.delete(connection) && this.away.size === 0) this.log.info('Redis is back');
    });
  }
}
