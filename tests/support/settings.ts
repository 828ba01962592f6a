import { loadSettings } from '../../src/platform/configuration/load-settings.ts';
import type { Settings } from '../../src/platform/configuration/settings.ts';

/** The shipped settings, quiet and with a key, for what is made without an application. */
export function baseSettings(): Settings {
  return { ...loadSettings({}), logLevel: 'silent', secretKey: 'a secret key that is for tests only' };
}
