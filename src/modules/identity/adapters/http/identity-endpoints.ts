import { type Api, endpointsThrowing, ok } from '../../../../platform/http/endpoint.ts';
import type { IdentityProvider, UserView } from '../../application/ports.ts';
import type { ReadOwnProfile } from '../../application/read-own-profile.ts';
import type { RegisterUser } from '../../application/register-user.ts';
import type { SetUpAdministrator } from '../../application/set-up-administrator.ts';
import type { IdentityErrorCode } from '../../domain/errors.ts';
import { grantRequestOf } from './grant-request.ts';
import {
  AdministratorSetup,
  presentTokens,
  presentUser,
  Registration,
  TokenRequest,
  Tokens,
  User,
} from './identity-representation.ts';
import { oauthProblems } from './oauth-problems.ts';

const identityProblems = {
  'identity.email_taken': 409,
  'identity.username_taken': 409,
  'identity.email_invalid': 422,
  'identity.username_invalid': 422,
  'identity.password_length': 422,
  'identity.password_common': 422,
  'identity.password_is_name': 422,
  'identity.registration_closed': 403,
  'identity.setup_finished': 404,
  'identity.wrong_setup_token': 403,
  'identity.invalid_grant': 400,
  'identity.invalid_scope': 400,
  'identity.unsupported_grant_type': 400,
  'identity.invalid_token': 401,
  'identity.inactive': 400,
} as const satisfies Record<IdentityErrorCode, number>;

/** What an access token is refused for, wherever one is wanted. */
export const AUTHENTICATION_PROBLEMS = [
  'identity.invalid_token',
  'identity.inactive',
] as const satisfies readonly IdentityErrorCode[];

const ACCOUNT_PROBLEMS = [
  'identity.email_taken',
  'identity.username_taken',
  'identity.email_invalid',
  'identity.username_invalid',
  'identity.password_length',
  'identity.password_common',
  'identity.password_is_name',
] as const;

export interface IdentityUseCases {
  readonly register: RegisterUser;
  readonly setUp: SetUpAdministrator;
  readonly readOwnProfile: ReadOwnProfile;
  readonly provider: IdentityProvider;
}

const endpoint = endpointsThrowing<IdentityErrorCode>();

/** Only the person itself and administrators may see an account, so it is found at `/users/me`. */
const createdUser = (user: UserView) => ({
  status: 201,
  body: presentUser(user),
  headers: { Location: '/api/v1/users/me' },
});

export function identityApi({ register, setUp, readOwnProfile, provider }: IdentityUseCases): Api {
  return {
    name: 'identity',
    description: 'Accounts, and the tokens that stand for the people who have one.',
    problems: identityProblems,
    endpoints: [
      endpoint({
        name: 'registerUser',
        method: 'POST',
        path: '/auth/register',
        summary: 'Opens an account',
        description:
          'Email and user name are unique, whatever their case. The password has at least 8 characters (a setting) and at most 128, of any kind; it is not one of the most used, and neither the email nor the user name.',
        body: Registration,
        returns: { 201: User },
        problems: [...ACCOUNT_PROBLEMS, 'identity.registration_closed'],
        cache: 'no-store',
        async handle({ body: { full_name: fullName, ...account } }) {
          return createdUser(await register.execute({ ...account, fullName }));
        },
      }),
      endpoint({
        name: 'setUpAdministrator',
        method: 'POST',
        path: '/auth/setup',
        summary: 'Makes the first administrator',
        description:
          'With the token that the server prints when it starts without an administrator. Works once.',
        body: AdministratorSetup,
        returns: { 201: User },
        problems: [...ACCOUNT_PROBLEMS, 'identity.setup_finished', 'identity.wrong_setup_token'],
        cache: 'no-store',
        async handle({ body: { full_name: fullName, ...account } }) {
          return createdUser(await setUp.execute({ ...account, fullName }));
        },
      }),
      endpoint({
        name: 'issueTokens',
        method: 'POST',
        path: '/auth/token',
        summary: 'Signs in, or renews a sign-in',
        description:
          'RFC 6749, sections 4.3 and 6. The refresh token works once: every answer brings its successor. Errors have the form of RFC 6749, with the members of a problem beside it.',
        body: TokenRequest,
        bodyType: 'form',
        returns: { 200: Tokens },
        problems: ['identity.invalid_grant', 'identity.invalid_scope', 'identity.unsupported_grant_type'],
        problemFormat: oauthProblems,
        cache: 'no-store',
        async handle({ body, address }) {
          return ok(presentTokens(await provider.grant(grantRequestOf(body, address))));
        },
      }),
      endpoint({
        name: 'readOwnProfile',
        method: 'GET',
        path: '/users/me',
        summary: 'Shows your account',
        scope: 'profile',
        returns: { 200: User },
        problems: [],
        cache: 'private',
        async handle({ principal }) {
          const user = await readOwnProfile.execute(principal);
          return ok(presentUser(user), user.version);
        },
      }),
    ],
  };
}
