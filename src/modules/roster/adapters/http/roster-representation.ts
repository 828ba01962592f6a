import Type from 'typebox';
import { nullable, Timestamp, Uuid } from '../../../../platform/http/schemas.ts';
import { timestamp } from '../../../../platform/http/timestamp.ts';
import type { HeroView, MembershipView, TeamView } from '../../application/ports.ts';
import type { HeroWithTeams } from '../../application/read-heroes.ts';
import type { TeamWithMembers } from '../../application/read-teams.ts';
import { HERO_NAME, MAX_AGE } from '../../domain/hero.ts';
import { HEADQUARTERS, TEAM_NAME } from '../../domain/team.ts';

const text = ({ min, max }: { min: number; max: number }, example: string, description?: string) =>
  Type.String({
    minLength: min,
    maxLength: max,
    examples: [example],
    ...(description !== undefined && { description }),
  });

const heroName = text(HERO_NAME, 'Deadpond');
const secretName = text(HERO_NAME, 'Dive Wilson', 'Shown to who may administer the roster');
const age = Type.Integer({ minimum: 0, maximum: MAX_AGE, description: 'Years', examples: [48] });
const teamName = text(TEAM_NAME, 'Preventers');
const headquarters = text(HEADQUARTERS, 'Sharp Tower');
const isTraining = Type.Boolean({ default: false, examples: [false] });

const optional = <Schema extends Type.TSchema>(schema: Schema) => Type.Optional(nullable(schema));

export const NewHero = Type.Object(
  { name: heroName, secret_name: optional(secretName), age: optional(age), user_id: optional(Uuid) },
  { title: 'NewHero', additionalProperties: false },
);

export const HeroPatch = Type.Object(
  {
    name: Type.Optional(heroName),
    secret_name: optional(secretName),
    age: optional(age),
    user_id: optional(Uuid),
  },
  { title: 'HeroPatch', additionalProperties: false },
);

const heroFields = {
  id: Uuid,
  name: heroName,
  secret_name: optional(secretName),
  age: nullable(age),
  user_id: nullable(Uuid),
  created_at: Timestamp,
  updated_at: Timestamp,
};

const membership = (title: string, name: Type.TSchema) =>
  Type.Object({ id: Uuid, name, is_training: isTraining }, { title, additionalProperties: false });

export const TeamMember = membership('TeamMember', heroName);

export const ListedHero = Type.Object(heroFields, { title: 'ListedHero', additionalProperties: false });

export const Hero = Type.Object(
  { ...heroFields, teams: Type.Array(membership('HeroTeam', teamName)) },
  { title: 'Hero', additionalProperties: false },
);

export const NewTeam = Type.Object(
  { name: teamName, headquarters: optional(headquarters) },
  { title: 'NewTeam', additionalProperties: false },
);

export const TeamPatch = Type.Object(
  { name: Type.Optional(teamName), headquarters: optional(headquarters) },
  { title: 'TeamPatch', additionalProperties: false },
);

const teamFields = {
  id: Uuid,
  name: teamName,
  headquarters: nullable(headquarters),
  created_at: Timestamp,
  updated_at: Timestamp,
};

export const ListedTeam = Type.Object(teamFields, { title: 'ListedTeam', additionalProperties: false });

export const Team = Type.Object(
  { ...teamFields, members: Type.Array(TeamMember) },
  { title: 'Team', additionalProperties: false },
);

export const TeamMemberContent = Type.Object(
  { is_training: Type.Optional(isTraining) },
  { title: 'TeamMemberContent', additionalProperties: false },
);

export const presentMembership = ({ id, name, isTraining: is_training }: MembershipView) => ({
  id,
  name,
  is_training,
});

export const presentListedHero = (hero: HeroView) => ({
  id: hero.id,
  name: hero.name,
  ...(hero.secretName !== undefined && { secret_name: hero.secretName }),
  age: hero.age,
  user_id: hero.userId,
  created_at: timestamp(hero.createdAt),
  updated_at: timestamp(hero.updatedAt),
});

export const presentHero = ({ hero, teams }: HeroWithTeams) => ({
  ...presentListedHero(hero),
  teams: teams.map(presentMembership),
});

export const presentListedTeam = (team: TeamView) => ({
  id: team.id,
  name: team.name,
  headquarters: team.headquarters,
  created_at: timestamp(team.createdAt),
  updated_at: timestamp(team.updatedAt),
});

export const presentTeam = ({ team, members }: TeamWithMembers) => ({
  ...presentListedTeam(team),
  members: members.map(presentMembership),
});
