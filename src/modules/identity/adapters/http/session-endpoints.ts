import Type from 'typebox';
import type { Principal } from '../../../../kernel/principal.ts';
import { type Endpoint, noContent } from '../../../../platform/http/endpoint.ts';
import { listQuery, pageOf, pageReply, toListQuery } from '../../../../platform/http/list-endpoint.ts';
import { IdParams, nullable, Timestamp, Uuid } from '../../../../platform/http/schemas.ts';
import { timestamp } from '../../../../platform/http/timestamp.ts';
import type { EndOtherSessions } from '../../application/end-other-sessions.ts';
import type { EndSession } from '../../application/end-session.ts';
import type { ListSessions } from '../../application/list-sessions.ts';
import { SESSION_LIST, type SessionView } from '../../application/ports.ts';
import { endpoint } from './identity-problems.ts';

export interface SessionUseCases {
  readonly list: ListSessions;
  readonly end: EndSession;
  readonly endOthers: EndOtherSessions;
}

const Session = Type.Object(
  {
    id: Uuid,
    device_name: nullable(Type.String({ examples: ['Laptop'] })),
    address: nullable(
      Type.String({ description: 'The network address that signed in', examples: ['192.0.2.7'] }),
    ),
    created_at: Timestamp,
    last_used_at: Timestamp,
    current: Type.Boolean({ description: 'Whether it is the one that asks' }),
  },
  { title: 'Session', additionalProperties: false },
);

const presentSessionTo = (by: Principal) => (session: SessionView) => ({
  id: session.id,
  device_name: session.deviceName,
  address: session.address,
  created_at: timestamp(session.createdAt),
  last_used_at: timestamp(session.lastUsedAt),
  current: session.id === by.sessionId,
});

export function sessionEndpoints({ list, end, endOthers }: SessionUseCases): readonly Endpoint[] {
  return [
    endpoint({
      name: 'listSessions',
      method: 'GET',
      path: '/auth/sessions',
      summary: 'Lists where you are signed in',
      scope: 'profile',
      query: listQuery(SESSION_LIST, {}),
      returns: { 200: pageOf(Session, 'PageOfSessions') },
      problems: ['identity.personal_token_refused'],
      cache: 'private',
      async handle({ query, url, principal }) {
        const asked = toListQuery(SESSION_LIST, query);
        return pageReply(await list.execute(asked, principal), presentSessionTo(principal), asked, url);
      },
    }),
    endpoint({
      name: 'endSession',
      method: 'DELETE',
      path: '/auth/sessions/:id',
      summary: 'Signs you out on one device',
      description:
        'At once, everywhere. Another session than the present one wants a sign-in of the last 10 minutes. With `users:admin` it can be anybody’s.',
      scope: 'profile',
      params: IdParams,
      returns: { 204: null },
      problems: ['identity.session_not_found', 'identity.sign_in_too_old', 'identity.personal_token_refused'],
      cache: 'no-store',
      async handle({ params, principal }) {
        await end.execute(params.id, principal);
        return noContent();
      },
    }),
    endpoint({
      name: 'endOtherSessions',
      method: 'DELETE',
      path: '/auth/sessions',
      summary: 'Signs you out everywhere else',
      description: 'Wants a sign-in of the last 10 minutes.',
      scope: 'profile',
      returns: { 204: null },
      problems: ['identity.sign_in_too_old', 'identity.personal_token_refused'],
      cache: 'no-store',
      async handle({ principal }) {
        await endOthers.execute(principal);
        return noContent();
      },
    }),
  ];
}
