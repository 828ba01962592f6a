import { describe, expect, test } from 'vitest';
import { type Environment, startProcess } from '../support/child-process.ts';
import { PASSWORD } from '../support/client.ts';
import { ownStorage, runAtrium, startServer } from '../support/server-process.ts';

const createUser = (environment: Environment, options: readonly string[], password = PASSWORD) =>
  runAtrium(['user', 'create', ...options], environment, `${password}\n`);

/** Nothing on standard output, and one line on standard error that names the cause. */
function expectRefusal(run: Awaited<ReturnType<typeof runAtrium>>, cause: RegExp): void {
  expect(run.stderr).toMatch(/^(atrium|error): .+\n$/);
  expect(run.stderr).toMatch(cause);
  expect(run.stdout).toBe('');
  expect(run.code).toBe(1);
}

describe.each(['sqlite', 'postgresql'] as const)('user create on %s', storage => {
  test('opens an account beside the running server, which lets it in at once', async () => {
    const environment = await ownStorage(storage);
    const server = await startServer(environment);
    const options = ['--email', 'Alice@example.org', '--username', 'alice', '--full-name', 'Alice Arden'];
    const { code, stdout, stderr } = await createUser(environment, options);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Created the member Alice@example\.org \([0-9a-f-]{36}\)\.\n$/);
    const { status, body } = await server.signIn('alice');
    expect(status).toBe(200);
    const profile = await server.request('GET', '/users/me', { token: body.access_token });
    expect(profile.body).toMatchObject({ full_name: 'Alice Arden', role: 'member' });
  });
});

describe('user create', () => {
  test('with --admin makes an administrator, so that nobody can set one up any more', async () => {
    const environment = await ownStorage('sqlite');
    const server = await startServer(environment);
    const [, token = ''] = await server.prints(/set-up token .*:\n +(\S+)$/m);
    const created = await createUser(environment, ['--email', 'root@example.org', '--admin']);
    expect(created.stdout).toMatch(/^Created the admin root@example\.org/);
    const body = { token, email: 'late@example.org', password: PASSWORD };
    expect((await server.request('POST', '/auth/setup', { body })).status).toBe(404);
    const signedIn = await server.signIn('root@example.org');
    const { body: profile } = await server.request('GET', '/users/me', { token: signedIn.body.access_token });
    expect(profile.role).toBe('admin');
  });

  test('works where registration is closed, and through npm', async () => {
    const environment = { ...(await ownStorage('sqlite')), REGISTRATION: 'closed' };
    const command = startProcess(
      ['npm', 'run', '--silent', 'atrium', '--', 'user', 'create', '--email', 'alice@example.org'],
      environment,
    );
    command.input(`${PASSWORD}\n`);
    expect((await command.ended()).code).toBe(0);
    expect(command.stdout).toMatch(/^Created the member/);
  });

  test('refuses what people could not register with either, and never shows the password', async () => {
    const environment = await ownStorage('sqlite');
    const options = ['--email', 'alice@example.org', '--username', 'alice'];
    expect((await createUser(environment, options)).code).toBe(0);
    expectRefusal(await createUser(environment, ['--email', 'ALICE@example.org']), /email/i);
    expectRefusal(
      await createUser(environment, ['--email', 'a@example.org', '--username', 'ALICE']),
      /user name/i,
    );
    const bob = ['--email', 'bob@example.org'];
    expectRefusal(await createUser(environment, ['--email', 'nobody']), /email/i);
    const refused = ['s3krt!', 'password1', 'bob@example.org'];
    const runs = await Promise.all(refused.map(password => createUser(environment, bob, password)));
    for (const run of runs) expectRefusal(run, /password/i);
    for (const password of refused) expect(runs.map(({ stderr }) => stderr).join('')).not.toContain(password);
    const [silent, anonymous] = await Promise.all([
      runAtrium(['user', 'create', ...bob], environment),
      runAtrium(['user', 'create'], environment),
    ]);
    expectRefusal(silent, /no password/);
    expectRefusal(anonymous, /--email/);
  });
});

describe.each(['sqlite', 'postgresql'] as const)('migrate on %s', storage => {
  test('applies all steps, takes back the newest, and tells which are applied', async () => {
    const environment = await ownStorage(storage);
    const migrate = async (...direction: string[]) => {
      const { code, stdout, stderr } = await runAtrium(['migrate', ...direction], environment);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      return stdout.trimEnd().split('\n');
    };
    const missing = await migrate('status');
    const names = missing.map(line => line.replace(/^missing {2}/, ''));
    expect(names).toEqual(names.toSorted());
    expect(missing).toEqual(names.map(name => `missing  ${name}`));
    expect(await migrate('up')).toEqual(['Applied:', ...names.map(name => `  ${name}`)]);
    expect(await migrate()).toEqual(['Nothing is missing.']);
    expect(await migrate('down')).toEqual(['Took back:', `  ${names.at(-1)}`]);
    expect(await migrate('status')).toEqual([
      ...names.slice(0, -1).map(name => `applied  ${name}`),
      `missing  ${names.at(-1)}`,
    ]);
    expect(await migrate('up')).toEqual(['Applied:', `  ${names.at(-1)}`]);
  });
});

test('migrate refuses other directions, and a database in memory', async () => {
  const environment = await ownStorage('sqlite');
  expectRefusal(await runAtrium(['migrate', 'sideways'], environment), /up, down or status, not "sideways"/);
  expectRefusal(await runAtrium(['migrate'], { DATABASE_URL: 'memory:' }), /nothing to migrate/);
});

test.each(['openapi', 'asyncapi'])(
  '%s prints the document that the server serves, and needs no database for it',
  async name => {
    const printed = await runAtrium([name], { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing' });
    expect({ code: printed.code, stderr: printed.stderr }).toEqual({ code: 0, stderr: '' });
    const server = await startServer(await ownStorage('sqlite'));
    const { body: served } = await server.request('GET', `//${name}.json`);
    expect(JSON.parse(printed.stdout)).toEqual({ ...served, servers: expect.anything() });
  },
);

test('serve starts the server', async () => {
  const environment = await ownStorage('sqlite');
  const server = await startServer(environment, [process.execPath, 'src/cli.ts', 'serve']);
  expect((await server.request('GET', '//readyz')).status).toBe(200);
});

describe('the command line', () => {
  test('says what it can do', async () => {
    const { code, stdout, stderr } = await runAtrium(['--help'], {});
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const command of ['serve', 'migrate', 'user|users', 'keys', 'openapi', 'asyncapi', 'demo'])
      expect(stdout).toContain(`  ${command} `);
    expect((await runAtrium(['user', 'create', '--help'], {})).stdout).toContain('--email <address>');
  });

  test('refuses commands and options that it does not have', async () => {
    const [destroy, remove, force] = await Promise.all([
      runAtrium(['destroy'], {}),
      runAtrium(['user', 'delete'], {}),
      runAtrium(['migrate', '--force'], {}),
    ]);
    expectRefusal(destroy, /unknown command 'destroy'/);
    expectRefusal(remove, /unknown command 'delete'/);
    expectRefusal(force, /unknown option '--force'/);
  });

  test('refuses wrong settings with one line', async () => {
    expectRefusal(await runAtrium(['migrate'], { PORT: 'eight' }), /PORT is "eight"/);
  });
});
