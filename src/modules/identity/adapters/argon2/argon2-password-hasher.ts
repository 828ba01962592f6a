import { hash, type Options, verify } from '@node-rs/argon2';
import type { PasswordHasher } from '../../application/ports.ts';

/** Memory in KiB. OWASP's least for argon2id: 19 MiB, two iterations, one lane. */
export interface Argon2Cost {
  readonly memory: number;
  readonly iterations: number;
  readonly parallelism: number;
}

/** The library's `Algorithm.Argon2id`, a const enum's member, which type stripping cannot import. */
const ARGON2ID = 2 as NonNullable<Options['algorithm']>;

/** argon2id (RFC 9106), computed on the thread pool. */
export class Argon2PasswordHasher implements PasswordHasher {
  private readonly options: Options;
  private dummy: Promise<string> | undefined;

  constructor({ memory, iterations, parallelism }: Argon2Cost) {
    this.options = {
      algorithm: ARGON2ID,
      memoryCost: memory,
      timeCost: iterations,
      parallelism,
    };
  }

  hash(password: string): Promise<string> {
    return hash(password, this.options);
  }

  async verify(known: string | undefined, password: string): Promise<boolean> {
    this.dummy ??= this.hash('nobody has this password');
    const matches = await verify(known ?? (await this.dummy), password);
    return known !== undefined && matches;
  }
}
