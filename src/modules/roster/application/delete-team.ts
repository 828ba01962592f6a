import { type Principal, requireScope } from '../../../kernel/principal.ts';
import { requireVersion } from '../../../kernel/version.ts';
import { TeamNotFound } from '../domain/errors.ts';
import type { TeamId } from '../domain/team.ts';
import type { RosterWork } from './ports.ts';

/**
 * Dissolves a team. Its members stay on the roster, and what was the team's is seen by its author and assignee only.
 *
 * - Only administrators of the roster.
 */
export class DeleteTeam {
  private readonly work: RosterWork;

  constructor(work: RosterWork) {
    this.work = work;
  }

  async execute(
    { teamId, expectedVersion }: { readonly teamId: TeamId; readonly expectedVersion: number | undefined },
    by: Principal,
  ): Promise<void> {
    requireScope(by, 'roster:admin');
    await this.work.run(
      async ({ teams, memberships }) => {
        const team = await teams.lock(teamId);
        if (!team) throw new TeamNotFound();
        requireVersion(team, expectedVersion);
        for (const membership of await memberships.ofTeam(teamId)) await memberships.remove(membership);
        await teams.remove(team);
      },
      { retry: expectedVersion === undefined },
    );
  }
}
