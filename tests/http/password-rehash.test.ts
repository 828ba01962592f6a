import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { ServerBusy } from '../../src/kernel/errors.ts';
import { Argon2PasswordHasher } from '../../src/modules/identity/adapters/argon2/argon2-password-hasher.ts';
import type { PasswordHasher } from '../../src/modules/identity/application/ports.ts';
import type { User } from '../../src/modules/identity/domain/user.ts';
import { STORAGES } from '../support/application.ts';
import { PASSWORD, type TestServer, testServer } from '../support/client.ts';
import { storedUser } from '../support/people.ts';
import { expectProblem } from '../support/problem.ts';

const TODAY = { memory: 64, iterations: 2, parallelism: 1, concurrency: 2, queue: 100 };

const today = new Argon2PasswordHasher(TODAY);
const hashOf = (parameters: Partial<typeof TODAY>, password = PASSWORD) =>
  new Argon2PasswordHasher({ ...TODAY, ...parameters }).hash(password);

describe.each(STORAGES)('a password hash on %s', storage => {
  let server: TestServer;
  let people = 0;
  /** What happens right after a password was found to be right. */
  let meanwhile: () => Promise<void>;

  const hasher: PasswordHasher = {
    hash: password => today.hash(password),
    isOutdated: hash => today.isOutdated(hash),
    async verify(hash, password) {
      const matches = await today.verify(hash, password);
      if (matches) await meanwhile();
      return matches;
    },
  };

  beforeAll(async () => {
    server = await testServer(storage, {}, [override(tokens.passwordHasher, hasher)]);
  });
  beforeEach(() => {
    meanwhile = async () => undefined;
  });
  afterAll(() => server.stop());

  const work = () => server.application.get(tokens.identityStorage).work;
  const somebody = (passwordHash: string) => {
    people += 1;
    return storedUser(server.application, { username: `person-${people}`, passwordHash });
  };
  const stored = ({ id }: User) => work().run(async ({ users }) => ({ ...(await users.get(id)) }));
  const change = ({ id }: User, fields: Partial<User>) =>
    work().run(async ({ users }) => {
      Object.assign((await users.get(id)) ?? {}, fields);
    });
  const sessionsOf = ({ id }: User) => work().run(({ sessions }) => sessions.liveOf(id, new Date()));
  const signIn = ({ username }: User, password = PASSWORD) =>
    server.request('POST', '/auth/token', {
      form: { grant_type: 'password', username: username ?? '', password },
    });

  it.each([
    ['less memory', { memory: 32 }],
    ['more memory', { memory: 128 }],
    ['fewer iterations', { iterations: 1 }],
    ['more lanes', { parallelism: 2 }],
  ])('of %s has today’s parameters after signing in, and is for the same password', async (_, parameters) => {
    const user = await somebody(await hashOf(parameters));
    const before = await stored(user);
    expect((await signIn(user)).status).toBe(200);
    const after = await stored(user);
    expect(after.passwordHash).toMatch(/^\$argon2id\$v=19\$m=64,t=2,p=1\$/);
    expect({ ...after, passwordHash: '', version: 0 }).toEqual({ ...before, passwordHash: '', version: 0 });
    expect((await signIn(user)).status).toBe(200);
    expect((await signIn(user, `${PASSWORD}.`)).status).toBe(400);
  });

  it('is made of the password as it was composed when it was set (NFC)', async () => {
    const user = await somebody(await hashOf({ memory: 32 }, 'Ångström lives'));
    expect((await signIn(user, 'A\u030angstro\u0308m lives')).status).toBe(200);
    expect(today.isOutdated((await stored(user)).passwordHash ?? '')).toBe(false);
    expect((await signIn(user, 'Ångström lives')).status).toBe(200);
  });

  it('of today’s parameters stays as it is, and so does the account', async () => {
    const user = await somebody(await today.hash(PASSWORD));
    const before = await stored(user);
    expect((await signIn(user)).status).toBe(200);
    expect(await stored(user)).toEqual(before);
  });

  it.each([
    ['a wrong password', {}, 'wrong horse battery', 'identity.invalid_grant'],
    ['a deactivated account', { isActive: false }, PASSWORD, 'identity.invalid_grant'],
  ])('stays as it is with %s', async (_, fields, password, code) => {
    const user = await somebody(await hashOf({ memory: 32 }));
    await change(user, fields);
    const before = await stored(user);
    expect((await signIn(user, password)).body).toMatchObject({ status: 400, code });
    expect(await stored(user)).toEqual(before);
    expect(await sessionsOf(user)).toEqual([]);
  });

  it('is replaced once by many who sign in at once, and all of them are signed in', async () => {
    const user = await somebody(await hashOf({ memory: 32 }));
    const answers = await Promise.all(Array.from({ length: 10 }, () => signIn(user)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(await sessionsOf(user)).toHaveLength(10);
    const { version, passwordHash = '' } = await stored(user);
    expect(version).toBe(2);
    expect(today.isOutdated(passwordHash)).toBe(false);
  });

  const outdated = () => hashOf({ memory: 32 });
  const present = () => today.hash(PASSWORD);

  it.each([
    ['changed', outdated, async () => ({ passwordHash: await today.hash('another phrase') })],
    ['changed', present, async () => ({ passwordHash: await today.hash('another phrase') })],
    ['right, and the account deactivated', outdated, async () => ({ isActive: false })],
    ['right, and the account deactivated', present, async () => ({ isActive: false })],
  ])('starts no session when the password is meanwhile %s', async (_, before, fields) => {
    const user = await somebody(await before());
    const changed = await fields();
    meanwhile = () => change(user, changed);
    const answer = await signIn(user);
    expect(answer.body).toMatchObject({
      status: 400,
      code: 'identity.invalid_grant',
      detail: 'Incorrect email or password',
    });
    expect(await stored(user)).toMatchObject(changed);
    expect(await sessionsOf(user)).toEqual([]);
  });

  it('that is another whenever it is looked at starts no session', async () => {
    const user = await somebody(await present());
    meanwhile = async () => change(user, { passwordHash: await present() });
    expect((await signIn(user)).body).toMatchObject({ status: 400, code: 'identity.invalid_grant' });
    expect(await sessionsOf(user)).toEqual([]);
  });
});

it('that cannot be made anew for lack of time is left for the next sign-in', async () => {
  let busy = true;
  const server = await testServer('memory', {}, [
    override(tokens.passwordHasher, {
      verify: (hash, password) => today.verify(hash, password),
      isOutdated: hash => today.isOutdated(hash),
      hash: password => (busy ? Promise.reject(new ServerBusy()) : today.hash(password)),
    }),
  ]);
  const outdated = await hashOf({ memory: 32 });
  await storedUser(server.application, { username: 'alice', passwordHash: outdated });
  const signIn = () =>
    server.request('POST', '/auth/login', { body: { username: 'alice', password: PASSWORD } });
  const refused = await signIn();
  expectProblem(refused, 503, 'server.busy');
  expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
  busy = false;
  expect((await signIn()).status).toBe(204);
  await server.stop();
});
