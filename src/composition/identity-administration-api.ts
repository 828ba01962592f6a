import type { ContainerModuleLoadOptions } from 'inversify';
import { auditEndpoints } from '../modules/identity/adapters/http/audit-endpoints.ts';
import { invitationEndpoints } from '../modules/identity/adapters/http/invitation-endpoints.ts';
import { roleEndpoints } from '../modules/identity/adapters/http/role-endpoints.ts';
import { userEndpoints } from '../modules/identity/adapters/http/user-endpoints.ts';
import { ChangeUser } from '../modules/identity/application/change-user.ts';
import { CreateRole } from '../modules/identity/application/create-role.ts';
import { DeleteRole } from '../modules/identity/application/delete-role.ts';
import { InvitePerson } from '../modules/identity/application/invite-person.ts';
import { ListInvitations } from '../modules/identity/application/list-invitations.ts';
import { ReadAuditLog } from '../modules/identity/application/read-audit-log.ts';
import { ReadRoles } from '../modules/identity/application/read-roles.ts';
import { ReadUsers } from '../modules/identity/application/read-users.ts';
import { ReplaceRole } from '../modules/identity/application/replace-role.ts';
import { WithdrawInvitation } from '../modules/identity/application/withdraw-invitation.ts';
import type { Endpoint } from '../platform/http/endpoint.ts';
import { bind, type Token, token } from './token.ts';
import { tokens } from './tokens.ts';

const endpoints = {
  user: token<readonly Endpoint[]>('UserEndpoints'),
  invitation: token<readonly Endpoint[]>('InvitationEndpoints'),
  role: token<readonly Endpoint[]>('RoleEndpoints'),
  audit: token<readonly Endpoint[]>('AuditEndpoints'),
};

export const administrationEndpoints: readonly Token<readonly Endpoint[]>[] = Object.values(endpoints);

export function bindIdentityAdministration(options: ContainerModuleLoadOptions): void {
  bind(
    options,
    endpoints.user,
    ({ identityProvider, oidcIssuer }, { work, users }, clock) => {
      const rolesAt = identityProvider === 'keycloak' ? oidcIssuer : undefined;
      return userEndpoints({ read: new ReadUsers(users), change: new ChangeUser(work, { rolesAt }, clock) });
    },
    [tokens.settings, tokens.identityStorage, tokens.clock],
  );
  bind(
    options,
    endpoints.invitation,
    ({ registration, invitationTtl: lifetime }, { work, invitations }, ids, clock) =>
      invitationEndpoints({
        list: new ListInvitations(invitations, clock),
        invite: new InvitePerson(work, { registration, lifetime }, ids, clock),
        withdraw: new WithdrawInvitation(work, clock),
      }),
    [tokens.settings, tokens.identityStorage, tokens.ids, tokens.clock],
  );
  bind(
    options,
    endpoints.role,
    ({ work, roles }, clock) =>
      roleEndpoints({
        read: new ReadRoles(roles),
        create: new CreateRole(work, clock),
        replace: new ReplaceRole(work, clock),
        remove: new DeleteRole(work, clock),
      }),
    [tokens.identityStorage, tokens.clock],
  );
  bind(options, endpoints.audit, ({ audit }) => auditEndpoints(new ReadAuditLog(audit)), [
    tokens.identityStorage,
  ]);
}
