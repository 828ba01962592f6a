import type { Override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { StorageUnavailable } from '../../src/kernel/errors.ts';
import type { Scope } from '../../src/kernel/principal.ts';
import type { Settings } from '../../src/platform/configuration/settings.ts';
import { type TestServer, testServer } from './client.ts';
import { otherScope } from './endpoints.ts';
import { storageFailing } from './failing-storage.ts';
import { openAccount } from './sign-in.ts';
import { signedIn } from './token-requests.ts';

/** Servers in all the conditions that answers depend on, and people. */
export class World {
  readonly server: TestServer;
  readonly closed: TestServer;
  readonly broken: TestServer;
  readonly unavailable: TestServer;
  /** It takes one request a minute from each address. */
  readonly limited: TestServer;
  readonly alice: string;
  readonly bob: string;
  /** An administrator. */
  readonly root: string;
  private readonly others: TestServer[] = [];
  private lastGuest = 0;

  private constructor(
    servers: readonly TestServer[],
    { alice, bob, root }: Readonly<Record<'alice' | 'bob' | 'root', string>>,
  ) {
    [this.server, this.closed, this.broken, this.unavailable, this.limited] = servers as [
      TestServer,
      TestServer,
      TestServer,
      TestServer,
      TestServer,
    ];
    this.alice = alice;
    this.bob = bob;
    this.root = root;
  }

  static async create(): Promise<World> {
    const servers = await Promise.all([
      testServer('memory', { bodyLimit: 65_536, importLimit: 262_144 }),
      testServer('memory', { registration: 'closed' }),
      testServer('memory', {}, storageFailing(new Error('broken'))),
      testServer('memory', {}, storageFailing(new StorageUnavailable())),
      testServer('memory', { rateLimit: 'on', rateLimitRequests: 1, rateLimitExempt: '', trustedProxies: 1 }),
    ]);
    const [server] = servers;
    const { token: alice } = await server.signUp('alice');
    const { token: bob } = await server.signUp('bob');
    await openAccount(server.application, 'root', 'admin');
    const { access_token: root } = await signedIn(server, 'root');
    return new World(servers, { alice, bob, root });
  }

  /** A server where nothing has happened yet. */
  async fresh(change: Partial<Settings> = {}, overrides: readonly Override[] = []): Promise<TestServer> {
    const server = await testServer('memory', { bodyLimit: 65_536, ...change }, overrides);
    this.others.push(server);
    return server;
  }

  /** The headers of somebody who has asked for too much already. */
  async exhausted(): Promise<Readonly<Record<string, string>>> {
    this.lastGuest += 1;
    const headers = { 'x-forwarded-for': `192.0.2.${this.lastGuest % 250}` };
    await this.limited.request('GET', '/posts', { headers });
    return headers;
  }

  async tokenWithout(scope: Scope): Promise<string> {
    return (await signedIn(this.server, 'alice', { scope: otherScope(scope) })).access_token;
  }

  async deactivatedToken(): Promise<string> {
    const { id, token } = await this.server.signUp(`gone-${crypto.randomUUID().slice(0, 8)}`);
    await this.server.application.get(tokens.identityStorage).work.run(async ({ users }) => {
      const user = await users.get(id);
      if (user) user.isActive = false;
    });
    return token;
  }

  async stop(): Promise<void> {
    const { server, closed, broken, unavailable, limited, others } = this;
    await Promise.all([server, closed, broken, unavailable, limited, ...others].map(each => each.stop()));
  }
}
