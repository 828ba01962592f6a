import type { SchemaStep } from '../../../../platform/mikro-orm/schema-step.ts';
import { accessTokensStep } from './schema/access-tokens.ts';
import { auditLogStep } from './schema/audit-log.ts';
import { identityStep } from './schema/identity.ts';
import { issuedTokensStep } from './schema/issued-tokens.ts';
import { mailTokensStep } from './schema/mail-tokens.ts';
import { sessionFamiliesStep } from './schema/session-families.ts';

/** In the order of their time stamps. */
export const identitySteps: readonly SchemaStep[] = [
  identityStep,
  sessionFamiliesStep,
  mailTokensStep,
  accessTokensStep,
  auditLogStep,
  issuedTokensStep,
];
