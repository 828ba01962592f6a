import { type Override, override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { type Principal, SCOPES, type Verified } from '../../src/kernel/principal.ts';
import type { BackgroundService } from '../../src/platform/background-service.ts';
import { UNKNOWN_ID } from './endpoints.ts';

/** Everybody who comes with any token, has just signed in, and may do everything. */
const anybody: Principal = {
  userId: UNKNOWN_ID,
  sessionId: UNKNOWN_ID,
  roles: ['admin'],
  scopes: new Set(SCOPES),
  isPerson: true,
  address: null,
  signedInAt: new Date(),
};

const verified: Verified = { principal: anybody, expiresAt: Number.POSITIVE_INFINITY };

/** Something of which every method, at any depth, rejects with this error. */
function failing(error: Error): object {
  return new Proxy(() => undefined, {
    get: (_, name) => (name === 'then' || typeof name === 'symbol' ? undefined : failing(error)),
    apply: () => Promise.reject(error),
  });
}

/** Does nothing, and so needs no storage to start. */
const idle: BackgroundService = { start: async () => undefined, stop: async () => undefined };

/** Every context's storage, those of later ones too, fails with this error; tokens are taken unread. */
export function storageFailing(error: Error): Override[] {
  const provider = new Proxy(failing(error), {
    get: (target, name, receiver) =>
      name === 'verify' ? async () => verified : Reflect.get(target, name, receiver),
  });
  const storages = Object.entries(tokens).filter(([name]) => /.Storage$/.test(name));
  return [
    ...storages.map(([, token]) => ({ token: token as Override['token'], value: failing(error) })),
    { token: tokens.identityProvider as Override['token'], value: provider },
    override(tokens.revocationWatch, idle),
  ];
}
