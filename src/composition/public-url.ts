import type { Settings } from '../platform/configuration/settings.ts';

/** How people reach the server, for links and as the issuer of tokens. */
export function publicUrlOf({ publicUrl, port }: Pick<Settings, 'publicUrl' | 'port'>): string {
  return publicUrl || `http://localhost:${port}`;
}
