import Type from 'typebox';
import { Uuid } from '../../../../platform/http/schemas.ts';
import type { TokenInformation } from '../../application/introspect-token.ts';
import type { TokenSet } from '../../application/ports.ts';
import { MAX_PASSWORD } from '../../domain/password-policy.ts';

const ACCESS_TOKEN = 'v4.public.eyJzdWIiOiIwMWEy…';
const REFRESH_TOKEN = 'atr_UuCcH6KcOYgXqfvqq9V2…';

/** Longer than any token of ours. */
const MAX_TOKEN = 4096;

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
    refresh_token: optionalText(MAX_TOKEN, 'For `refresh_token`'),
    scope: Type.Optional(
      Type.String({ maxLength: 1000, description: 'Parted by blanks; left out: all that the role allows' }),
    ),
  },
  { title: 'TokenRequest' },
);

export const Tokens = Type.Object(
  {
    access_token: Type.String({ examples: [ACCESS_TOKEN] }),
    token_type: Type.Literal('bearer'),
    expires_in: Type.Integer({ description: 'Seconds', examples: [900] }),
    refresh_token: Type.String({ examples: [REFRESH_TOKEN] }),
    scope: Type.String({ examples: ['profile posts:write todos'] }),
  },
  { title: 'Tokens', additionalProperties: false },
);

export const presentTokens = (tokens: TokenSet) => ({
  access_token: tokens.accessToken,
  token_type: 'bearer',
  expires_in: tokens.expiresIn,
  refresh_token: tokens.refreshToken,
  scope: tokens.scopes.join(' '),
});

/** The hint is not needed: the kinds of token look different. */
export const TokenInQuestion = Type.Object(
  {
    token: Type.String({ minLength: 1, maxLength: MAX_TOKEN, examples: [REFRESH_TOKEN] }),
    token_type_hint: optionalText(100, '`access_token` or `refresh_token`'),
  },
  { title: 'TokenInQuestion' },
);

const UnixTime = Type.Integer({ description: 'Seconds since 1970', examples: [1795443031] });

export const Introspection = Type.Object(
  {
    active: Type.Boolean(),
    scope: Type.Optional(Type.String({ examples: ['profile todos'] })),
    username: Type.Optional(Type.String({ examples: ['alice'] })),
    token_type: Type.Optional(
      Type.String({ description: '`bearer` or `refresh_token`', examples: ['bearer'] }),
    ),
    exp: Type.Optional(UnixTime),
    iat: Type.Optional(UnixTime),
    sub: Type.Optional(Uuid),
    sid: Type.Optional(Uuid),
    iss: Type.Optional(Type.String({ examples: ['https://atrium.example.org'] })),
  },
  { title: 'Introspection', additionalProperties: false },
);

const unixTime = (time: Date) => Math.floor(time.getTime() / 1000);

/** RFC 7662, section 2.2: of an inactive token, nothing else is said. */
export const presentIntrospection = (token: TokenInformation | undefined) =>
  token === undefined
    ? { active: false }
    : {
        active: true,
        scope: token.scopes.join(' '),
        username: token.username,
        token_type: token.type === 'refresh' ? 'refresh_token' : 'bearer',
        ...(token.expiresAt && { exp: unixTime(token.expiresAt) }),
        iat: unixTime(token.issuedAt),
        sub: token.userId,
        ...(token.sessionId !== null && { sid: token.sessionId }),
        iss: token.issuer,
      };
