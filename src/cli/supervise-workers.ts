import { supervise } from '../composition/supervise.ts';
import type { Settings } from '../platform/configuration/settings.ts';
import { fail } from './fail.ts';
import { stopOnSignal } from './stop-on-signal.ts';

/** Lets several workers serve, and stays with them. @throws StartError */
export async function superviseWorkers(settings: Settings): Promise<void> {
  const supervision = await supervise(settings);
  let stopping = false;
  stopOnSignal(
    async () => {
      stopping = true;
      await supervision.stop();
      process.exit(0);
    },
    () => supervision.kill(),
  );
  try {
    console.log(await supervision.start());
    await supervision.givenUp;
  } catch (error) {
    if (stopping) return;
    supervision.kill();
    fail(error);
    process.exit();
  }
}
