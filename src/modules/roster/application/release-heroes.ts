import type { Clock } from '../../../kernel/clock.ts';
import type { UserId } from '../../../kernel/principal.ts';
import type { RosterWork } from './ports.ts';

/** Lets the heroes of somebody who has left stand for nobody. They stay on the roster and in their teams. */
export class ReleaseHeroes {
  private readonly work: RosterWork;
  private readonly clock: Clock;

  constructor(work: RosterWork, clock: Clock) {
    this.work = work;
    this.clock = clock;
  }

  async execute(userId: UserId): Promise<void> {
    await this.work.run(
      async ({ heroes }) => {
        for (const hero of await heroes.of(userId)) hero.change({ userId: null }, this.clock.now());
      },
      { retry: true },
    );
  }
}
