import type { Clock } from '../../../kernel/clock.ts';
import type { Ids } from '../../../kernel/ids.ts';
import { type Principal, requireScope } from '../../../kernel/principal.ts';
import { Team, type TeamContent } from '../domain/team.ts';
import type { RosterWork, TeamView } from './ports.ts';

/**
 * Makes a team, without members at first.
 *
 * - Only administrators of the roster.
 */
export class CreateTeam {
  private readonly work: RosterWork;
  private readonly ids: Ids;
  private readonly clock: Clock;

  constructor(work: RosterWork, ids: Ids, clock: Clock) {
    this.work = work;
    this.ids = ids;
    this.clock = clock;
  }

  async execute(content: TeamContent, by: Principal): Promise<TeamView> {
    requireScope(by, 'roster:admin');
    const team = new Team(this.ids.next(), content, this.clock.now());
    await this.work.run(({ teams }) => teams.add(team));
    return team;
  }
}
