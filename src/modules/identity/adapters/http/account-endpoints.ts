import { type Endpoint, noContent, ok } from '../../../../platform/http/endpoint.ts';
import type { ChangeOwnPassword } from '../../application/change-own-password.ts';
import type { ChangeOwnProfile } from '../../application/change-own-profile.ts';
import type { UserView } from '../../application/ports.ts';
import type { ReadOwnProfile } from '../../application/read-own-profile.ts';
import type { RegisterUser } from '../../application/register-user.ts';
import type { SetUpAdministrator } from '../../application/set-up-administrator.ts';
import { endpoint } from './identity-problems.ts';
import {
  AdministratorSetup,
  PasswordChange,
  ProfilePatch,
  presentUser,
  Registration,
  User,
} from './identity-representation.ts';

const ACCOUNT_PROBLEMS = [
  'identity.email_taken',
  'identity.username_taken',
  'identity.email_invalid',
  'identity.username_invalid',
  'identity.password_length',
  'identity.password_common',
  'identity.password_is_name',
] as const;

export interface AccountUseCases {
  readonly register: RegisterUser;
  readonly setUp: SetUpAdministrator;
  readonly readOwnProfile: ReadOwnProfile;
  readonly changeOwnProfile: ChangeOwnProfile;
  readonly changeOwnPassword: ChangeOwnPassword;
}

/** Only the person itself and administrators may see an account, so it is found at `/users/me`. */
const createdUser = (user: UserView) => ({
  status: 201,
  body: presentUser(user),
  headers: { Location: '/api/v1/users/me' },
});

export function accountEndpoints(useCases: AccountUseCases): readonly Endpoint[] {
  const { register, setUp, readOwnProfile, changeOwnProfile, changeOwnPassword } = useCases;
  return [
    endpoint({
      name: 'registerUser',
      method: 'POST',
      path: '/auth/register',
      sensitive: true,
      summary: 'Opens an account',
      description:
        'Only while registration is open, or with an invitation; never where it is closed. An invitation brings its role, and its address is verified at once. Email and user name are unique, whatever their case. The password has at least 8 characters (a setting) and at most 128, of any kind; it is not one of the most used, and neither the email nor the user name.',
      body: Registration,
      returns: { 201: User },
      problems: [...ACCOUNT_PROBLEMS, 'identity.registration_closed', 'identity.invalid_invitation'],
      cache: 'no-store',
      async handle({ body: { full_name: fullName, ...account }, address }) {
        return createdUser(await register.execute({ ...account, fullName, address }));
      },
    }),
    endpoint({
      name: 'setUpAdministrator',
      method: 'POST',
      path: '/auth/setup',
      sensitive: true,
      summary: 'Makes the first administrator',
      description:
        'With the token that the server prints when it starts without an administrator. Works once.',
      body: AdministratorSetup,
      returns: { 201: User },
      problems: [...ACCOUNT_PROBLEMS, 'identity.setup_finished', 'identity.wrong_setup_token'],
      cache: 'no-store',
      async handle({ body: { full_name: fullName, ...account }, address }) {
        return createdUser(await setUp.execute({ ...account, fullName, address }));
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
    endpoint({
      name: 'changeOwnProfile',
      method: 'PATCH',
      path: '/users/me',
      summary: 'Changes your account',
      description:
        'A JSON merge patch (RFC 7396). Another email wants the current password or a sign-in of the last 10 minutes, and has to be verified anew.',
      scope: 'profile',
      body: ProfilePatch,
      returns: { 200: User },
      problems: [
        'identity.email_taken',
        'identity.username_taken',
        'identity.email_invalid',
        'identity.username_invalid',
        'identity.wrong_password',
        'identity.sign_in_too_old',
        'identity.too_many_attempts',
        'identity.personal_token_refused',
      ],
      cache: 'private',
      async handle({ body, expectedVersion, principal }) {
        const { full_name: fullName, current_password: currentPassword, ...names } = body;
        const command = { change: { ...names, fullName }, currentPassword, expectedVersion };
        return ok(presentUser(await changeOwnProfile.execute(command, principal)));
      },
    }),
    endpoint({
      name: 'changeOwnPassword',
      method: 'PUT',
      path: '/users/me/password',
      summary: 'Changes your password',
      description: 'Signs you out everywhere, here too.',
      scope: 'profile',
      body: PasswordChange,
      returns: { 204: null },
      problems: [
        'identity.wrong_password',
        'identity.too_many_attempts',
        'identity.personal_token_refused',
        'identity.password_length',
        'identity.password_common',
        'identity.password_is_name',
      ],
      cache: 'no-store',
      async handle({ body: { current_password: currentPassword, new_password: newPassword }, principal }) {
        await changeOwnPassword.execute({ currentPassword, newPassword }, principal);
        return noContent();
      },
    }),
  ];
}
