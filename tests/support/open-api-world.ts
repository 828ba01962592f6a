import { tokens } from '../../src/composition/tokens.ts';
import { StorageUnavailable } from '../../src/kernel/errors.ts';
import type { Scope } from '../../src/kernel/principal.ts';
import { PASSWORD, type TestServer, testServer } from './client.ts';
import { otherScope } from './endpoints.ts';
import { storageFailing } from './failing-storage.ts';

/** Servers in all the conditions that answers depend on, and people. */
export class World {
  readonly server: TestServer;
  readonly closed: TestServer;
  readonly broken: TestServer;
  readonly unavailable: TestServer;
  readonly alice: string;
  readonly bob: string;
  private readonly others: TestServer[] = [];

  private constructor(servers: readonly TestServer[], alice: string, bob: string) {
    [this.server, this.closed, this.broken, this.unavailable] = servers as [
      TestServer,
      TestServer,
      TestServer,
      TestServer,
    ];
    this.alice = alice;
    this.bob = bob;
  }

  static async create(): Promise<World> {
    const servers = await Promise.all([
      testServer('memory', { bodyLimit: 65_536 }),
      testServer('memory', { registration: 'closed' }),
      testServer('memory', {}, storageFailing(new Error('broken'))),
      testServer('memory', {}, storageFailing(new StorageUnavailable())),
    ]);
    const [alice, bob] = [await servers[0].signUp('alice'), await servers[0].signUp('bob')];
    return new World(servers, alice.token, bob.token);
  }

  /** A server where nothing has happened yet. */
  async fresh(): Promise<TestServer> {
    const server = await testServer('memory', { bodyLimit: 65_536 });
    this.others.push(server);
    return server;
  }

  async tokenWithout(scope: Scope): Promise<string> {
    const form = { grant_type: 'password', username: 'alice', password: PASSWORD, scope: otherScope(scope) };
    return (await this.server.request('POST', '/auth/token', { form })).body.access_token;
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
    const { server, closed, broken, unavailable, others } = this;
    await Promise.all([server, closed, broken, unavailable, ...others].map(each => each.stop()));
  }
}
