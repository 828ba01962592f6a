import { ContainerModule } from 'inversify';
import { heroData } from '../modules/roster/adapters/http/hero-data.ts';
import { rosterApi } from '../modules/roster/adapters/http/roster-api.ts';
import { inMemoryRoster } from '../modules/roster/adapters/memory/in-memory-roster.ts';
import { mikroOrmRoster } from '../modules/roster/adapters/mikro-orm/mikro-orm-roster.ts';
import {
  HeroSchema,
  MembershipSchema,
  TeamSchema,
} from '../modules/roster/adapters/mikro-orm/roster-schemas.ts';
import { rosterSteps } from '../modules/roster/adapters/mikro-orm/schema-steps.ts';
import { ChangeHero } from '../modules/roster/application/change-hero.ts';
import { ChangeTeam } from '../modules/roster/application/change-team.ts';
import { CreateHero } from '../modules/roster/application/create-hero.ts';
import { CreateTeam } from '../modules/roster/application/create-team.ts';
import { DeleteHero } from '../modules/roster/application/delete-hero.ts';
import { DeleteTeam } from '../modules/roster/application/delete-team.ts';
import { PutTeamMember } from '../modules/roster/application/put-team-member.ts';
import { ReadHeroes } from '../modules/roster/application/read-heroes.ts';
import { ReadTeams } from '../modules/roster/application/read-teams.ts';
import { ReleaseHeroes } from '../modules/roster/application/release-heroes.ts';
import { RemoveTeamMember } from '../modules/roster/application/remove-team-member.ts';
import { onStorage } from '../platform/storage.ts';
import type { BoundedContext } from './context.ts';
import { bind } from './token.ts';
import { tokens } from './tokens.ts';

const module = new ContainerModule(options => {
  bind(options, tokens.rosterStorage, storage => onStorage(storage, inMemoryRoster, mikroOrmRoster), [
    tokens.storage,
  ]);
  bind(
    options,
    tokens.rosterApi,
    ({ work, heroes, teams, people }, ids, clock) =>
      rosterApi(
        {
          create: new CreateHero(work, people, ids, clock),
          change: new ChangeHero(work, people, clock),
          remove: new DeleteHero(work),
          read: new ReadHeroes(heroes),
        },
        {
          create: new CreateTeam(work, ids, clock),
          change: new ChangeTeam(work, clock),
          remove: new DeleteTeam(work),
          read: new ReadTeams(teams),
          putMember: new PutTeamMember(work, clock),
          removeMember: new RemoveTeamMember(work),
        },
      ),
    [tokens.rosterStorage, tokens.ids, tokens.clock],
  );
  bind(
    options,
    tokens.heroData,
    ({ work, heroes }, clock) => heroData(heroes, new ReleaseHeroes(work, clock)),
    [tokens.rosterStorage, tokens.clock],
  );
});

export const rosterContext: BoundedContext = {
  module,
  schema: {
    entities: [HeroSchema, TeamSchema, MembershipSchema],
    steps: rosterSteps,
    views: { team_names: ['teams'], team_people: ['heroes', 'teams', 'team_members'] },
  },
  api: tokens.rosterApi,
  personalData: [tokens.heroData],
};
