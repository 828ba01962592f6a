import type { Database } from '../../../../platform/mikro-orm/database.ts';
import { MikroOrmUnitOfWork } from '../../../../platform/mikro-orm/mikro-orm-unit-of-work.ts';
import { ReadModel } from '../../../../platform/mikro-orm/read-model.ts';
import { column, columnsOf } from '../../../../platform/mikro-orm/read-model-source.ts';
import type { SqlStorage } from '../../../../platform/storage.ts';
import {
  HERO_LIST,
  type HeroView,
  type MembershipView,
  type RosterStorage,
  TEAM_LIST,
  type TeamView,
} from '../../application/ports.ts';
import {
  MikroOrmHeroRepository,
  MikroOrmMembershipRepository,
  MikroOrmTeamRepository,
} from './mikro-orm-repositories.ts';
import { HeroSchema, MembershipSchema, TeamSchema } from './roster-schemas.ts';

const HERO_VIEW = ['id', 'name', 'secretName', 'age', 'userId', 'createdAt', 'updatedAt', 'version'] as const;

const TEAM_VIEW = ['id', 'name', 'headquarters', 'createdAt', 'updatedAt', 'version'] as const;

export function mikroOrmRoster({ database }: SqlStorage): RosterStorage {
  const { reader } = database;
  const heroes = new ReadModel<HeroView>(
    reader,
    { table: 'heroes', columns: columnsOf(HeroSchema, HERO_VIEW) },
    HERO_LIST,
  );
  const teams = new ReadModel<TeamView>(
    reader,
    { table: 'teams', columns: columnsOf(TeamSchema, TEAM_VIEW) },
    TEAM_LIST,
  );
  const people = new ReadModel<{ readonly id: string }>(reader, {
    table: 'active_people',
    columns: { id: column('active_people.id') },
  });
  const { members, teamsOfHero } = membershipsOf(database);
  return {
    work: new MikroOrmUnitOfWork(database, transaction => ({
      heroes: new MikroOrmHeroRepository(transaction),
      teams: new MikroOrmTeamRepository(transaction),
      memberships: new MikroOrmMembershipRepository(transaction),
    })),
    heroes: {
      find: id => heroes.findBy('id', id),
      list: query => heroes.list(query),
      teamsOf: id => teamsOfHero.allBy('heroId', id),
    },
    teams: {
      find: id => teams.findBy('id', id),
      list: query => teams.list(query),
      membersOf: id => members.allBy('teamId', id),
    },
    people: { exists: async id => (await people.findBy('id', id)) !== undefined },
  };
}

/** The memberships as each side sees them: one statement for all of a team's or a hero's. */
function membershipsOf({ reader }: Database) {
  const link = columnsOf(MembershipSchema, ['teamId', 'heroId', 'isTraining']);
  const { isTraining } = link;
  return {
    members: new ReadModel<MembershipView & { readonly teamId: string }>(reader, {
      table: 'team_members',
      joins: [{ table: 'heroes', on: ['heroes.id', 'team_members.hero_id'] }],
      columns: { ...columnsOf(HeroSchema, ['id', 'name']), isTraining, teamId: link.teamId },
    }),
    teamsOfHero: new ReadModel<MembershipView & { readonly heroId: string }>(reader, {
      table: 'team_members',
      joins: [{ table: 'teams', on: ['teams.id', 'team_members.team_id'] }],
      columns: { ...columnsOf(TeamSchema, ['id', 'name']), isTraining, heroId: link.heroId },
    }),
  };
}
