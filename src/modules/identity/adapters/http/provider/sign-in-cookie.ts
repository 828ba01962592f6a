import type { IncomingHttpHeaders } from 'node:http';
import { parseCookie, stringifySetCookie } from 'cookie';
import type { Clock } from '../../../../../kernel/clock.ts';
import type { SecretKey } from '../../../../../platform/secrets/secret-key.ts';

/** Seconds within which a sign-in that has begun must be finished. */
const LIFETIME = 600;

const PURPOSE = 'sign-in that has begun';

/** What a browser keeps of a sign-in that it has begun elsewhere, so that only it can finish it: encrypted, for ten minutes. */
export class SignInCookie<Begun> {
  private readonly name: string;
  private readonly secure: boolean;
  private readonly secretKey: SecretKey;
  private readonly clock: Clock;

  constructor({ secure }: { readonly secure: boolean }, secretKey: SecretKey, clock: Clock) {
    this.name = `${secure ? '__Host-' : ''}atrium_sign_in`;
    this.secure = secure;
    this.secretKey = secretKey;
    this.clock = clock;
  }

  /** The `Set-Cookie` header. */
  keep(begun: Begun): string {
    const endsAt = this.clock.now().getTime() + LIFETIME * 1000;
    return this.cookie(this.secretKey.encrypt(PURPOSE, JSON.stringify({ begun, endsAt })), LIFETIME);
  }

  read({ cookie = '' }: IncomingHttpHeaders): Begun | undefined {
    const sealed = parseCookie(cookie)[this.name];
    if (!sealed) return undefined;
    try {
      const kept = JSON.parse(this.secretKey.decrypt(PURPOSE, sealed)) as { begun: Begun; endsAt: number };
      return this.clock.now().getTime() < kept.endsAt ? kept.begun : undefined;
    } catch {
      return undefined;
    }
  }

  drop(): string {
    return this.cookie('', 0);
  }

  private cookie(value: string, maxAge: number): string {
    const { name, secure } = this;
    return stringifySetCookie({ name, value, maxAge, path: '/', httpOnly: true, secure, sameSite: 'lax' });
  }
}
