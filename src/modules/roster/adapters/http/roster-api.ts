import type { Api } from '../../../../platform/http/endpoint.ts';
import { type HeroUseCases, heroEndpoints } from './hero-endpoints.ts';
import { rosterProblems } from './roster-problems.ts';
import { type TeamUseCases, teamEndpoints } from './team-endpoints.ts';

export function rosterApi(heroes: HeroUseCases, teams: TeamUseCases): Api {
  return {
    name: 'roster',
    description: 'Heroes, who may stand for people, and the teams that they are in.',
    problems: rosterProblems,
    endpoints: [...heroEndpoints(heroes), ...teamEndpoints(teams)],
  };
}
