import type { Setup } from '../../domain/setup.ts';
import type { SigningKey } from '../../domain/signing-key.ts';

export interface SetupRepository {
  add(setup: Setup): Promise<void>;
}

export interface SigningKeyRepository {
  /** Newest first. */
  all(): Promise<readonly SigningKey[]>;
  add(key: SigningKey): Promise<void>;
  remove(key: SigningKey): Promise<void>;
}
