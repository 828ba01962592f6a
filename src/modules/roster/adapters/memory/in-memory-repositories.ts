import type { CollectionDraft } from '../../../../platform/memory/collection-draft.ts';
import type { HeroRepository, MembershipRepository, TeamRepository } from '../../application/ports.ts';
import type { Hero } from '../../domain/hero.ts';
import { type Membership, membershipId } from '../../domain/membership.ts';
import type { Team } from '../../domain/team.ts';

/** There is one writer at a time, so `lock` need not lock. */
export class InMemoryHeroRepository implements HeroRepository {
  private readonly heroes: CollectionDraft<Hero>;

  constructor(heroes: CollectionDraft<Hero>) {
    this.heroes = heroes;
  }

  get(id: string): Promise<Hero | undefined> {
    return this.heroes.get(id);
  }

  lock(id: string): Promise<Hero | undefined> {
    return this.heroes.get(id);
  }

  of(userId: string): Promise<readonly Hero[]> {
    return this.heroes.filter(hero => hero.userId === userId);
  }

  add(hero: Hero): Promise<void> {
    return this.heroes.add(hero);
  }

  remove(hero: Hero): Promise<void> {
    return this.heroes.remove(hero);
  }
}

export class InMemoryTeamRepository implements TeamRepository {
  private readonly teams: CollectionDraft<Team>;

  constructor(teams: CollectionDraft<Team>) {
    this.teams = teams;
  }

  get(id: string): Promise<Team | undefined> {
    return this.teams.get(id);
  }

  lock(id: string): Promise<Team | undefined> {
    return this.teams.get(id);
  }

  add(team: Team): Promise<void> {
    return this.teams.add(team);
  }

  remove(team: Team): Promise<void> {
    return this.teams.remove(team);
  }
}

export class InMemoryMembershipRepository implements MembershipRepository {
  private readonly memberships: CollectionDraft<Membership>;

  constructor(memberships: CollectionDraft<Membership>) {
    this.memberships = memberships;
  }

  get(teamId: string, heroId: string): Promise<Membership | undefined> {
    return this.memberships.get(membershipId(teamId, heroId));
  }

  ofTeam(teamId: string): Promise<readonly Membership[]> {
    return this.memberships.filter(membership => membership.teamId === teamId);
  }

  ofHero(heroId: string): Promise<readonly Membership[]> {
    return this.memberships.filter(membership => membership.heroId === heroId);
  }

  add(membership: Membership): Promise<void> {
    return this.memberships.add(membership);
  }

  remove(membership: Membership): Promise<void> {
    return this.memberships.remove(membership);
  }
}
