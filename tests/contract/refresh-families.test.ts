import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STORAGES } from '../support/application.ts';
import {
  type RefreshWorld,
  refreshCommands,
  refreshWorld,
  signedInDevices,
} from '../support/refresh-commands.ts';

const RUNS = { memory: 100, sqlite: 20, postgresql: 8 } as const;

describe.each(STORAGES)(
  'sessions on %s, whatever is shown, ended or waited for in whatever order',
  storage => {
    let world: RefreshWorld;
    beforeAll(async () => {
      world = await refreshWorld(storage);
    });
    afterAll(() => world.application.close());

    it('have one good refresh token at the most, end when a used one is shown, and leave each other alone', async () => {
      await fc.assert(
        fc.asyncProperty(refreshCommands, async commands => {
          const model = await signedInDevices(world);
          await fc.asyncModelRun(() => ({ model, real: world }), commands);
        }),
        { numRuns: RUNS[storage] },
      );
      expect([...world.seen].sort()).toEqual(['ended', 'present', 'repeated', 'reused']);
    });
  },
);
