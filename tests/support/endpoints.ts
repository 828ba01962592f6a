import type { Application } from '../../src/composition/container.ts';
import { contexts } from '../../src/composition/contexts.ts';
import { SCOPES, type Scope } from '../../src/kernel/principal.ts';
import type { Endpoint } from '../../src/platform/http/endpoint.ts';
import { testApplication } from './application.ts';

export type ScopedEndpoint = Endpoint & { readonly scope: Scope };

export function endpointsOf(application: Application): readonly Endpoint[] {
  return contexts.flatMap(({ api }) => application.get(api).endpoints);
}

/** The declarations of all endpoints, for tables that are made before the tests run. */
export async function declaredEndpoints(): Promise<readonly Endpoint[]> {
  const application = await testApplication();
  const endpoints = endpointsOf(application);
  await application.close();
  return endpoints;
}

/** Those for which somebody has to be signed in. */
export async function authenticatedEndpoints(): Promise<readonly Endpoint[]> {
  return (await declaredEndpoints()).filter(({ scope }) => scope !== undefined);
}

/** Those of them that want a scope of their own. */
export function hasScope(endpoint: Endpoint): endpoint is ScopedEndpoint {
  return endpoint.scope !== undefined && endpoint.scope !== 'any';
}

export const UNKNOWN_ID = '019ab0f4-7c1e-7d3a-8a51-0e6f3c9d2b47';

/** Where clients ask for the endpoint, with this id, which nothing has unless it is given, for each parameter. */
export function pathOf({ path, atRoot }: Endpoint, id = UNKNOWN_ID): string {
  return (atRoot ? `/${path}` : path).replace(/:\w+/g, id);
}

/** Some scope of every member's that is not this one. */
export function otherScope(scope: Scope): Scope {
  const other = SCOPES.find(candidate => candidate !== scope && !candidate.includes('admin'));
  if (!other) throw new Error('There is only one scope.');
  return other;
}
