export type { AccessWatch, IdentityProvider, Revocation } from './application/ports.ts';
export type { RoleName } from './domain/role.ts';
