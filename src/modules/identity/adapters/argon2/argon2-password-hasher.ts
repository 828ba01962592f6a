import { hash, type Options, verify } from '@node-rs/argon2';
import pLimit, { type LimitFunction } from 'p-limit';
import { ServerBusy } from '../../../../kernel/errors.ts';
import type { PasswordHasher } from '../../application/ports.ts';

export interface Argon2Options {
  /** KiB. OWASP's least for argon2id: 19 MiB, two iterations, one lane. */
  readonly memory: number;
  readonly iterations: number;
  readonly parallelism: number;
  /** How many hashes are computed at once, each with its memory and a thread of the pool. */
  readonly concurrency: number;
  /** How many wait for their turn. */
  readonly queue: number;
}

/** The library's `Algorithm.Argon2id`, a const enum's member, which type stripping cannot import. */
const ARGON2ID = 2 as NonNullable<Options['algorithm']>;

/** The parameters in a PHC string: `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`. */
const PARAMETERS = /^\$argon2id\$v=\d+\$m=(\d+),t=(\d+),p=(\d+)\$/;

/** argon2id (RFC 9106), computed on the thread pool. */
export class Argon2PasswordHasher implements PasswordHasher {
  private readonly options: Options;
  private readonly limit: LimitFunction;
  private readonly queue: number;
  private dummy: Promise<string> | undefined;

  constructor({ memory, iterations, parallelism, concurrency, queue }: Argon2Options) {
    this.options = {
      algorithm: ARGON2ID,
      memoryCost: memory,
      timeCost: iterations,
      parallelism,
    };
    this.limit = pLimit(concurrency);
    this.queue = queue;
  }

  hash(password: string): Promise<string> {
    return this.inTurn(() => hash(password, this.options));
  }

  verify(known: string | undefined, password: string): Promise<boolean> {
    return this.inTurn(async () => {
      this.dummy ??= hash('nobody has this password', this.options);
      const dummy = await this.dummy;
      // Whose account another server keeps has an empty one.
      const matches = await verify(known || dummy, password);
      return Boolean(known) && matches;
    });
  }

  isOutdated(known: string): boolean {
    const { memoryCost, timeCost, parallelism } = this.options;
    const [, memory, iterations, lanes] = PARAMETERS.exec(known) ?? [];
    return Number(memory) !== memoryCost || Number(iterations) !== timeCost || Number(lanes) !== parallelism;
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.limit.pendingCount >= this.queue) throw new ServerBusy();
    return this.limit(work);
  }
}
