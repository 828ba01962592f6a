import { COLUMN_TYPES } from '../../../../platform/mikro-orm/column-types.ts';
import type { SchemaStep } from '../../../../platform/mikro-orm/schema-step.ts';
import type { Dialect } from '../../../../platform/mikro-orm/statements.ts';

/** Two views are what other contexts may show of teams and know of who is in them. */
function tables(dialect: Dialect): string[] {
  const { uuid, time, boolean } = COLUMN_TYPES[dialect];
  return [
    `create table heroes (
      id ${uuid} not null primary key,
      name text not null,
      secret_name text,
      age integer,
      user_id ${uuid} references users (id),
      created_at ${time} not null,
      updated_at ${time} not null,
      version integer not null
    )`,
    'create index heroes_newest on heroes (created_at desc, id desc)',
    'create index heroes_last_updated on heroes (updated_at desc, id desc)',
    'create index heroes_by_user on heroes (user_id, created_at desc, id desc)',
    `create table teams (
      id ${uuid} not null primary key,
      name text not null,
      headquarters text,
      created_at ${time} not null,
      updated_at ${time} not null,
      version integer not null
    )`,
    'create index teams_newest on teams (created_at desc, id desc)',
    'create index teams_last_updated on teams (updated_at desc, id desc)',
    `create table team_members (
      id text not null primary key,
      team_id ${uuid} not null references teams (id),
      hero_id ${uuid} not null references heroes (id),
      is_training ${boolean} not null,
      created_at ${time} not null,
      version integer not null
    )`,
    'create index team_members_by_team on team_members (team_id, hero_id)',
    'create index team_members_by_hero on team_members (hero_id, team_id)',
    'create view team_names as select id, name from teams',
    `create view team_people as select distinct team_members.team_id, heroes.user_id from team_members
      join heroes on heroes.id = team_members.hero_id where heroes.user_id is not null`,
  ];
}

const DROP = [
  'drop view team_people',
  'drop view team_names',
  'drop table team_members',
  'drop table teams',
  'drop table heroes',
];

export const rosterSteps: readonly SchemaStep[] = [
  {
    name: '20261125050000_roster',
    up: { sqlite: tables('sqlite'), postgresql: tables('postgresql') },
    down: { sqlite: DROP, postgresql: DROP },
  },
];
