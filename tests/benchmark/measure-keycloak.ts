import { AUDIENCE, CLIENT, TestIssuer } from '../support/issuer.ts';
import { bearer, jsonRequest, send, signIn } from './api-client.ts';
import { generateLoad } from './generate-load.ts';
import { median } from './median.ts';
import type { Options, StorageName } from './options.ts';
import type { Pinning } from './pinning.ts';
import { amount, progress } from './progress.ts';
import { account, READER } from './sample-data.ts';
import type { ServerProcess } from './server-process.ts';
import { startService } from './service.ts';
import type { Place, PlaceMaker } from './storage-place.ts';

const CONNECTIONS = 32;

/** Seconds. The issuer's tokens must not end before the measuring does. */
const TOKEN_LIFETIME = 3600;

/**
 * What `users/me` costs with a token of Keycloak's that was verified before, against one of this server's own: two services, by
 * turns. Keycloak itself need not be there; something that signs as it does is.
 */
export async function measureKeycloak(
  storage: StorageName,
  places: PlaceMaker,
  options: Options,
  pinning: Pinning,
): Promise<void> {
  progress.storage(storage);
  await using stack = new AsyncDisposableStack();
  const issuer = await TestIssuer.start();
  stack.defer(() => issuer.stop());
  const start = async (settings: Place['settings']) => {
    const place = await places.make();
    stack.defer(() => place.remove());
    const service = await startService({ ...place, settings: { ...place.settings, ...settings } }, pinning);
    stack.defer(() => service.stop());
    return service;
  };
  const local = await start({});
  await send(local.origin, jsonRequest('/api/v1/auth/register', account(READER)));
  const keycloak = await start({
    IDENTITY_PROVIDER: 'keycloak',
    OIDC_ISSUER: issuer.url,
    OIDC_CLIENT_ID: CLIENT,
    OIDC_AUDIENCE: AUDIENCE,
  });
  const exp = Math.floor(Date.now() / 1000) + TOKEN_LIFETIME;
  const [own = 0, theirs = 0] = await costs(
    [
      { service: local, token: await signIn(local.origin, READER) },
      { service: keycloak, token: await issuer.accessToken({ exp }) },
    ],
    options,
  );
  progress.log(
    `users/me: ${amount(own, 3)} ms of processor time with a token of its own, ${amount(theirs, 3)} ms with Keycloak's (${amount((theirs / own - 1) * 100, 0)} % more; at most 10 %)`,
  );
}

interface Asked {
  readonly service: ServerProcess;
  readonly token: string;
}

/** The medians of the processor time of a request, in milliseconds. */
async function costs(
  asked: readonly Asked[],
  { runs, seconds, warmUpSeconds, requests }: Options,
): Promise<number[]> {
  const all = asked.map((): number[] => []);
  for (let run = 0; run < runs; run += 1)
    for (const [index, { service, token }] of asked.entries()) {
      const { origin, pid } = service;
      const request = { method: 'GET', path: '/api/v1/users/me', headers: bearer(token) } as const;
      const order = { origin, pid, request, connections: CONNECTIONS, seconds, warmUpSeconds, requests };
      const { cpuPerRequest = Number.NaN, errors } = await generateLoad(order);
      if (errors > 0) throw new Error(`${errors} requests went wrong.`);
      all[index]?.push(cpuPerRequest);
    }
  return all.map(each => median(each) ?? Number.NaN);
}
