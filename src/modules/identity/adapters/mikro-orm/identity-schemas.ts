import { EntitySchema } from '@mikro-orm/core';
import { AccessToken } from '../../domain/access-token.ts';
import { AuditEntry } from '../../domain/audit-entry.ts';
import { Invitation } from '../../domain/invitation.ts';
import { IssuedToken } from '../../domain/issued-token.ts';
import { MailToken } from '../../domain/mail-token.ts';
import { ProviderAccount } from '../../domain/provider-account.ts';
import { ProviderLogout } from '../../domain/provider-logout.ts';
import { ProviderSession } from '../../domain/provider-session.ts';
import { Role } from '../../domain/role.ts';
import { Session } from '../../domain/session.ts';
import { Setup } from '../../domain/setup.ts';
import { SigningKey } from '../../domain/signing-key.ts';
import { SocketTicket } from '../../domain/socket-ticket.ts';
import { User } from '../../domain/user.ts';

/** Made anew for every property: the ORM writes the property's name into it. */
const version = () => ({ type: 'integer', version: true }) as const;
const time = () => ({ type: 'Date' }) as const;

export const UserSchema = new EntitySchema<User>({
  class: User,
  tableName: 'users',
  properties: {
    id: { type: 'uuid', primary: true },
    email: { type: 'text' },
    emailKey: { type: 'text' },
    username: { type: 'text', nullable: true },
    fullName: { type: 'text', nullable: true },
    displayName: { type: 'text' },
    role: { type: 'text' },
    passwordHash: { type: 'text' },
    passwordChangedAt: time(),
    isActive: { type: 'boolean' },
    isVerified: { type: 'boolean' },
    searchText: { type: 'text', getter: true, hydrate: false },
    createdAt: time(),
    updatedAt: time(),
    deletedAt: { type: 'Date', nullable: true },
    version: version(),
  },
});

export const RoleSchema = new EntitySchema<Role>({
  class: Role,
  tableName: 'roles',
  properties: {
    id: { type: 'text', primary: true },
    scope: { type: 'text', nullable: true },
    createdAt: time(),
    updatedAt: time(),
    version: version(),
  },
});

export const SessionSchema = new EntitySchema<Session>({
  class: Session,
  tableName: 'sessions',
  properties: {
    id: { type: 'uuid', primary: true },
    userId: { type: 'uuid' },
    scopes: { type: 'json' },
    familyHash: { type: 'text' },
    refreshTokenHash: { type: 'text' },
    usedTokenHash: { type: 'text', nullable: true },
    sealedSuccessor: { type: 'text', nullable: true },
    deviceName: { type: 'text', nullable: true },
    address: { type: 'text', nullable: true },
    network: { type: 'text', nullable: true },
    isAnnounced: { type: 'boolean' },
    createdAt: time(),
    lastUsedAt: time(),
    expiresAt: time(),
    version: version(),
  },
});

export const MailTokenSchema = new EntitySchema<MailToken>({
  class: MailToken,
  tableName: 'mail_tokens',
  properties: {
    id: { type: 'text', primary: true },
    userId: { type: 'uuid' },
    purpose: { type: 'text' },
    email: { type: 'text' },
    createdAt: time(),
    expiresAt: time(),
    version: version(),
  },
});

export const InvitationSchema = new EntitySchema<Invitation>({
  class: Invitation,
  tableName: 'invitations',
  properties: {
    id: { type: 'uuid', primary: true },
    email: { type: 'text' },
    emailKey: { type: 'text' },
    role: { type: 'text' },
    invitedBy: { type: 'uuid' },
    tokenHash: { type: 'text', nullable: true },
    createdAt: time(),
    expiresAt: time(),
    version: version(),
  },
});

export const AccessTokenSchema = new EntitySchema<AccessToken>({
  class: AccessToken,
  tableName: 'access_tokens',
  properties: {
    id: { type: 'uuid', primary: true },
    userId: { type: 'uuid' },
    name: { type: 'text' },
    hash: { type: 'text' },
    scope: { type: 'text' },
    createdAt: time(),
    expiresAt: { type: 'Date', nullable: true },
    version: version(),
  },
});

export const IssuedTokenSchema = new EntitySchema<IssuedToken>({
  class: IssuedToken,
  tableName: 'issued_tokens',
  properties: {
    id: { type: 'text', primary: true },
    userId: { type: 'uuid' },
    sessionId: { type: 'uuid' },
    scope: { type: 'text' },
    issuedAt: time(),
    expiresAt: time(),
    version: version(),
  },
});

export const SocketTicketSchema = new EntitySchema<SocketTicket>({
  class: SocketTicket,
  tableName: 'socket_tickets',
  properties: {
    id: { type: 'text', primary: true },
    userId: { type: 'uuid' },
    sealedToken: { type: 'text' },
    createdAt: time(),
    expiresAt: time(),
    version: version(),
  },
});

export const AuditEntrySchema = new EntitySchema<AuditEntry>({
  class: AuditEntry,
  tableName: 'audit_log',
  properties: {
    id: { type: 'uuid', primary: true },
    action: { type: 'text' },
    outcome: { type: 'text' },
    actorId: { type: 'uuid', nullable: true },
    subjectId: { type: 'uuid', nullable: true },
    address: { type: 'text', nullable: true },
    details: { type: 'text' },
    createdAt: time(),
    version: version(),
  },
});

export const SetupSchema = new EntitySchema<Setup>({
  class: Setup,
  tableName: 'setups',
  properties: {
    id: { type: 'text', primary: true },
    userId: { type: 'uuid' },
    createdAt: time(),
    version: version(),
  },
});

export const SigningKeySchema = new EntitySchema<SigningKey>({
  class: SigningKey,
  tableName: 'signing_keys',
  properties: {
    id: { type: 'text', primary: true },
    publicKey: { type: 'text' },
    encryptedSecretKey: { type: 'text' },
    createdAt: time(),
    version: version(),
  },
});

export const ProviderAccountSchema = new EntitySchema<ProviderAccount>({
  class: ProviderAccount,
  tableName: 'provider_accounts',
  properties: {
    id: { type: 'text', primary: true },
    userId: { type: 'uuid' },
    seen: { type: 'text' },
    createdAt: time(),
    version: version(),
  },
});

export const ProviderSessionSchema = new EntitySchema<ProviderSession>({
  class: ProviderSession,
  tableName: 'provider_sessions',
  properties: {
    id: { type: 'uuid', primary: true },
    providerId: { type: 'text', nullable: true },
    sealedTokens: { type: 'text' },
    accessExpiresAt: time(),
    version: version(),
  },
});

export const ProviderLogoutSchema = new EntitySchema<ProviderLogout>({
  class: ProviderLogout,
  tableName: 'provider_logouts',
  properties: {
    id: { type: 'text', primary: true },
    providerSessionId: { type: 'text', nullable: true },
    subject: { type: 'text', nullable: true },
    loggedOutAt: time(),
    version: version(),
  },
});
