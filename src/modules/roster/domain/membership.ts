import type { HeroId } from './hero.ts';
import type { TeamId } from './team.ts';

/** Members that a team may have, and teams that a hero may be in: both are shown whole. */
export const MOST_MEMBERS = 500;
export const MOST_TEAMS = 100;

/** That a hero is in a team, and how. */
export class Membership {
  /** Of both ids, so that there is one at most. */
  readonly id: string;
  readonly teamId: TeamId;
  readonly heroId: HeroId;
  isTraining: boolean;
  readonly createdAt: Date;
  readonly version = 1;

  constructor(teamId: TeamId, heroId: HeroId, isTraining: boolean, now: Date) {
    this.id = membershipId(teamId, heroId);
    this.teamId = teamId;
    this.heroId = heroId;
    this.isTraining = isTraining;
    this.createdAt = now;
  }
}

export function membershipId(teamId: TeamId, heroId: HeroId): string {
  return `${teamId}.${heroId}`;
}
