import Type from 'typebox';
import { nullable, Timestamp, Uuid } from '../../../../platform/http/schemas.ts';
import { timestamp } from '../../../../platform/http/timestamp.ts';
import type { UserView } from '../../application/ports.ts';
import { MAX_PASSWORD } from '../../domain/password-policy.ts';
import { ROLE_NAME_PATTERN } from '../../domain/role.ts';
import { FULL_NAME, USERNAME_PATTERN } from '../../domain/user.ts';

export const email = Type.String({ maxLength: 254, examples: ['alice@example.org'] });
const username = Type.String({ pattern: USERNAME_PATTERN, examples: ['alice'] });
const fullName = Type.String({
  minLength: FULL_NAME.min,
  maxLength: FULL_NAME.max,
  examples: ['Alice Arden'],
});
export const password = Type.String({ maxLength: MAX_PASSWORD * 4, examples: ['correct horse battery'] });

export const Registration = Type.Object(
  {
    email,
    password,
    username: Type.Optional(username),
    full_name: Type.Optional(fullName),
    invitation: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        description: 'The token of an invitation that was mailed to this address',
        examples: ['mA0iWcZyrEt-v5kq3bCzh0TfGz3cX8dQy1p9b2LrT6c'],
      }),
    ),
  },
  { title: 'Registration', additionalProperties: false },
);

export const AdministratorSetup = Type.Object(
  {
    token: Type.String({
      maxLength: 200,
      description: 'What the server printed when it started',
      examples: ['seZ1qQ_KyIwfQlCbuhnneysac-0B4rh0'],
    }),
    email,
    password,
    username: Type.Optional(username),
    full_name: Type.Optional(fullName),
  },
  { title: 'AdministratorSetup', additionalProperties: false },
);

export const currentPassword = Type.String({
  maxLength: MAX_PASSWORD * 4,
  description: 'Wanted unless you signed in within the last 10 minutes',
  examples: ['correct horse battery'],
});

export const ProfilePatch = Type.Object(
  {
    email: Type.Optional(email),
    username: Type.Optional(nullable(username)),
    full_name: Type.Optional(nullable(fullName)),
    current_password: Type.Optional(currentPassword),
  },
  { title: 'ProfilePatch', additionalProperties: false },
);

export const PasswordChange = Type.Object(
  { current_password: password, new_password: password },
  { title: 'PasswordChange', additionalProperties: false },
);

export const RoleName = Type.String({ pattern: ROLE_NAME_PATTERN, examples: ['member'] });

export const UserPatch = Type.Object(
  { role: Type.Optional(RoleName), is_active: Type.Optional(Type.Boolean()) },
  { title: 'UserPatch', additionalProperties: false },
);

export const User = Type.Object(
  {
    id: Uuid,
    email: Type.String({ examples: ['alice@example.org'] }),
    username: nullable(username),
    full_name: nullable(fullName),
    role: Type.String({ examples: ['member'] }),
    is_active: Type.Boolean(),
    is_verified: Type.Boolean(),
    created_at: Timestamp,
    updated_at: Timestamp,
  },
  { title: 'User', additionalProperties: false },
);

export const presentUser = (user: UserView) => ({
  id: user.id,
  email: user.email,
  username: user.username,
  full_name: user.fullName,
  role: user.role,
  is_active: user.isActive,
  is_verified: user.isVerified,
  created_at: timestamp(user.createdAt),
  updated_at: timestamp(user.updatedAt),
});
