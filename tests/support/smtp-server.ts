import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer } from 'smtp-server';
import { onTestFinished, vi } from 'vitest';

/** Milliseconds until a mail that should have come has failed the test: enough for a few retries. */
const PATIENCE = 15_000;

export interface ReceivedMail extends Email {
  /** Who the SMTP server was told to deliver it to. */
  readonly recipients: readonly string[];
}

export interface TestSmtpServer {
  /** For SMTP_URL. */
  readonly url: string;
  /** Waits for a mail with this subject. */
  mail(subject: RegExp): Promise<ReceivedMail>;
}

/** An SMTP server of the running test; with `password`, for the user `atrium` who shows it only. */
export async function startSmtpServer({ password = '', port = 0 } = {}): Promise<TestSmtpServer> {
  const mails: ReceivedMail[] = [];
  const server = new SMTPServer({
    authOptional: !password,
    allowInsecureAuth: true,
    disabledCommands: password ? ['STARTTLS'] : ['STARTTLS', 'AUTH'],
    onAuth: (auth, _session, done) =>
      auth.username === 'atrium' && auth.password === password
        ? done(null, { user: auth.username })
        : done(new Error('Wrong password')),
    onData: (stream, { envelope }, done) => {
      const read = async () => {
        const mail = await PostalMime.parse(await buffer(stream));
        mails.push({ ...mail, recipients: envelope.rcptTo.map(({ address }) => address) });
      };
      read().then(() => done(), done);
    },
  });
  await new Promise<void>(resolve => void server.listen(port, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>(resolve => server.close(() => resolve())));
  const login = password ? `atrium:${encodeURIComponent(password)}@` : '';
  return {
    url: `smtp://${login}127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    mail: subject =>
      vi.waitFor(
        () => {
          const found = mails.find(mail => subject.test(mail.subject ?? ''));
          if (!found) throw new Error(`There is no mail like ${subject} among ${mails.length}.`);
          return found;
        },
        { timeout: PATIENCE, interval: 50 },
      ),
  };
}
