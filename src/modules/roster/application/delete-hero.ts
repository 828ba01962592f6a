import { type Principal, requireScope } from '../../../kernel/principal.ts';
import { requireVersion } from '../../../kernel/version.ts';
import { HeroNotFound } from '../domain/errors.ts';
import type { HeroId } from '../domain/hero.ts';
import type { RosterWork } from './ports.ts';

/**
 * Takes a hero off the roster, and out of all teams.
 *
 * - Only administrators of the roster.
 */
export class DeleteHero {
  private readonly work: RosterWork;

  constructor(work: RosterWork) {
    this.work = work;
  }

  async execute(
    { heroId, expectedVersion }: { readonly heroId: HeroId; readonly expectedVersion: number | undefined },
    by: Principal,
  ): Promise<void> {
    requireScope(by, 'roster:admin');
    await this.work.run(
      async ({ heroes, memberships }) => {
        const hero = await heroes.lock(heroId);
        if (!hero) throw new HeroNotFound();
        requireVersion(hero, expectedVersion);
        for (const membership of await memberships.ofHero(heroId)) await memberships.remove(membership);
        await heroes.remove(hero);
      },
      { retry: expectedVersion === undefined },
    );
  }
}
