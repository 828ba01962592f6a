import { endpointsThrowing } from '../../../../platform/http/endpoint.ts';
import type { RosterErrorCode } from '../../domain/errors.ts';

export const rosterProblems = {
  'roster.hero_not_found': 404,
  'roster.team_not_found': 404,
  'roster.unknown_person': 422,
  'roster.age_invalid': 422,
  'roster.team_full': 409,
  'roster.too_many_teams': 409,
} as const satisfies Record<RosterErrorCode, number>;

export const endpoint = endpointsThrowing<RosterErrorCode>();
