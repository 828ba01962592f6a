import type { ListQuery, ListSpec, Page } from '../../../kernel/list.ts';
import type { UserId } from '../../../kernel/principal.ts';
import type { UnitOfWork } from '../../../kernel/unit-of-work.ts';
import type { Hero, HeroId } from '../domain/hero.ts';
import type { Membership } from '../domain/membership.ts';
import type { Team, TeamId } from '../domain/team.ts';

export interface HeroRepository {
  get(id: HeroId): Promise<Hero | undefined>;
  /** The same, and until this work ends nobody else who locks the hero goes on. */
  lock(id: HeroId): Promise<Hero | undefined>;
  /** Those that stand for this person. */
  of(userId: UserId): Promise<readonly Hero[]>;
  add(hero: Hero): Promise<void>;
  remove(hero: Hero): Promise<void>;
}

export interface TeamRepository {
  get(id: TeamId): Promise<Team | undefined>;
  /** The same, and until this work ends nobody else who locks the team goes on. */
  lock(id: TeamId): Promise<Team | undefined>;
  add(team: Team): Promise<void>;
  remove(team: Team): Promise<void>;
}

export interface MembershipRepository {
  get(teamId: TeamId, heroId: HeroId): Promise<Membership | undefined>;
  ofTeam(teamId: TeamId): Promise<readonly Membership[]>;
  ofHero(heroId: HeroId): Promise<readonly Membership[]>;
  add(membership: Membership): Promise<void>;
  remove(membership: Membership): Promise<void>;
}

export interface RosterRepositories {
  readonly heroes: HeroRepository;
  readonly teams: TeamRepository;
  readonly memberships: MembershipRepository;
}

export type RosterWork = UnitOfWork<RosterRepositories>;

/** A hero as it is listed; without the secret name for whoever is not to know it. */
export type HeroView = Pick<Hero, 'id' | 'name' | 'age' | 'userId' | 'createdAt' | 'updatedAt'> & {
  readonly secretName?: string | null;
  readonly version: number;
};

/** A team as it is listed. */
export type TeamView = Pick<Team, 'id' | 'name' | 'headquarters' | 'createdAt' | 'updatedAt'> & {
  readonly version: number;
};

/** The other end of a membership: a team's member, or a hero's team. */
export interface MembershipView {
  readonly id: HeroId | TeamId;
  readonly name: string;
  readonly isTraining: boolean;
}

export const HERO_LIST = {
  filters: { user: { field: 'userId', match: 'equals' } },
  sorts: { created_at: 'createdAt', updated_at: 'updatedAt' },
  defaultSort: { key: 'created_at', descending: true },
} as const satisfies ListSpec<HeroView>;

export const TEAM_LIST = {
  filters: {},
  sorts: { created_at: 'createdAt', updated_at: 'updatedAt' },
  defaultSort: { key: 'created_at', descending: true },
} as const satisfies ListSpec<TeamView>;

export interface HeroReader {
  find(id: HeroId): Promise<HeroView | undefined>;
  list(query: ListQuery): Promise<Page<HeroView>>;
  /** The hero's teams, in the order in which they were made. */
  teamsOf(id: HeroId): Promise<readonly MembershipView[]>;
}

export interface TeamReader {
  find(id: TeamId): Promise<TeamView | undefined>;
  list(query: ListQuery): Promise<Page<TeamView>>;
  /** The team's members, in the order in which the heroes were made. */
  membersOf(id: TeamId): Promise<readonly MembershipView[]>;
}

/** What identity publishes. */
export interface PeopleReader {
  /** Whether somebody has an account that is active. */
  exists(id: UserId): Promise<boolean>;
}

/** What each storage gives to this context. */
export interface RosterStorage {
  readonly work: RosterWork;
  readonly heroes: HeroReader;
  readonly teams: TeamReader;
  readonly people: PeopleReader;
}
