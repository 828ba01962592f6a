import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import type { User } from '../../src/modules/identity/domain/user.ts';
import type { Settings } from '../../src/platform/configuration/settings.ts';
import type { StorageName } from './application.ts';
import { type Answer, PASSWORD, type TestServer, testServer } from './client.ts';
import { CHANGED, RESET, RecordingMailer, tokenOf, VERIFY } from './recording-mailer.ts';
import { TestClock } from './test-clock.ts';

export const addressOf = (username: string) => `${username}@example.org`;

/** A running server whose mails and clock are the test's. */
export class MailingServer {
  readonly server: TestServer;
  readonly mailer: RecordingMailer;
  readonly clock: TestClock;
  private settlings = 0;

  private constructor(server: TestServer, mailer: RecordingMailer, clock: TestClock) {
    this.server = server;
    this.mailer = mailer;
    this.clock = clock;
  }

  static async start(storage: StorageName, change: Partial<Settings> = {}): Promise<MailingServer> {
    const [mailer, clock] = [new RecordingMailer(), new TestClock()];
    const overrides = [override(tokens.mailer, mailer), override(tokens.clock, clock)];
    return new MailingServer(await testServer(storage, change, overrides), mailer, clock);
  }

  post(path: string, body?: unknown, token?: string): Promise<Answer> {
    return this.server.request('POST', path, { body, token });
  }

  /** The token of the mail that a registration sends. */
  async verificationToken(username: string, count = 1): Promise<string> {
    return tokenOf(await this.mailer.mail(addressOf(username), VERIFY, count));
  }

  /** Asks for the mail that sets another password, and takes its token. */
  async resetToken(username: string, count = 1): Promise<string> {
    await this.post('/auth/forgot-password', { email: addressOf(username) });
    return tokenOf(await this.mailer.mail(addressOf(username), RESET, count));
  }

  notice(username: string, count = 1): Promise<unknown> {
    return this.mailer.mail(addressOf(username), CHANGED, count);
  }

  async canSignIn(username: string, password = PASSWORD): Promise<boolean> {
    const form = { grant_type: 'password', username, password };
    return (await this.server.request('POST', '/auth/token', { form })).status === 200;
  }

  change(username: string, fields: Partial<User>): Promise<void> {
    return this.server.application.get(tokens.identityStorage).work.run(async ({ users }) => {
      Object.assign((await users.byUsername(username)) ?? {}, fields);
    });
  }

  /** What was asked for before has been done: what was asked for after it is, twice in a row. */
  async settle(): Promise<void> {
    for (let time = 0; time < 2; time += 1) {
      this.settlings += 1;
      await this.server.signUp(`settled-${this.settlings}`);
      await this.verificationToken(`settled-${this.settlings}`);
    }
  }

  stop(): Promise<void> {
    return this.server.stop();
  }
}
