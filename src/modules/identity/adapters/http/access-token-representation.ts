import Type from 'typebox';
import { nullable, Timestamp, Uuid } from '../../../../platform/http/schemas.ts';
import { timestamp } from '../../../../platform/http/timestamp.ts';
import type { AccessTokenView } from '../../application/ports.ts';
import { currentPassword } from './identity-representation.ts';

const name = Type.String({ minLength: 1, maxLength: 100, examples: ['Backup script'] });
const scope = Type.String({
  maxLength: 1000,
  description: 'Parted by blanks; left out: all that the role allows',
  examples: ['todos posts:write'],
});

export const NewAccessToken = Type.Object(
  {
    name,
    scope: Type.Optional(scope),
    expires_at: Type.Optional(nullable(Timestamp)),
    current_password: Type.Optional(currentPassword),
  },
  { title: 'NewAccessToken', additionalProperties: false },
);

const shown = { id: Uuid, name, scope, created_at: Timestamp, expires_at: nullable(Timestamp) };

export const AccessToken = Type.Object(shown, { title: 'AccessToken', additionalProperties: false });

export const CreatedAccessToken = Type.Object(
  { ...shown, token: Type.String({ description: 'Shown this once', examples: ['atp_Yq3k0c2mJr6b…'] }) },
  { title: 'CreatedAccessToken', additionalProperties: false },
);

export const presentAccessToken = (token: AccessTokenView) => ({
  id: token.id,
  name: token.name,
  scope: token.scope,
  created_at: timestamp(token.createdAt),
  expires_at: token.expiresAt && timestamp(token.expiresAt),
});
