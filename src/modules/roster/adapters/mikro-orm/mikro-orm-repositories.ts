import type { Transaction } from '../../../../platform/mikro-orm/transaction.ts';
import type { HeroRepository, MembershipRepository, TeamRepository } from '../../application/ports.ts';
import type { Hero } from '../../domain/hero.ts';
import { type Membership, membershipId } from '../../domain/membership.ts';
import type { Team } from '../../domain/team.ts';
import { HeroSchema, MembershipSchema, TeamSchema } from './roster-schemas.ts';

export class MikroOrmHeroRepository implements HeroRepository {
  private readonly transaction: Transaction;

  constructor(transaction: Transaction) {
    this.transaction = transaction;
  }

  get(id: string): Promise<Hero | undefined> {
    return this.transaction.find(HeroSchema, { id });
  }

  lock(id: string): Promise<Hero | undefined> {
    return this.transaction.lock(HeroSchema, { id });
  }

  of(userId: string): Promise<readonly Hero[]> {
    return this.transaction.findAll(HeroSchema, { userId }, { id: 'asc' });
  }

  add(hero: Hero): Promise<void> {
    return this.transaction.add(hero);
  }

  remove(hero: Hero): Promise<void> {
    return this.transaction.remove(hero);
  }
}

export class MikroOrmTeamRepository implements TeamRepository {
  private readonly transaction: Transaction;

  constructor(transaction: Transaction) {
    this.transaction = transaction;
  }

  get(id: string): Promise<Team | undefined> {
    return this.transaction.find(TeamSchema, { id });
  }

  lock(id: string): Promise<Team | undefined> {
    return this.transaction.lock(TeamSchema, { id });
  }

  add(team: Team): Promise<void> {
    return this.transaction.add(team);
  }

  remove(team: Team): Promise<void> {
    return this.transaction.remove(team);
  }
}

export class MikroOrmMembershipRepository implements MembershipRepository {
  private readonly transaction: Transaction;

  constructor(transaction: Transaction) {
    this.transaction = transaction;
  }

  get(teamId: string, heroId: string): Promise<Membership | undefined> {
    return this.transaction.find(MembershipSchema, { id: membershipId(teamId, heroId) });
  }

  ofTeam(teamId: string): Promise<readonly Membership[]> {
    return this.transaction.findAll(MembershipSchema, { teamId }, { id: 'asc' });
  }

  ofHero(heroId: string): Promise<readonly Membership[]> {
    return this.transaction.findAll(MembershipSchema, { heroId }, { id: 'asc' });
  }

  add(membership: Membership): Promise<void> {
    return this.transaction.add(membership);
  }

  remove(membership: Membership): Promise<void> {
    return this.transaction.remove(membership);
  }
}
