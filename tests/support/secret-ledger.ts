import { expect } from 'vitest';
import type { Answer } from './client.ts';

/** What answers give that is a secret. */
const GIVEN = ['access_token', 'refresh_token', 'token', 'ticket'];

const COOKIE = /(atrium_\w+)=([^;]+)/g;

/** Keeps all secrets of a run, and everything that was said in it, to look for the ones in the others. */
export class SecretLedger {
  private readonly secrets = new Set<string>();
  private readonly said: string[] = [];

  /** What must not show anywhere. */
  add(...secrets: readonly string[]): void {
    for (const secret of secrets) {
      expect(secret.length, secret).toBeGreaterThan(6);
      this.secrets.add(secret);
    }
  }

  /** An answer must show none of them, but those that it is there to give: these are secrets from then on. */
  answered({ headers, body }: Answer): void {
    const shown = { ...body };
    const cookies = [...(headers.get('set-cookie') ?? '').matchAll(COOKIE)].map(([, , value]) => value);
    const given = [...GIVEN.map(name => shown[name]), ...cookies].filter(value => typeof value === 'string');
    for (const secret of given) this.add(...partsOf(secret));
    for (const name of GIVEN) delete shown[name];
    const others = [...headers].filter(([name]) => name !== 'set-cookie');
    this.said.push(JSON.stringify([others, typeof body === 'string' ? body : shown]));
  }

  get size(): number {
    return this.secrets.size;
  }

  get answers(): string {
    return this.said.join('\n');
  }

  /** Looks for every secret, written in any of the ways in which it may have come. */
  expectNoneIn(place: string, text: string): void {
    const shown = [...this.secrets].filter(secret => formsOf(secret).some(form => text.includes(form)));
    expect(shown, `secrets in ${place}`).toEqual([]);
  }
}

/** A refresh token's two parts are each a secret; an access token is one with its signature, the rest is for all to read. */
function partsOf(token: string): readonly string[] {
  return token.startsWith('atr_') ? token.slice('atr_'.length).split('.') : [token];
}

function formsOf(secret: string): readonly string[] {
  const escaped = JSON.stringify(secret).slice(1, -1);
  const base64 = Buffer.from(secret).toString('base64').replace(/=+$/, '');
  return [secret, encodeURIComponent(secret), secret.replaceAll(' ', '+'), escaped, base64];
}
