import { type Endpoint, noContent } from '../../../../platform/http/endpoint.ts';
import { listQuery, pageOf, pageReply, toListQuery } from '../../../../platform/http/list-endpoint.ts';
import { IdParams } from '../../../../platform/http/schemas.ts';
import type { EndOtherSessions } from '../../application/end-other-sessions.ts';
import type { EndSession } from '../../application/end-session.ts';
import type { ListSessions } from '../../application/list-sessions.ts';
import { SESSION_LIST } from '../../application/ports.ts';
import { endpoint } from './identity-problems.ts';
import { presentSessionTo, Session } from './session-representation.ts';

export interface SessionUseCases {
  readonly list: ListSessions;
  readonly end: EndSession;
  readonly endOthers: EndOtherSessions;
}

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
