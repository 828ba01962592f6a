export type { IdentityProvider } from './application/ports.ts';
export type { RoleName } from './domain/role.ts';
