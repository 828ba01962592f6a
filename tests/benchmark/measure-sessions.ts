import { Agent, request } from 'node:http';
import { createContainer } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { Session } from '../../src/modules/identity/domain/session.ts';
import { loadSettings } from '../../src/platform/configuration/load-settings.ts';
import type { Pinning } from './pinning.ts';
import { residentMebibytes } from './process-figures.ts';
import { cyclic, OTHERS } from './sample-data.ts';
import { startService } from './service.ts';
import type { Place } from './storage-place.ts';

/** Rows written in one transaction. */
const BATCH = 1000;

const CONNECTIONS = 32;

/** Tokens name who issued them, whatever port the service gets. */
const ISSUER = 'http://atrium.test';

/**
 * How many MiB the service holds more after a request of each of so many live sessions, each with a token of its own, than
 * after as many requests of one; undefined where memory cannot be told.
 */
export async function measureSessions(
  anywhere: Place,
  sessions: number,
  pinning: Pinning,
): Promise<number | undefined> {
  const place = { ...anywhere, settings: { ...anywhere.settings, PUBLIC_URL: ISSUER } };
  const accessTokens = await liveSessions(place, sessions);
  const memoryAfter = async (sent: (index: number) => string) => {
    const service = await startService(place, pinning);
    try {
      await ask(service.origin, sessions, sent);
      return residentMebibytes(service.pid);
    } finally {
      await service.stop();
    }
  };
  const one = await memoryAfter(() => accessTokens[0] as string);
  const each = await memoryAfter(index => accessTokens[index] as string);
  return one === undefined || each === undefined ? undefined : each - one;
}

/** Makes the sessions, and an access token of each. */
async function liveSessions({ settings }: Place, amount: number): Promise<readonly string[]> {
  const application = await createContainer({ ...loadSettings(settings), logLevel: 'warn' });
  try {
    const { work } = application.get(tokens.identityStorage);
    const issuer = application.get(tokens.accessTokens);
    const [ids, refreshTokens] = [application.get(tokens.ids), application.get(tokens.refreshTokens)];
    const [lifetimes, clock] = [application.get(tokens.sessionLifetimes), application.get(tokens.clock)];
    const people = await work.run(async ({ users }) => {
      const found = [];
      for (const name of OTHERS) found.push(await users.byUsername(name));
      return found;
    });
    const made: Session[] = [];
    while (made.length < amount) {
      const batch = Array.from({ length: Math.min(BATCH, amount - made.length) }, (_, index) => {
        const { familyHash, hash: refreshTokenHash } = refreshTokens.first();
        const userId = cyclic(people, index)?.id ?? '';
        const device = { name: null, address: '192.0.2.1' };
        const beginning = { userId, scopes: ['profile'] as const, device, familyHash, refreshTokenHash };
        return new Session(ids.next(), beginning, lifetimes, clock.now());
      });
      await work.run(async repositories => {
        for (const session of batch) await repositories.sessions.add(session);
      });
      made.push(...batch);
    }
    const issued = [];
    for (const { id: sessionId, userId, scopes } of made)
      issued.push((await issuer.issue({ userId, sessionId, scopes })).token);
    return issued;
  } finally {
    await application.close();
  }
}

/** Sends so many requests, a few at once. */
async function ask(origin: string, amount: number, tokenFor: (index: number) => string): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  let next = 0;
  const worker = async () => {
    while (next < amount) {
      const token = tokenFor(next);
      next += 1;
      await get(`${origin}/api/v1/users/me`, token, agent);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  agent.destroy();
}

function get(url: string, token: string, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent, headers: { authorization: `Bearer ${token}` } }, response => {
      response.resume();
      response.once('end', () =>
        response.statusCode === 200
          ? resolve()
          : reject(new Error(`users/me was answered with ${response.statusCode}.`)),
      );
    });
    sent.once('error', reject);
    sent.end();
  });
}
