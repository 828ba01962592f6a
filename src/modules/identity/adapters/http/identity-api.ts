import type { Api, Endpoint } from '../../../../platform/http/endpoint.ts';
import { identityProblems } from './identity-problems.ts';

export function identityApi(...groups: readonly (readonly Endpoint[])[]): Api {
  return {
    name: 'identity',
    description: 'Accounts, and the tokens that stand for the people who have one.',
    problems: identityProblems,
    endpoints: groups.flat(),
  };
}
