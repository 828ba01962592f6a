import type { Clock } from '../../../kernel/clock.ts';
import { type Principal, requireScope } from '../../../kernel/principal.ts';
import { requireVersion } from '../../../kernel/version.ts';
import { TeamNotFound } from '../domain/errors.ts';
import type { TeamContent, TeamId } from '../domain/team.ts';
import type { RosterWork, TeamView } from './ports.ts';

export interface ChangeTeamCommand {
  readonly teamId: TeamId;
  /** What is left out stays as it is. */
  readonly content: Partial<TeamContent>;
  readonly expectedVersion: number | undefined;
}

/**
 * Changes what a team is called, or where it has its headquarters.
 *
 * - Only administrators of the roster.
 */
export class ChangeTeam {
  private readonly work: RosterWork;
  private readonly clock: Clock;

  constructor(work: RosterWork, clock: Clock) {
    this.work = work;
    this.clock = clock;
  }

  async execute({ teamId, content, expectedVersion }: ChangeTeamCommand, by: Principal): Promise<TeamView> {
    requireScope(by, 'roster:admin');
    return this.work.run(
      async ({ teams }) => {
        const team = await teams.get(teamId);
        if (!team) throw new TeamNotFound();
        requireVersion(team, expectedVersion);
        team.change(content, this.clock.now());
        return team;
      },
      { retry: expectedVersion === undefined },
    );
  }
}
