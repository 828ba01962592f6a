import type { SchemaStep } from '../../../../platform/mikro-orm/schema-step.ts';
import { accessTokensStep } from './schema/access-tokens.ts';
import { activePeopleStep } from './schema/active-people.ts';
import { auditLogStep } from './schema/audit-log.ts';
import { deletedUsersStep } from './schema/deleted-users.ts';
import { identityStep } from './schema/identity.ts';
import { invitationsStep } from './schema/invitations.ts';
import { issuedTokensStep } from './schema/issued-tokens.ts';
import { knownDevicesStep } from './schema/known-devices.ts';
import { mailTokensStep } from './schema/mail-tokens.ts';
import { peopleSearchStep } from './schema/people-search.ts';
import { providerStep } from './schema/provider.ts';
import { rolesStep } from './schema/roles.ts';
import { sessionFamiliesStep } from './schema/session-families.ts';
import { socketTicketsStep } from './schema/socket-tickets.ts';

/** In the order of their time stamps. */
export const identitySteps: readonly SchemaStep[] = [
  identityStep,
  sessionFamiliesStep,
  mailTokensStep,
  accessTokensStep,
  auditLogStep,
  rolesStep,
  knownDevicesStep,
  invitationsStep,
  deletedUsersStep,
  peopleSearchStep,
  issuedTokensStep,
  activePeopleStep,
  providerStep,
  socketTicketsStep,
];
