import { type Application, createContainer } from '../composition/container.ts';
import { loadSettings } from '../platform/configuration/load-settings.ts';
import type { Settings } from '../platform/configuration/settings.ts';

/** Runs a command on the application that the settings describe, and lets go of it afterwards. */
export async function withApplication<T>(
  work: (application: Application) => Promise<T>,
  change: Partial<Settings> = {},
): Promise<T> {
  const application = await createContainer({ ...loadSettings(), logLevel: 'warn', ...change });
  try {
    return await work(application);
  } finally {
    await application.close();
  }
}
