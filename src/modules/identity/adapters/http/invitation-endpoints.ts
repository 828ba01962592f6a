import Type from 'typebox';
import { created, type Endpoint, noContent } from '../../../../platform/http/endpoint.ts';
import { listQuery, pageOf, pageReply, toListQuery } from '../../../../platform/http/list-endpoint.ts';
import { IdParams, Timestamp, Uuid } from '../../../../platform/http/schemas.ts';
import { timestamp } from '../../../../platform/http/timestamp.ts';
import type { InvitePerson } from '../../application/invite-person.ts';
import type { ListInvitations } from '../../application/list-invitations.ts';
import { INVITATION_LIST, type InvitationView } from '../../application/ports.ts';
import type { WithdrawInvitation } from '../../application/withdraw-invitation.ts';
import { endpoint } from './identity-problems.ts';
import { email, RoleName } from './identity-representation.ts';

export interface InvitationUseCases {
  readonly list: ListInvitations;
  readonly invite: InvitePerson;
  readonly withdraw: WithdrawInvitation;
}

const NewInvitation = Type.Object(
  { email, role: RoleName },
  { title: 'NewInvitation', additionalProperties: false },
);

const Invitation = Type.Object(
  {
    id: Uuid,
    email,
    role: RoleName,
    created_at: Timestamp,
    expires_at: Timestamp,
    invited_by: Uuid,
  },
  { title: 'Invitation', additionalProperties: false },
);

const presentInvitation = (invitation: InvitationView) => ({
  id: invitation.id,
  email: invitation.email,
  role: invitation.role,
  created_at: timestamp(invitation.createdAt),
  expires_at: timestamp(invitation.expiresAt),
  invited_by: invitation.invitedBy,
});

export function invitationEndpoints({ list, invite, withdraw }: InvitationUseCases): readonly Endpoint[] {
  return [
    endpoint({
      name: 'listInvitations',
      method: 'GET',
      path: '/invitations',
      summary: 'Lists the invitations that can still be accepted',
      scope: 'users:admin',
      query: listQuery(INVITATION_LIST, {}),
      returns: { 200: pageOf(Invitation, 'PageOfInvitations') },
      problems: [],
      cache: 'private',
      async handle({ query, url, principal }) {
        const asked = toListQuery(INVITATION_LIST, query);
        return pageReply(await list.execute(asked, principal), presentInvitation, asked, url);
      },
    }),
    endpoint({
      name: 'invitePerson',
      method: 'POST',
      path: '/invitations',
      summary: 'Invites somebody by mail to open an account',
      description:
        'With a role that allows no more than yours. The mail has a link with a token, which is good once, for a week (a setting), and as long as you may give that role; a newer invitation to the same address replaces it. Refused where registration is closed.',
      scope: 'users:admin',
      body: NewInvitation,
      returns: { 201: Invitation },
      problems: [
        'identity.email_taken',
        'identity.email_invalid',
        'identity.role_unknown',
        'identity.role_beyond_own',
        'identity.registration_closed',
      ],
      cache: 'private',
      async handle({ body, principal }) {
        const invitation = await invite.execute(body, principal);
        return created(`/invitations/${invitation.id}`, presentInvitation(invitation));
      },
    }),
    endpoint({
      name: 'withdrawInvitation',
      method: 'DELETE',
      path: '/invitations/:id',
      summary: 'Withdraws an invitation',
      scope: 'users:admin',
      params: IdParams,
      returns: { 204: null },
      problems: ['identity.invitation_not_found', 'identity.role_beyond_own'],
      cache: 'private',
      async handle({ params, principal }) {
        await withdraw.execute(params.id, principal);
        return noContent();
      },
    }),
  ];
}
