import Type from 'typebox';
import type { SessionId } from '../../../../kernel/principal.ts';
import { nullable, Timestamp, Uuid } from '../../../../platform/http/schemas.ts';
import { timestamp } from '../../../../platform/http/timestamp.ts';
import type { SessionView } from '../../application/ports.ts';

const shown = {
  id: Uuid,
  device_name: nullable(Type.String({ examples: ['Laptop'] })),
  address: nullable(
    Type.String({ description: 'The network address that signed in', examples: ['192.0.2.7'] }),
  ),
  created_at: Timestamp,
  last_used_at: Timestamp,
};

export const Session = Type.Object(
  { ...shown, current: Type.Boolean({ description: 'Whether it is the one that asks' }) },
  { title: 'Session', additionalProperties: false },
);

/** One that may have ended. */
export const ExportedSession = Type.Object(
  { ...shown, expires_at: Timestamp },
  { title: 'ExportedSession', additionalProperties: false },
);

const present = (session: SessionView) => ({
  id: session.id,
  device_name: session.deviceName,
  address: session.address,
  created_at: timestamp(session.createdAt),
  last_used_at: timestamp(session.lastUsedAt),
});

export const presentSessionTo = (by: { readonly sessionId: SessionId }) => (session: SessionView) => ({
  ...present(session),
  current: session.id === by.sessionId,
});

export const presentExportedSession = (session: SessionView) => ({
  ...present(session),
  expires_at: timestamp(session.expiresAt),
});
