import type { Clock } from '../../../kernel/clock.ts';
import { type Principal, requireScope } from '../../../kernel/principal.ts';
import { HeroNotFound, TeamFull, TeamNotFound, TooManyTeams } from '../domain/errors.ts';
import type { HeroId } from '../domain/hero.ts';
import { Membership, MOST_MEMBERS, MOST_TEAMS } from '../domain/membership.ts';
import type { TeamId } from '../domain/team.ts';
import type { MembershipView, RosterWork } from './ports.ts';

export interface PutTeamMemberCommand {
  readonly teamId: TeamId;
  readonly heroId: HeroId;
  readonly isTraining: boolean;
}

/**
 * Makes a hero a member of a team, or changes how they are one.
 *
 * - Only administrators of the roster.
 * - Done twice, it is as if it were done once.
 * - A team has 500 members at most, and a hero is in 100 teams at most.
 */
export class PutTeamMember {
  private readonly work: RosterWork;
  private readonly clock: Clock;

  constructor(work: RosterWork, clock: Clock) {
    this.work = work;
    this.clock = clock;
  }

  async execute(
    { teamId, heroId, isTraining }: PutTeamMemberCommand,
    by: Principal,
  ): Promise<MembershipView> {
    requireScope(by, 'roster:admin');
    return this.work.run(
      async ({ teams, heroes, memberships }) => {
        // Locked, so that neither is deleted in between, and that whoever counts counts all.
        if (!(await teams.lock(teamId))) throw new TeamNotFound();
        const hero = await heroes.lock(heroId);
        if (!hero) throw new HeroNotFound();
        const present = await memberships.get(teamId, heroId);
        if (present) present.isTraining = isTraining;
        else {
          if ((await memberships.ofTeam(teamId)).length >= MOST_MEMBERS) throw new TeamFull(MOST_MEMBERS);
          if ((await memberships.ofHero(heroId)).length >= MOST_TEAMS) throw new TooManyTeams(MOST_TEAMS);
          await memberships.add(new Membership(teamId, heroId, isTraining, this.clock.now()));
        }
        return { id: heroId, name: hero.name, isTraining };
      },
      { retry: true },
    );
  }
}
