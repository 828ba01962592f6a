import type { Application } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import type { AccessRevoked } from '../../src/modules/identity/application/events.ts';
import type { LoggedRevocation } from '../../src/modules/identity/application/ports.ts';

/** The events of revocations from now on. */
export function revocationEvents(application: Application): AccessRevoked[] {
  const events: AccessRevoked[] = [];
  application
    .get(tokens.events)
    .subscribe<AccessRevoked>('identity.access_revoked', event => events.push(event));
  return events;
}

export function revocationsAfter(
  application: Application,
  sequence: number,
): Promise<readonly LoggedRevocation[]> {
  return application.get(tokens.identityStorage).revocations.after(sequence);
}
