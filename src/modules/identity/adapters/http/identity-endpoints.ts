import type { Api } from '../../../../platform/http/endpoint.ts';
import { type AccountUseCases, accountEndpoints } from './account-endpoints.ts';
import { type Discovery, discoveryEndpoints } from './discovery-endpoints.ts';
import { identityProblems } from './identity-problems.ts';
import { type SessionUseCases, sessionEndpoints } from './session-endpoints.ts';
import { type TokenUseCases, tokenEndpoints } from './token-endpoints.ts';

export interface IdentityParts {
  readonly accounts: AccountUseCases;
  readonly tokens: TokenUseCases;
  readonly sessions: SessionUseCases;
  readonly discovery: Discovery;
}

export function identityApi({ accounts, tokens, sessions, discovery }: IdentityParts): Api {
  return {
    name: 'identity',
    description: 'Accounts, and the tokens that stand for the people who have one.',
    problems: identityProblems,
    endpoints: [
      ...accountEndpoints(accounts),
      ...tokenEndpoints(tokens),
      ...sessionEndpoints(sessions),
      ...discoveryEndpoints(discovery),
    ],
  };
}
