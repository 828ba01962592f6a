import { EntitySchema } from '@mikro-orm/core';
import { Hero } from '../../domain/hero.ts';
import { Membership } from '../../domain/membership.ts';
import { Team } from '../../domain/team.ts';

export const HeroSchema = new EntitySchema<Hero>({
  class: Hero,
  tableName: 'heroes',
  properties: {
    id: { type: 'uuid', primary: true },
    name: { type: 'text' },
    secretName: { type: 'text', nullable: true },
    age: { type: 'integer', nullable: true },
    userId: { type: 'uuid', nullable: true },
    createdAt: { type: 'Date' },
    updatedAt: { type: 'Date' },
    version: { type: 'integer', version: true },
  },
});

export const TeamSchema = new EntitySchema<Team>({
  class: Team,
  tableName: 'teams',
  properties: {
    id: { type: 'uuid', primary: true },
    name: { type: 'text' },
    headquarters: { type: 'text', nullable: true },
    createdAt: { type: 'Date' },
    updatedAt: { type: 'Date' },
    version: { type: 'integer', version: true },
  },
});

export const MembershipSchema = new EntitySchema<Membership>({
  class: Membership,
  tableName: 'team_members',
  properties: {
    id: { type: 'text', primary: true },
    teamId: { type: 'uuid' },
    heroId: { type: 'uuid' },
    isTraining: { type: 'boolean' },
    createdAt: { type: 'Date' },
    version: { type: 'integer', version: true },
  },
});
