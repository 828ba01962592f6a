import Type from 'typebox';
import { created, type Endpoint, noContent, ok } from '../../../../platform/http/endpoint.ts';
import { listQuery, pageOf, pageReply, toListQuery } from '../../../../platform/http/list-endpoint.ts';
import { IdParams, Uuid } from '../../../../platform/http/schemas.ts';
import type { ChangeTeam } from '../../application/change-team.ts';
import type { CreateTeam } from '../../application/create-team.ts';
import type { DeleteTeam } from '../../application/delete-team.ts';
import { TEAM_LIST } from '../../application/ports.ts';
import type { PutTeamMember } from '../../application/put-team-member.ts';
import type { ReadTeams } from '../../application/read-teams.ts';
import type { RemoveTeamMember } from '../../application/remove-team-member.ts';
import { endpoint } from './roster-problems.ts';
import {
  ListedTeam,
  NewTeam,
  presentListedTeam,
  presentMembership,
  presentTeam,
  Team,
  TeamMember,
  TeamMemberContent,
  TeamPatch,
} from './roster-representation.ts';

export interface TeamUseCases {
  readonly create: CreateTeam;
  readonly change: ChangeTeam;
  readonly remove: DeleteTeam;
  readonly read: ReadTeams;
  readonly putMember: PutTeamMember;
  readonly removeMember: RemoveTeamMember;
}

const MemberParams = Type.Object({ id: Uuid, hero_id: Uuid });

export function teamEndpoints(useCases: TeamUseCases): readonly Endpoint[] {
  const { create, change, remove, read, putMember, removeMember } = useCases;
  return [
    endpoint({
      name: 'listTeams',
      method: 'GET',
      path: '/teams',
      summary: 'Lists the teams',
      description: 'Newest first.',
      scope: 'any',
      query: listQuery(TEAM_LIST, {}),
      returns: { 200: pageOf(ListedTeam, 'PageOfTeams') },
      problems: [],
      cache: 'private',
      madeOf: ['teams'],
      async handle({ query, url }) {
        const asked = toListQuery(TEAM_LIST, query);
        return pageReply(await read.list(asked), presentListedTeam, asked, url);
      },
    }),
    endpoint({
      name: 'createTeam',
      method: 'POST',
      path: '/teams',
      summary: 'Makes a team',
      scope: 'roster:admin',
      body: NewTeam,
      returns: { 201: Team },
      problems: [],
      cache: 'private',
      async handle({ body: { name, headquarters = null }, principal }) {
        const team = await create.execute({ name, headquarters }, principal);
        return created(`/teams/${team.id}`, presentTeam({ team, members: [] }));
      },
    }),
    endpoint({
      name: 'readTeam',
      method: 'GET',
      path: '/teams/:id',
      summary: 'Shows a team, with its members',
      scope: 'any',
      params: IdParams,
      returns: { 200: Team },
      problems: ['roster.team_not_found'],
      cache: 'private',
      madeOf: ['heroes', 'teams', 'team_members'],
      async handle({ params }) {
        const found = await read.one(params.id);
        return ok(presentTeam(found), found.team.version);
      },
    }),
    endpoint({
      name: 'replaceTeam',
      method: 'PUT',
      path: '/teams/:id',
      summary: 'Replaces what a team is called and where it is',
      description: 'Its members stay. What is left out is reset.',
      scope: 'roster:admin',
      params: IdParams,
      body: NewTeam,
      returns: { 200: Team },
      problems: ['roster.team_not_found'],
      cache: 'private',
      async handle({ params, body: { name, headquarters = null }, expectedVersion, principal }) {
        const content = { name, headquarters };
        await change.execute({ teamId: params.id, content, expectedVersion }, principal);
        return ok(presentTeam(await read.one(params.id)));
      },
    }),
    endpoint({
      name: 'changeTeam',
      method: 'PATCH',
      path: '/teams/:id',
      summary: 'Changes what a team is called or where it is',
      description: 'A JSON merge patch (RFC 7396).',
      scope: 'roster:admin',
      params: IdParams,
      body: TeamPatch,
      returns: { 200: Team },
      problems: ['roster.team_not_found'],
      cache: 'private',
      async handle({ params, body: content, expectedVersion, principal }) {
        await change.execute({ teamId: params.id, content, expectedVersion }, principal);
        return ok(presentTeam(await read.one(params.id)));
      },
    }),
    endpoint({
      name: 'deleteTeam',
      method: 'DELETE',
      path: '/teams/:id',
      summary: 'Dissolves a team',
      description: 'Its members stay on the roster.',
      scope: 'roster:admin',
      params: IdParams,
      returns: { 204: null },
      problems: ['roster.team_not_found'],
      cache: 'private',
      async handle({ params, expectedVersion, principal }) {
        await remove.execute({ teamId: params.id, expectedVersion }, principal);
        return noContent();
      },
    }),
    endpoint({
      name: 'putTeamMember',
      method: 'PUT',
      path: '/teams/:id/members/:hero_id',
      summary: 'Makes a hero a member of a team, or changes how they are one',
      description: 'Done twice, it is as if it were done once. A team has 500 members at most.',
      scope: 'roster:admin',
      params: MemberParams,
      body: TeamMemberContent,
      returns: { 200: TeamMember },
      problems: [
        'roster.team_not_found',
        'roster.hero_not_found',
        'roster.team_full',
        'roster.too_many_teams',
      ],
      cache: 'private',
      async handle({ params: { id: teamId, hero_id: heroId }, body, principal }) {
        const { is_training: isTraining = false } = body;
        return ok(presentMembership(await putMember.execute({ teamId, heroId, isTraining }, principal)));
      },
    }),
    endpoint({
      name: 'removeTeamMember',
      method: 'DELETE',
      path: '/teams/:id/members/:hero_id',
      summary: 'Takes a hero out of a team',
      description: 'Done twice, it is as if it were done once.',
      scope: 'roster:admin',
      params: MemberParams,
      returns: { 204: null },
      problems: ['roster.team_not_found', 'roster.hero_not_found'],
      cache: 'private',
      async handle({ params: { id: teamId, hero_id: heroId }, principal }) {
        await removeMember.execute({ teamId, heroId }, principal);
        return noContent();
      },
    }),
  ];
}
