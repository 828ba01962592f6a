import type { ListQuery, Page } from '../../../kernel/list.ts';
import { TeamNotFound } from '../domain/errors.ts';
import type { TeamId } from '../domain/team.ts';
import type { MembershipView, TeamReader, TeamView } from './ports.ts';

export interface TeamWithMembers {
  readonly team: TeamView;
  readonly members: readonly MembershipView[];
}

/** Shows teams to everybody who is signed in, one with its members, or many. */
export class ReadTeams {
  private readonly teams: TeamReader;

  constructor(teams: TeamReader) {
    this.teams = teams;
  }

  async one(id: TeamId): Promise<TeamWithMembers> {
    const team = await this.teams.find(id);
    if (!team) throw new TeamNotFound();
    return { team, members: await this.teams.membersOf(id) };
  }

  list(query: ListQuery): Promise<Page<TeamView>> {
    return this.teams.list(query);
  }
}
