import { PublicProtocol } from 'paseto';
import {
  ExportPublicKeyFactory,
  ExportSecretKeyFactory,
  GenerateKeyPairFactory,
  ImportPublicKeyFactory,
  ImportSecretKeyFactory,
  type SecretKey as PasetoSecretKey,
  type PublicKey,
} from 'paseto/v4/public';
import type { Clock } from '../../../../kernel/clock.ts';
import type { Ids } from '../../../../kernel/ids.ts';
import { StartError } from '../../../../platform/configuration/settings.ts';
import type { SecretKey } from '../../../../platform/secrets/secret-key.ts';
import type { IdentityWork, PublishedKey } from '../../application/ports.ts';
import { SigningKey } from '../../domain/signing-key.ts';

const keys = new PublicProtocol(
  GenerateKeyPairFactory,
  ExportPublicKeyFactory,
  ExportSecretKeyFactory,
  ImportPublicKeyFactory,
  ImportSecretKeyFactory,
);

const PURPOSE = 'signing-key';

/** Milliseconds between two looks for keys that other processes made, however many tokens name an unknown one. */
const RELOAD_INTERVAL = 1000;

/** Milliseconds after which a process looks whether the keys were rotated. */
const SIGNING_INTERVAL = 30_000;

interface Signing {
  readonly id: string;
  readonly secret: PasetoSecretKey;
}

/** The key pairs of the database, opened: the newest signs, and each verifies what it signed. */
export class SigningKeys {
  private readonly work: IdentityWork;
  private readonly secretKey: SecretKey;
  private readonly ids: Ids;
  private readonly clock: Clock;
  private readonly tokenLifetime: number;
  private readonly publicKeys = new Map<string, PublicKey>();
  private loadedAt = Number.NEGATIVE_INFINITY;
  private loading: Promise<void> = Promise.resolve();
  private openedAt = Number.NEGATIVE_INFINITY;
  private current: Promise<Signing> | undefined;

  /** `tokenLifetime` in seconds: how long a key still verifies after it was superseded. */
  constructor(work: IdentityWork, secretKey: SecretKey, ids: Ids, clock: Clock, tokenLifetime: number) {
    this.work = work;
    this.secretKey = secretKey;
    this.ids = ids;
    this.clock = clock;
    this.tokenLifetime = tokenLifetime;
  }

  /**
   * The key that signs; the first process that needs one makes it.
   * @throws StartError when the server's secret key does not open it
   */
  signing(): Promise<Signing> {
    const now = this.clock.now().getTime();
    if (!this.current || now - this.openedAt >= SIGNING_INTERVAL) {
      this.openedAt = now;
      this.current = this.open().catch(error => {
        this.current = undefined;
        throw error;
      });
    }
    return this.current;
  }

  /**
   * Makes a new pair, with which this process signs at once and others within half a minute. Keys whose tokens have all
   * ended are removed.
   * @throws StartError when the server's secret key does not open the present one, so that servers could not open the new
   */
  async rotate(): Promise<{ readonly id: string; readonly removed: number }> {
    const fresh = await this.generate();
    const removed = await this.work.run(async ({ signingKeys }) => {
      const stored = await signingKeys.all();
      if (stored[0]) this.decrypted(stored[0]);
      const old = this.ended(stored);
      for (const key of old) await signingKeys.remove(key);
      await signingKeys.add(fresh);
      return old.length;
    });
    this.current = undefined;
    return { id: fresh.id, removed };
  }

  /** Those that were superseded so long ago that no token of theirs can be good; `keys` are the newest first. */
  private ended(keys: readonly SigningKey[]): readonly SigningKey[] {
    const since = this.clock.now().getTime() - this.tokenLifetime * 1000 - 2 * SIGNING_INTERVAL;
    return keys.filter((_, index) => {
      const successor = keys[index - 1];
      return successor !== undefined && successor.createdAt.getTime() < since;
    });
  }

  /** The key that verifies tokens with this key id, or undefined if there is none. */
  async verifying(id: string): Promise<PublicKey | undefined> {
    const now = this.clock.now().getTime();
    if (!this.publicKeys.has(id)) {
      if (now - this.loadedAt >= RELOAD_INTERVAL) {
        this.loadedAt = now;
        this.loading = this.load();
      }
      // Whoever comes while they are being loaded waits for them too.
      await this.loading;
    }
    return this.publicKeys.get(id);
  }

  /** All public keys, the newest first. */
  async published(): Promise<readonly PublishedKey[]> {
    await this.signing();
    const stored = await this.work.run(({ signingKeys }) => signingKeys.all());
    return stored.map(({ id, publicKey }) => ({ id, publicKey }));
  }

  private async load(): Promise<void> {
    const stored = await this.work.run(({ signingKeys }) => signingKeys.all());
    for (const { id, publicKey } of stored)
      this.publicKeys.set(id, await keys.ImportPublicKey(publicKey as `k4.public.${string}`));
  }

  private async open() {
    const fresh = await this.generate();
    const stored = await this.work.run(async ({ signingKeys }) => {
      const [newest] = await signingKeys.all();
      if (newest) return newest;
      await signingKeys.add(fresh);
      return fresh;
    });
    this.publicKeys.set(stored.id, await keys.ImportPublicKey(stored.publicKey as `k4.public.${string}`));
    return { id: stored.id, secret: await keys.ImportSecretKey(this.decrypted(stored)) };
  }

  private decrypted({ encryptedSecretKey }: SigningKey): `k4.secret.${string}` {
    try {
      return this.secretKey.decrypt(PURPOSE, encryptedSecretKey) as `k4.secret.${string}`;
    } catch {
      throw new StartError(
        'The secret key is not the one that the signing keys in the database are encrypted with.',
      );
    }
  }

  private async generate(): Promise<SigningKey> {
    const pair = await keys.GenerateKeyPair({ extractable: true });
    const secret = this.secretKey.encrypt(PURPOSE, await keys.ExportSecretKey(pair.secretKey));
    return new SigningKey(
      this.ids.next(),
      await keys.ExportPublicKey(pair.publicKey),
      secret,
      this.clock.now(),
    );
  }
}
