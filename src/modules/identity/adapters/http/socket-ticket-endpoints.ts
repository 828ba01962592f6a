import Type from 'typebox';
import { created, type Endpoint } from '../../../../platform/http/endpoint.ts';
import type { IssueSocketTicket } from '../../application/issue-socket-ticket.ts';
import { endpoint } from './identity-problems.ts';
import type { SessionCookies } from './session-cookies.ts';
import { nothingShown, shownToken } from './shown-token.ts';

const SocketTicket = Type.Object(
  {
    ticket: Type.String({ description: 'Shown this once', examples: ['att_Yq3k0c2mJr6b…'] }),
    expires_in: Type.Integer({ minimum: 1, description: 'Seconds', examples: [30] }),
  },
  { title: 'SocketTicket', additionalProperties: false },
);

export function socketTicketEndpoints(
  issue: IssueSocketTicket,
  cookies: SessionCookies,
): readonly Endpoint[] {
  return [
    endpoint({
      name: 'createSocketTicket',
      method: 'POST',
      path: '/chat/tickets',
      summary: 'Makes a ticket that opens one WebSocket',
      description:
        'For clients that can send neither a header nor a cookie with it: add it to the address that `Location` names, as `?ticket=`. It works once, within 30 seconds, and opens what the access token allows with which it was asked for. A person has 20 at most; the oldest goes for one more.',
      scope: 'chat',
      returns: { 201: SocketTicket },
      problems: [],
      cache: 'no-store',
      async handle({ headers, principal }) {
        const shown = shownToken(headers, cookies);
        if (!shown) throw nothingShown();
        const { ticket, expiresIn } = await issue.execute(shown.token, principal);
        return created('/chat/ws', { ticket, expires_in: expiresIn });
      },
    }),
  ];
}
