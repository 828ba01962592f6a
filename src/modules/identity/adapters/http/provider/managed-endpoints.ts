import type { Endpoint } from '../../../../../platform/http/endpoint.ts';
import type { IdentityErrorCode } from '../../../domain/errors.ts';
import { ManagedByProvider } from '../../../domain/provider-errors.ts';

const PROBLEMS: readonly IdentityErrorCode[] = ['identity.managed_by_keycloak'];

/** The same endpoint where another server does what it is for: it says where. */
export function managedElsewhere(
  { name, method, path, atRoot, summary, params, problemFormat }: Endpoint,
  address: string,
): Endpoint {
  return {
    name,
    method,
    path,
    ...(atRoot && { atRoot }),
    summary,
    description: `Accounts are kept by the identity provider, so this is done there: ${address}`,
    params,
    ...(problemFormat && { problemFormat }),
    returns: {},
    problems: PROBLEMS,
    cache: 'no-store',
    async handle() {
      throw new ManagedByProvider(address);
    },
  };
}
