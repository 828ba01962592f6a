import { randomUUID } from 'node:crypto';
import type { Clock } from '../../../../kernel/clock.ts';
import type { SecretKey } from '../../../../platform/secrets/secret-key.ts';
import type { DeviceAccount, DeviceTokens } from '../../application/ports.ts';

const PURPOSE = 'device';

/** Milliseconds. */
const LIFETIME = 400 * 86_400_000;

/** People who share a device that knows all of them. */
const MOST = 5;

/** Which of a person's passwords a token was made under is told by the time since when they have it. */
interface Content {
  readonly device: string;
  readonly userId: string;
  readonly passwordSince: number;
  readonly expiresAt: number;
}

/** Device tokens that nobody but this server can make or read, so that none has to be kept. */
export class EncryptedDeviceTokens implements DeviceTokens {
  private readonly key: SecretKey;
  private readonly clock: Clock;

  constructor(key: SecretKey, clock: Clock) {
    this.key = key;
    this.clock = clock;
  }

  deviceOf(tokens: readonly string[], account: DeviceAccount): string | undefined {
    const passwordSince = account.passwordChangedAt.getTime();
    const contents = tokens.slice(0, MOST).map(token => this.read(token));
    return contents.find(content => content?.userId === account.id && content.passwordSince === passwordSince)
      ?.device;
  }

  renew(tokens: readonly string[], account: DeviceAccount): readonly string[] {
    const others = tokens.slice(0, MOST).filter(token => {
      const content = this.read(token);
      return content && content.userId !== account.id;
    });
    return [this.create(account), ...others].slice(0, MOST);
  }

  private create({ id: userId, passwordChangedAt }: DeviceAccount): string {
    const content: Content = {
      device: randomUUID(),
      userId,
      passwordSince: passwordChangedAt.getTime(),
      expiresAt: this.clock.now().getTime() + LIFETIME,
    };
    return this.key.encrypt(PURPOSE, JSON.stringify(content));
  }

  /** Undefined where it is none of ours, or not good any more. */
  private read(token: string): Content | undefined {
    try {
      const content: Content = JSON.parse(this.key.decrypt(PURPOSE, token));
      return content.expiresAt > this.clock.now().getTime() ? content : undefined;
    } catch {
      return undefined;
    }
  }
}
