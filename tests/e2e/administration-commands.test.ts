import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { type Environment, within } from '../support/child-process.ts';
import { PASSWORD } from '../support/client.ts';
import { keyIdOf } from '../support/forge.ts';
import type { RemoteServer } from '../support/remote-server.ts';
import { launchServer, ownStorage, runAtrium, startServer } from '../support/server-process.ts';

const NEW_PASSWORD = 'another horse battery';

/** Milliseconds within which every process knows that a session has ended. */
const KNOWN_WITHIN = 1000;

type Run = Awaited<ReturnType<typeof runAtrium>>;

/** Nothing on standard output, and one line on standard error that names the cause. */
function expectRefusal(run: Run, cause: RegExp): void {
  expect(run.stderr).toMatch(/^(atrium|error): .+\n$/);
  expect(run.stderr).toMatch(cause);
  expect(run.stdout).toBe('');
  expect(run.code).toBe(1);
}

function outputOf({ code, stdout, stderr }: Run): string {
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

const resetPassword = (email: string, environment: Environment, password = NEW_PASSWORD) =>
  runAtrium(['user', 'reset-password', '--email', email], environment, `${password}\n`);
const sessionsOf = (email: string, environment: Environment) =>
  runAtrium(['user', 'sessions', '--email', email], environment);
const profileOf = (server: RemoteServer, token: string) => server.request('GET', '/users/me', { token });

/** Asks until the token is refused, and answers that. */
async function refusalOf(server: RemoteServer, token: string) {
  for (;;) {
    const answer = await profileOf(server, token);
    if (answer.status !== 200) return answer;
    await sleep(20);
  }
}

describe.each(['sqlite', 'postgresql'] as const)('beside a running server on %s', storage => {
  test('keys rotate leaves tokens good, and the server publishes both keys', async () => {
    const environment = await ownStorage(storage);
    const server = await startServer(environment);
    const keys = async () => {
      const { body } = await server.request('GET', '//.well-known/paserks.json');
      return body.keys.map(({ kid }: { kid: string }) => kid);
    };
    const token = await server.signUp('alice');
    const old = keyIdOf(token);
    expect(await keys()).toEqual([old]);
    const printed = outputOf(await runAtrium(['keys', 'rotate'], environment));
    const [, fresh] = /^New access tokens are signed with the key (\S+) from now on\.\n$/.exec(printed) ?? [];
    expect(await keys()).toEqual([fresh, old]);
    expect((await profileOf(server, token)).status).toBe(200);
    const other = await startServer(environment);
    const { body } = await other.signIn('alice');
    expect(keyIdOf(body.access_token)).toBe(fresh);
    for (const each of [server, other])
      for (const good of [token, body.access_token]) expect((await profileOf(each, good)).status).toBe(200);
  });

  test('user reset-password lets in with the new one only, and ends sessions within a second', async () => {
    const environment = await ownStorage(storage);
    const server = await startServer(environment);
    const token = await server.signUp('alice');
    const bob = await server.signUp('bob');
    expect((await profileOf(server, token)).status).toBe(200);
    const printed = outputOf(await resetPassword('Alice@example.org', environment));
    const refusal = await within(KNOWN_WITHIN, refusalOf(server, token), () => 'the refusal of the token');
    expect(refusal).toMatchObject({ status: 401, body: { code: 'identity.invalid_token' } });
    expect(printed).toBe('alice@example.org has another password, and is signed out everywhere.\n');
    expect((await server.signIn('alice')).body.error).toBe('invalid_grant');
    expect((await server.signIn('alice', NEW_PASSWORD)).status).toBe(200);
    expect((await profileOf(server, bob)).status).toBe(200);
  });

  test('user sessions lists where somebody is signed in at present, the rest not', async () => {
    const environment = await ownStorage(storage);
    const server = await startServer(environment);
    await server.register('alice');
    expect(outputOf(await sessionsOf('alice@example.org', environment))).toBe(
      'alice@example.org is signed in nowhere.\n',
    );
    const form = { grant_type: 'password', username: 'alice', password: PASSWORD, device_name: 'Phone' };
    const phone = await server.request('POST', '/auth/token', { form });
    const laptop = await server.signIn('alice');
    await server.signUp('bob');
    const lines = outputOf(await sessionsOf('ALICE@example.org', environment))
      .trimEnd()
      .split('\n');
    expect(lines).toHaveLength(2);
    const shown = /^[0-9a-f-]{36} {2}(.+) {2}127\.0\.0\.1 {2}since 20\S+Z, used 20\S+Z$/;
    expect(lines.map(line => shown.exec(line)?.[1]).sort()).toEqual(['Phone', '–']);
    const own = { token: laptop.body.access_token };
    const { body } = await server.request('GET', '/auth/sessions', own);
    for (const { id } of body.results) expect(lines.join('\n')).toContain(id);
    await server.request('POST', '/auth/revoke', { form: { token: phone.body.refresh_token } });
    const left = outputOf(await sessionsOf('alice@example.org', environment));
    expect(left.trimEnd().split('\n')).toHaveLength(1);
    expect(left).not.toContain('Phone');
  });
});

describe('user reset-password', () => {
  test('refuses an email that nobody has, and passwords that are too weak, and never shows them', async () => {
    const environment = await ownStorage('sqlite');
    const account = ['user', 'create', '--email', 'alice@example.org'];
    outputOf(await runAtrium(account, environment, `${PASSWORD}\n`));
    expectRefusal(await resetPassword('nobody@example.org', environment), /no such account/);
    const weak = ['s3krt!', 'password1', 'alice@example.org'];
    const runs = await Promise.all(weak.map(each => resetPassword('alice@example.org', environment, each)));
    for (const run of runs) expectRefusal(run, /password/i);
    for (const password of weak) expect(runs.map(({ stderr }) => stderr).join('')).not.toContain(password);
    const args = ['user', 'reset-password'];
    expectRefusal(await runAtrium([...args, '--email', 'alice@example.org'], environment), /no password/);
    expectRefusal(await runAtrium(args, environment, `${NEW_PASSWORD}\n`), /--email/);
    const server = await startServer(environment);
    expect((await server.signIn('alice@example.org')).status).toBe(200);
  });
});

test('user sessions refuses an email that nobody has', async () => {
  expectRefusal(await sessionsOf('nobody@example.org', await ownStorage('sqlite')), /no such account/);
});

test('keys rotate refuses a secret key that the servers do not have, and they go on', async () => {
  const environment = await ownStorage('postgresql');
  const server = await startServer(environment);
  const token = await server.signUp('alice');
  const other = { ...environment, SECRET_KEY: 'a secret key that no server has, of 48 characters' };
  expectRefusal(await runAtrium(['keys', 'rotate'], other), /secret key is not the one/);
  expect((await server.signIn('alice')).status).toBe(200);
  expect((await profileOf(server, token)).status).toBe(200);
});

test('keys rotate works before anybody signed in', async () => {
  const environment = await ownStorage('sqlite');
  for (let count = 0; count < 2; count++)
    expect(outputOf(await runAtrium(['keys', 'rotate'], environment))).toMatch(/^New access tokens .+\n$/);
  const server = await startServer(environment);
  const { body } = await server.request('GET', '//.well-known/paserks.json');
  expect(body.keys).toHaveLength(2);
});

describe('RATE_LIMIT=off', () => {
  test('is refused in production, by the server and by commands, with one line', async () => {
    const environment = { ...(await ownStorage('sqlite')), RATE_LIMIT: 'off', NODE_ENV: 'production' };
    const server = launchServer(environment);
    const { code } = await server.ended();
    expect(code).toBe(1);
    expect(server.stderr).toMatch(/^.*RATE_LIMIT.+production.*\n$/);
    expect(server.stdout).toBe('');
    expectRefusal(await runAtrium(['keys', 'rotate'], environment), /RATE_LIMIT is "off"/);
  });

  test('is accepted elsewhere, and looks at every guess; without it five are looked at', async () => {
    const storage = await ownStorage('sqlite');
    for (const [setting, status] of [
      ['off', 400],
      ['on', 429],
    ] as const) {
      const server = await startServer({ ...storage, RATE_LIMIT: setting });
      await server.register('alice');
      for (let count = 0; count < 5; count++)
        expect((await server.signIn('alice', 'wrong')).status).toBe(400);
      expect((await server.signIn('alice', 'wrong')).status).toBe(status);
      server.signal('SIGTERM');
      await server.ended();
    }
  });
});
