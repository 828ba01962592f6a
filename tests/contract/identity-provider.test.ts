import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { tokens } from '../../src/composition/tokens.ts';
import { type Identified, SCOPES, type Scope } from '../../src/kernel/principal.ts';
import { CreateRole } from '../../src/modules/identity/application/create-role.ts';
import { EndSession } from '../../src/modules/identity/application/end-session.ts';
import type { IdentityProvider } from '../../src/modules/identity/application/ports.ts';
import { ReplaceRole } from '../../src/modules/identity/application/replace-role.ts';
import { InactiveUser } from '../../src/modules/identity/domain/account-errors.ts';
import { InvalidToken } from '../../src/modules/identity/domain/session-errors.ts';
import { accountChanges } from '../support/accounts.ts';
import { STORAGES, type StorageName } from '../support/application.ts';
import { type TestServer, testServer } from '../support/client.ts';
import { TestIssuer } from '../support/issuer.ts';
import { inBrowser } from '../support/keycloak-browser.ts';
import { keycloakServer } from '../support/keycloak-server.ts';
import { principal } from '../support/people.ts';
import { identify, openAccount, signIn } from '../support/sign-in.ts';

/** Where people come from, as a person uses it and as whoever runs it does. */
interface People {
  readonly server: TestServer;
  /** A token of a new session. Whoever is not known yet becomes so, with this role. */
  signIn(name: string, role?: string): Promise<string>;
  /** By something else than the token. */
  endSessionOf(token: string): Promise<void>;
  endAllSessionsOf(name: string): Promise<void>;
  stop(): Promise<void>;
}

type Start = (storage: StorageName) => Promise<People>;

async function local(storage: StorageName): Promise<People> {
  const server = await testServer(storage);
  const { application } = server;
  const known = new Set<string>();
  const signedIn = async (name: string, role = 'member') => {
    if (!known.has(name)) await openAccount(application, name, role);
    known.add(name);
    return (await signIn(application, name)).accessToken;
  };
  return {
    server,
    signIn: signedIn,
    async endSessionOf(token) {
      const { userId, sessionId } = await identify(application, token);
      const end = new EndSession(application.get(tokens.identityStorage).work, application.get(tokens.clock));
      await end.execute(sessionId, { ...principal(userId), signedInAt: new Date() });
    },
    async endAllSessionsOf(name) {
      const token = await signedIn(name);
      expect((await server.request('DELETE', '/auth/sessions', { token })).status).toBe(204);
    },
    stop: () => server.stop(),
  };
}

interface AtIssuer {
  readonly issuer: TestIssuer;
  readonly server: TestServer;
}

/** What somebody shows who has this access token of Keycloak's. */
type Shown = (accessToken: string, at: AtIssuer) => Promise<string>;

const keycloak =
  (shown: Shown): Start =>
  async storage => {
    const issuer = await TestIssuer.start();
    const server = await keycloakServer(issuer, storage);
    const sessions = new Map<string, { readonly sub: string; readonly sid: string }>();
    const logOut = async (claims: Readonly<Record<string, unknown>>) => {
      const form = { logout_token: await issuer.logoutToken(claims) };
      expect((await server.request('POST', '/auth/oidc/backchannel-logout', { form })).status).toBe(200);
    };
    return {
      server,
      async signIn(name, role = 'member') {
        const session = { sub: `subject of ${name}`, sid: crypto.randomUUID() };
        const names = { preferred_username: name, name, email: `${name}@example.org` };
        const claims = { ...session, ...names, realm_access: { roles: [role] } };
        const token = await shown(await issuer.accessToken(claims), { issuer, server });
        sessions.set(token, session);
        return token;
      },
      endSessionOf: token => logOut({ ...sessions.get(token) }),
      endAllSessionsOf: name => logOut({ sub: `subject of ${name}`, sid: null }),
      async stop() {
        await server.stop();
        await issuer.stop();
      },
    };
  };

const PROVIDERS: readonly (readonly [name: string, start: Start])[] = [
  ['local', local],
  ['keycloak', keycloak(async access => access)],
  ['keycloak, for browsers', keycloak(inBrowser)],
];

const CASES = PROVIDERS.flatMap(([name, start]) => STORAGES.map(storage => [name, storage, start] as const));

describe.each(CASES)('the identity provider %s on %s', (_, storage, start) => {
  let people: People;
  let provider: IdentityProvider;
  beforeAll(async () => {
    people = await start(storage);
    provider = people.server.application.get(tokens.identityProvider);
  });
  afterAll(() => people.stop());

  const get = <T>(name: Parameters<typeof people.server.application.get<T>>[0]) =>
    people.server.application.get(name);
  const tell = (token: string) => identify(people.server.application, token);
  const isRemembered = (token: string) => get(tokens.verifiedTokens).get(token, new Date()) !== undefined;
  const refused = (token: string) => expect(provider.verify(token)).rejects.toBeInstanceOf(InvalidToken);

  /** A token of a new session that need not be looked up again. */
  async function remembered(name: string, role?: string): Promise<{ token: string; who: Identified }> {
    const token = await people.signIn(name, role);
    const who = await vi.waitFor(async () => {
      const told = await tell(token);
      expect(isRemembered(token)).toBe(true);
      return told;
    });
    return { token, who };
  }

  it('tells by a token who shows it, and what it lets them do', async () => {
    const { token, who } = await remembered('alice');
    expect(who).toMatchObject({ roles: ['member'], isPerson: true });
    expect([...who.scopes].sort()).toEqual(SCOPES.filter(scope => !scope.includes('admin')).sort());
    const age = Date.now() - who.signedInAt.getTime();
    expect(age >= 0 && age < 10_000, `${age}`).toBe(true);
    const { body } = await people.server.request('GET', '/users/me', { token });
    expect(body).toMatchObject({ id: who.userId, username: 'alice' });
    const { who: admin } = await remembered('agnes', 'admin');
    expect(admin.roles).toEqual(['admin']);
    expect([...admin.scopes].sort()).toEqual([...SCOPES].sort());
  });

  it('tells until when the token is good', async () => {
    const token = await people.signIn('aaron');
    const { expiresAt } = await provider.verify(token);
    const seconds = (expiresAt - Date.now()) / 1000;
    expect(seconds > 0 && seconds <= 900, `${seconds}`).toBe(true);
    expect((await provider.verify(token)).expiresAt).toBe(expiresAt);
  });

  it('tells people apart, and their sessions, and knows everybody again', async () => {
    const [{ who: first }, { who: second }] = [await remembered('anna'), await remembered('anna')];
    const { who: other } = await remembered('arthur');
    expect(second.userId).toBe(first.userId);
    expect(second.sessionId).not.toBe(first.sessionId);
    expect(other.userId).not.toBe(first.userId);
  });

  it('tells the same again, whether or not it remembers', async () => {
    const { token, who } = await remembered('bob');
    expect(await tell(token)).toEqual(who);
    get(tokens.verifiedTokens).forget({ userId: null, sessionId: null });
    expect(isRemembered(token)).toBe(false);
    expect(await tell(token)).toEqual(who);
  });

  it('refuses what is altered, nonsense or nothing', async () => {
    const token = await people.signIn('carol');
    const middle = Math.floor(token.length / 2);
    const altered = `${token.slice(0, middle)}${token[middle] === 'A' ? 'B' : 'A'}${token.slice(middle + 1)}`;
    for (const bad of [
      altered,
      token.slice(0, -1),
      `${token}x`,
      `x${token}`,
      'nonsense',
      'a.b.c',
      'ats_',
      '',
    ])
      await refused(bad);
    expect(await tell(token)).toMatchObject({ isPerson: true });
  });

  it('refuses at once a token that it remembers when its session ends, and no other', async () => {
    const [ended, kept] = [await remembered('dora'), await remembered('dora')];
    await people.endSessionOf(ended.token);
    await refused(ended.token);
    expect(await tell(kept.token)).toEqual(kept.who);
  });

  it('refuses all tokens of a person whose sessions end, and those of nobody else', async () => {
    const all = [await remembered('emil'), await remembered('emil'), await remembered('emil')];
    const { token: stranger, who } = await remembered('edna');
    await people.endAllSessionsOf('emil');
    for (const { token } of all) await refused(token);
    expect(await tell(stranger)).toEqual(who);
  });

  it('keeps somebody out who is deactivated', async () => {
    const { token, who } = await remembered('frida');
    const { token: stranger } = await remembered('fred');
    const change = { userId: who.userId, change: { isActive: false }, expectedVersion: undefined };
    await accountChanges(people.server.application).user.execute(change, principal(get(tokens.ids).next()));
    await expect(provider.verify(token)).rejects.toBeInstanceOf(InactiveUser);
    expect(await tell(stranger)).toMatchObject({ isPerson: true });
  });

  it('lets a token that it remembers do what its role allows by now', async () => {
    const { work } = get(tokens.identityStorage);
    const clock = get(tokens.clock);
    const by = principal(get(tokens.ids).next());
    await new CreateRole(work, clock).execute({ name: 'editor', scopes: ['posts:write'] }, by);
    const { token, who } = await remembered('gwen', 'editor');
    expect([...who.scopes]).toEqual(['posts:write']);
    const become = async (...scopes: Scope[]) => {
      const command = { name: 'editor', scopes, expectedVersion: undefined };
      await new ReplaceRole(work, clock).execute(command, by);
      return [...(await tell(token)).scopes];
    };
    expect(await become()).toEqual([]);
    expect(await become('posts:write')).toEqual(['posts:write']);
  });

  it('ends the session of a token that is given back, once and no other', async () => {
    const [ended, kept] = [await remembered('hans'), await remembered('hans')];
    await provider.revoke(ended.token);
    await refused(ended.token);
    await provider.revoke(ended.token);
    await refused(ended.token);
    expect(await tell(kept.token)).toEqual(kept.who);
  });

  it('changes nothing where nonsense is given back', async () => {
    const { token, who } = await remembered('ida');
    for (const nonsense of ['nonsense', 'a.b.c', 'ats_nonsense', 'atr_nonsense', `${token}x`])
      expect(await provider.revoke(nonsense)).toBeUndefined();
    expect(await tell(token)).toEqual(who);
  });
});
