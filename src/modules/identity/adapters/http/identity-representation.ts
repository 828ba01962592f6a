import Type from 'typebox';
import { nullable, Timestamp, Uuid } from '../../../../platform/http/schemas.ts';
import { timestamp } from '../../../../platform/http/timestamp.ts';
import type { TokenSet, UserView } from '../../application/ports.ts';
import { MAX_PASSWORD } from '../../domain/password-policy.ts';
import { FULL_NAME, USERNAME_PATTERN } from '../../domain/user.ts';

const email = Type.String({ maxLength: 254, examples: ['alice@example.org'] });
const username = Type.String({ pattern: USERNAME_PATTERN, examples: ['alice'] });
const fullName = Type.String({
  minLength: FULL_NAME.min,
  maxLength: FULL_NAME.max,
  examples: ['Alice Arden'],
});
const password = Type.String({ maxLength: MAX_PASSWORD * 4, examples: ['correct horse battery'] });

export const Registration = Type.Object(
  { email, password, username: Type.Optional(username), full_name: Type.Optional(fullName) },
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

const optionalText = (maxLength: number, description: string) =>
  Type.Optional(Type.String({ minLength: 1, maxLength, description }));

/** Parameters that it does not know are ignored, as RFC 6749, section 3.2, wants. */
export const TokenRequest = Type.Object(
  {
    grant_type: Type.String({
      maxLength: 100,
      description: '`password` or `refresh_token`',
      examples: ['password'],
    }),
    username: optionalText(254, 'Email or user name, for `password`'),
    password: optionalText(MAX_PASSWORD * 4, 'For `password`'),
    device_name: optionalText(100, 'What to call the session in the list of sessions, for `password`'),
    refresh_token: optionalText(200, 'For `refresh_token`'),
    scope: Type.Optional(
      Type.String({ maxLength: 1000, description: 'Parted by blanks; left out: all that the role allows' }),
    ),
  },
  { title: 'TokenRequest' },
);

export const Tokens = Type.Object(
  {
    access_token: Type.String({ examples: ['v4.public.eyJzdWIiOiIwMWEy…'] }),
    token_type: Type.Literal('bearer'),
    expires_in: Type.Integer({ description: 'Seconds', examples: [900] }),
    refresh_token: Type.String({ examples: ['itz8fmg3mPRsQJ5YA1-Bgg9CeHMpOczpBIr8YL2t2Ew'] }),
    scope: Type.String({ examples: ['profile posts:write todos'] }),
  },
  { title: 'Tokens', additionalProperties: false },
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

export const presentTokens = (tokens: TokenSet) => ({
  access_token: tokens.accessToken,
  token_type: 'bearer',
  expires_in: tokens.expiresIn,
  refresh_token: tokens.refreshToken,
  scope: tokens.scopes.join(' '),
});
