import { MemoryCollection } from '../../../../platform/memory/memory-collection.ts';
import { evaluateList } from '../../../../platform/memory/memory-list.ts';
import { MemoryUnitOfWork } from '../../../../platform/memory/memory-unit-of-work.ts';
import type { MemoryStorage } from '../../../../platform/storage.ts';
import { HERO_LIST, type MembershipView, type RosterStorage, TEAM_LIST } from '../../application/ports.ts';
import type { Hero } from '../../domain/hero.ts';
import type { Membership } from '../../domain/membership.ts';
import type { Team } from '../../domain/team.ts';
import {
  InMemoryHeroRepository,
  InMemoryMembershipRepository,
  InMemoryTeamRepository,
} from './in-memory-repositories.ts';

export function inMemoryRoster({ store }: MemoryStorage): RosterStorage {
  const heroes = new MemoryCollection<Hero>('heroes');
  const teams = new MemoryCollection<Team>('teams');
  const memberships = new MemoryCollection<Membership>('team_members');
  store.publish('teams', id => teams.row(id)?.name);
  store.publish('teamsOf', userId =>
    [...memberships.rows()]
      .filter(({ heroId }) => heroes.row(heroId)?.userId === userId)
      .map(({ teamId }) => teamId),
  );
  store.publish('peopleOf', teamId => {
    const ofTeam = [...memberships.rows()].filter(membership => membership.teamId === teamId);
    const people = ofTeam.map(({ heroId }) => heroes.row(heroId)?.userId ?? null);
    return [...new Set(people)].filter(userId => userId !== null);
  });
  return {
    work: new MemoryUnitOfWork(store, transaction => ({
      heroes: new InMemoryHeroRepository(transaction.draft(heroes)),
      teams: new InMemoryTeamRepository(transaction.draft(teams)),
      memberships: new InMemoryMembershipRepository(transaction.draft(memberships)),
    })),
    heroes: {
      find: async id => heroes.row(id),
      list: async query => evaluateList(heroes.rows(), HERO_LIST, query),
      teamsOf: async id => otherEnds(memberships, 'heroId', id, ({ teamId }) => teams.row(teamId)),
    },
    teams: {
      find: async id => teams.row(id),
      list: async query => evaluateList(teams.rows(), TEAM_LIST, query),
      membersOf: async id => otherEnds(memberships, 'teamId', id, ({ heroId }) => heroes.row(heroId)),
    },
    people: { exists: async id => store.read('activePeople', id) },
  };
}

function otherEnds(
  memberships: MemoryCollection<Membership>,
  end: 'teamId' | 'heroId',
  id: string,
  otherEnd: (membership: Membership) => Hero | Team | undefined,
): readonly MembershipView[] {
  return [...memberships.rows()]
    .filter(membership => membership[end] === id)
    .flatMap(membership => {
      const other = otherEnd(membership);
      return other ? [{ id: other.id, name: other.name, isTraining: membership.isTraining }] : [];
    })
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}
