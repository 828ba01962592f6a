import { type Principal, requireScope } from '../../../kernel/principal.ts';
import { HeroNotFound, TeamNotFound } from '../domain/errors.ts';
import type { HeroId } from '../domain/hero.ts';
import type { TeamId } from '../domain/team.ts';
import type { RosterWork } from './ports.ts';

/**
 * Takes a hero out of a team.
 *
 * - Only administrators of the roster.
 * - Whoever is not in the team stays out of it: done twice, it is as if it were done once.
 */
export class RemoveTeamMember {
  private readonly work: RosterWork;

  constructor(work: RosterWork) {
    this.work = work;
  }

  async execute(
    { teamId, heroId }: { readonly teamId: TeamId; readonly heroId: HeroId },
    by: Principal,
  ): Promise<void> {
    requireScope(by, 'roster:admin');
    await this.work.run(
      async ({ teams, heroes, memberships }) => {
        if (!(await teams.get(teamId))) throw new TeamNotFound();
        if (!(await heroes.get(heroId))) throw new HeroNotFound();
        const membership = await memberships.get(teamId, heroId);
        if (membership) await memberships.remove(membership);
      },
      { retry: true },
    );
  }
}
