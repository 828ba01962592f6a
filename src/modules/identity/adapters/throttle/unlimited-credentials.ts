import type { CredentialThrottle } from '../../application/credential-throttle.ts';

/** `RATE_LIMIT=off`: for tests, and refused in production. */
export class UnlimitedCredentials implements CredentialThrottle {
  async admit(): Promise<void> {}

  async succeeded(): Promise<void> {}
}
