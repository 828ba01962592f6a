import { readdir, readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import PostalMime from 'postal-mime';
import { describe, expect, test, vi } from 'vitest';
import { freePort } from '../support/postgres.ts';
import { CHANGED, NEW_SIGN_IN, RESET, tokenOf, VERIFY } from '../support/recording-mailer.ts';
import { ownStorage, type ServerProcess, startServer } from '../support/server-process.ts';
import { type ReceivedMail, startSmtpServer } from '../support/smtp-server.ts';

const NEW_PASSWORD = 'another battery staple';
const TRIES = { timeout: 60_000 };

const verify = (server: ServerProcess, { text = '' }: { readonly text?: string | undefined }) =>
  server.request('POST', '/auth/verify-email', { body: { token: tokenOf({ text }) } });

/** The first attempt to send has failed, and that has been kept: later writes of the same process are. */
async function sendingHasFailed(server: ServerProcess): Promise<void> {
  await server.prints(/A job has failed and will be tried again/);
  expect((await server.signIn('alice')).status).toBe(200);
}

describe.each([
  ['with a password', 'p@ss:word/1'],
  ['without one', ''],
])('an SMTP server %s', (_, password) => {
  test('gets the mails that verify an address, set another password, tell of it and of a new sign-in', async () => {
    const smtp = await startSmtpServer({ password });
    const server = await startServer({
      ...(await ownStorage('sqlite')),
      SMTP_URL: smtp.url,
      MAIL_FROM: 'The team <team@example.org>',
    });
    await server.register('alice');
    const verification = await smtp.mail(VERIFY);
    expect(verification).toMatchObject({
      recipients: ['alice@example.org'],
      to: [{ address: 'alice@example.org' }],
      from: { address: 'team@example.org', name: 'The team' },
      html: expect.stringContaining(tokenOf({ text: verification.text ?? '' })),
    });
    expect((await verify(server, verification)).status).toBe(204);

    await server.request('POST', '/auth/forgot-password', { body: { email: 'alice@example.org' } });
    const { text = '' } = await smtp.mail(RESET);
    const body = { token: tokenOf({ text }), password: NEW_PASSWORD };
    expect((await server.request('POST', '/auth/reset-password', { body })).status).toBe(204);
    expect((await smtp.mail(CHANGED)).recipients).toEqual(['alice@example.org']);
    expect((await server.signIn('alice', NEW_PASSWORD)).status).toBe(200);

    const login = { username: 'alice', password: NEW_PASSWORD, device_name: 'Phone of Zoë' };
    expect((await server.request('POST', '/auth/login', { body: login })).status).toBe(204);
    const told = await smtp.mail(NEW_SIGN_IN);
    expect(told).toMatchObject({ recipients: ['alice@example.org'] });
    for (const content of [told.text, told.html]) expect(content).toContain('Phone of Zoë');
  });
});

describe.each(['sqlite', 'postgresql'] as const)('a mail that could not be sent, on %s,', storage => {
  const link = async (mail: ReceivedMail, server: ServerProcess) => {
    expect(mail.recipients).toEqual(['alice@example.org']);
    expect((await verify(server, mail)).status).toBe(204);
  };

  test('is sent when the SMTP server is back', TRIES, async () => {
    const port = await freePort();
    const environment = { ...(await ownStorage(storage)), SMTP_URL: `smtp://127.0.0.1:${port}` };
    const server = await startServer(environment);
    await server.register('alice');
    await sendingHasFailed(server);
    const smtp = await startSmtpServer({ port });
    await link(await smtp.mail(VERIFY), server);
  });

  test('is sent by the next process when this one is killed', TRIES, async () => {
    const port = await freePort();
    const environment = { ...(await ownStorage(storage)), SMTP_URL: `smtp://127.0.0.1:${port}` };
    const killed = await startServer(environment);
    await killed.register('alice');
    await sendingHasFailed(killed);
    killed.signal('SIGKILL');
    expect(await killed.ended()).toEqual({ code: null, signal: 'SIGKILL' });
    const smtp = await startSmtpServer({ port });
    const next = await startServer(environment);
    await link(await smtp.mail(VERIFY), next);
  });
});

test('without an SMTP server mails are files that nobody else can read', async () => {
  const environment = await ownStorage('sqlite');
  const server = await startServer(environment);
  await server.register('alice');
  const directory = join(environment.DATA_DIR ?? '', 'mail');
  const { path, mail } = await vi.waitFor(
    async () => {
      const [name = '', ...others] = await readdir(directory);
      expect(name).toMatch(/\.eml$/);
      expect(others).toEqual([]);
      const path = join(directory, name);
      const mail = await PostalMime.parse(await readFile(path));
      expect(mail.text).toBeTruthy();
      return { path, mail };
    },
    { timeout: 5000, interval: 50 },
  );
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await stat(directory)).mode & 0o777).toBe(0o700);
  expect(mail).toMatchObject({
    subject: 'Verify your email address',
    to: [{ address: 'alice@example.org' }],
  });
  expect((await verify(server, mail)).status).toBe(204);
});

test('a server stops in time while an SMTP server keeps it waiting', async () => {
  const silent = createServer(() => undefined);
  await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve));
  const connected = new Promise(resolve => silent.once('connection', resolve));
  const { port } = silent.address() as { port: number };
  const server = await startServer({
    ...(await ownStorage('sqlite')),
    SMTP_URL: `smtp://127.0.0.1:${port}`,
    STOP_TIMEOUT: '300',
  });
  await server.register('alice');
  await connected;
  const asked = performance.now();
  server.signal('SIGTERM');
  expect(await server.ended()).toEqual({ code: 0, signal: null });
  expect(performance.now() - asked).toBeLessThan(4000);
  silent.close();
});
