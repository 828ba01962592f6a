import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { SCOPES, type Scope } from '../../src/kernel/principal.ts';
import { mikroOrmIdentity } from '../../src/modules/identity/adapters/mikro-orm/mikro-orm-identity.ts';
import { DatabaseAccessTokens } from '../../src/modules/identity/adapters/opaque/database-access-tokens.ts';
import { PasetoAccessTokens } from '../../src/modules/identity/adapters/paseto/paseto-access-tokens.ts';
import { SigningKeys } from '../../src/modules/identity/adapters/paseto/signing-keys.ts';
import type {
  AccessClaims,
  AccessTokens,
  IdentityStorage,
} from '../../src/modules/identity/application/ports.ts';
import { SWEPT } from '../../src/modules/identity/application/storage/issued-tokens.ts';
import { InvalidToken } from '../../src/modules/identity/domain/session-errors.ts';
import { STORAGES, sqlStorageOf, type TestApplication, testApplication } from '../support/application.ts';
import { UNKNOWN_ID } from '../support/endpoints.ts';
import { storedUser } from '../support/people.ts';
import { newSession } from '../support/sessions.ts';
import { notingWrites, onPostgres } from '../support/statements.ts';
import { TestClock } from '../support/test-clock.ts';

const KINDS = ['paseto', 'database'] as const;

/** Seconds. */
const LIFETIME = 900;

async function storedClaims(
  application: TestApplication,
  scopes: readonly Scope[] = ['todos', 'chat'],
): Promise<AccessClaims> {
  const { id: userId } = await storedUser(application);
  const session = newSession(userId);
  await application.get(tokens.identityStorage).work.run(({ sessions }) => sessions.add(session));
  return { userId, sessionId: session.id, scopes };
}

describe.each(KINDS.flatMap(kind => STORAGES.map(storage => [kind, storage] as const)))(
  'access tokens of the kind %s on %s',
  (kind, storage) => {
    const clock = new TestClock();
    let application: TestApplication;
    let access: AccessTokens;
    let claims: AccessClaims;

    beforeAll(async () => {
      application = await testApplication(storage, { accessTokens: kind }, [override(tokens.clock, clock)]);
      access = application.get(tokens.accessTokens);
      claims = await storedClaims(application);
    });
    afterAll(() => application.close());

    /** The same in another process, on the same storage. */
    function otherProcess(): AccessTokens {
      const { work, issuedTokens } = application.get(tokens.identityStorage);
      if (kind === 'database') return new DatabaseAccessTokens(work, issuedTokens, LIFETIME, clock);
      const secretKey = application.get(tokens.secretKey);
      const keys = new SigningKeys(work, secretKey, application.get(tokens.ids), clock, LIFETIME);
      return new PasetoAccessTokens(keys, application.settings.publicUrl, LIFETIME, clock);
    }

    const refused = (token: string, by = access) => expect(by.verify(token)).rejects.toThrow(InvalidToken);

    it('say who they are for, for what, since when and how long', async () => {
      const issuedAt = clock.now();
      const { token, expiresIn } = await access.issue(claims);
      expect(expiresIn).toBe(LIFETIME);
      clock.advance(100);
      const { scopes, ...verified } = await access.verify(token);
      expect([...scopes].toSorted()).toEqual(['chat', 'todos']);
      expect(verified).toEqual({
        userId: claims.userId,
        sessionId: claims.sessionId,
        issuedAt,
        expiresAt: new Date(issuedAt.getTime() + LIFETIME * 1000),
      });
    });

    it('carry all scopes, or none', async () => {
      for (const scopes of [SCOPES, []]) {
        const { token } = await access.issue({ ...claims, scopes });
        expect((await access.verify(token)).scopes).toEqual([...scopes]);
      }
    });

    it('are good until they expire, and no longer', async () => {
      const { token } = await access.issue(claims);
      clock.advance(LIFETIME);
      await expect(access.verify(token)).resolves.toMatchObject({ userId: claims.userId });
      clock.advance(0.001);
      await refused(token);
    });

    it('are good in another process, and each is another', async () => {
      const other = otherProcess();
      const [one, two] = [await access.issue(claims), await other.issue({ ...claims, scopes: ['chat'] })];
      expect(one.token).not.toBe(two.token);
      expect(await other.verify(one.token)).toMatchObject({ userId: claims.userId });
      expect(await access.verify(two.token)).toMatchObject({ scopes: ['chat'] });
    });

    it('are good beside each other: a newer one ends none', async () => {
      const issued = await Promise.all(Array.from({ length: 10 }, () => access.issue(claims)));
      for (const { token } of issued)
        await expect(access.verify(token)).resolves.toMatchObject({ sessionId: claims.sessionId });
    });

    it('are refused where anything is added to them, left out or changed', async () => {
      const { token } = await access.issue(claims);
      const last = token.at(-1) === 'A' ? 'B' : 'A';
      const changed = [
        `${token}A`,
        ` ${token}`,
        `${token}\0`,
        `${token}=`,
        token.slice(0, -1),
        token.slice(1),
      ];
      for (const other of [...changed, token.toUpperCase(), token.slice(0, -1) + last]) await refused(other);
      await expect(access.verify(token)).resolves.toBeDefined();
    });

    it.each(['', 'nonsense', 'ata_', `ata_${'x'.repeat(43)}`, 'v4.public.', '\0', 'x'.repeat(65_536), '💙'])(
      'are not %j',
      token => refused(token),
    );

    it('of the other kind are refused', async () => {
      const kept = { accessTokens: kind === 'paseto' ? 'database' : 'paseto' } as const;
      const other = await testApplication('memory', kept, [override(tokens.clock, clock)]);
      await refused((await other.get(tokens.accessTokens).issue(await storedClaims(other))).token);
      await other.close();
    });

    it('are verified by others with public keys, or not at all', async () => {
      const keys = await access.publicKeys();
      const { work } = application.get(tokens.identityStorage);
      const stored = await work.run(({ signingKeys }) => signingKeys.all());
      expect(keys).toHaveLength(kind === 'paseto' ? 1 : 0);
      expect(stored.map(({ id }) => id)).toEqual(keys.map(({ id }) => id));
    });
  },
);

describe.each(STORAGES)('access tokens that are kept on %s', storage => {
  const clock = new TestClock();
  let application: TestApplication;
  let identity: IdentityStorage;
  let access: AccessTokens;
  let claims: AccessClaims;

  beforeAll(async () => {
    const settings = { accessTokens: 'database' } as const;
    application = await testApplication(storage, settings, [override(tokens.clock, clock)]);
    identity = application.get(tokens.identityStorage);
    access = application.get(tokens.accessTokens);
    claims = await storedClaims(application);
  });
  afterAll(() => application.close());

  const issue = async () => (await access.issue(claims)).token;
  const hashOf = (token: string) => application.get(tokens.oneTimeTokens).hashOf(token);
  const find = (token: string) => identity.issuedTokens.find(hashOf(token));
  const leftOf = async (issued: readonly string[]) => {
    const found = await Promise.all(issued.map(find));
    return found.filter(token => token !== undefined).length;
  };

  it('are 256 random bits behind a prefix, and kept as a hash only', async () => {
    const token = await issue();
    expect(token).toMatch(/^ata_[\w-]{43}$/);
    const kept = await find(token);
    expect({ ...kept }).toMatchObject({
      id: hashOf(token),
      userId: claims.userId,
      sessionId: claims.sessionId,
      scope: 'todos chat',
      issuedAt: clock.now(),
    });
    expect(JSON.stringify(kept)).not.toContain(token.slice('ata_'.length));
    expect(await identity.issuedTokens.find(token)).toBeUndefined();
  });

  it('go when they have expired, some with each that is issued, and the good ones stay', async () => {
    clock.advance(LIFETIME * 2);
    const old: string[] = [];
    for (let time = 0; time < 2 * SWEPT + 5; time += 1) old.push(await issue());
    expect(await leftOf(old)).toBe(old.length);
    clock.advance(LIFETIME - 1);
    const good = await issue();
    expect(await leftOf(old)).toBe(old.length);
    clock.advance(1.001);
    const later = [await issue()];
    expect(await leftOf(old)).toBe(SWEPT + 5);
    for (let time = 0; time < 2; time += 1) later.push(await issue());
    expect(await leftOf(old)).toBe(0);
    expect(await leftOf([good, ...later])).toBe(4);
  });

  it('are none for a session that is not there', async () => {
    const { token } = await access.issue({ ...claims, sessionId: UNKNOWN_ID });
    await expect(access.verify(token)).rejects.toThrow(InvalidToken);
  });

  it('can be issued by many at once, while as many are removed', async () => {
    const old = await Promise.all(Array.from({ length: 60 }, issue));
    clock.advance(LIFETIME * 2);
    const fresh = await Promise.all(Array.from({ length: 20 }, issue));
    expect(await leftOf(fresh)).toBe(20);
    await issue();
    await issue();
    expect(await leftOf(old)).toBe(0);
  });
});

describe.each(['sqlite', 'postgresql'] as const)('access tokens in the database of %s', storage => {
  let application: TestApplication;

  beforeAll(async () => {
    application = await testApplication(storage, { accessTokens: 'database' });
  });
  afterAll(() => application.close());

  it('are issued with two statements in one transaction', async () => {
    const opened = sqlStorageOf(application);
    const { database, ran } = notingWrites(opened.database);
    const { work, issuedTokens } = mikroOrmIdentity({ ...opened, database });
    const access = new DatabaseAccessTokens(work, issuedTokens, LIFETIME, application.get(tokens.clock));
    const { token } = await access.issue(await storedClaims(application));
    expect(ran).toEqual([
      expect.stringMatching(/^insert into "issued_tokens"/),
      expect.stringMatching(/^delete from "issued_tokens"/),
    ]);
    await expect(access.verify(token)).resolves.toBeDefined();
  });

  it('go with their session', async () => {
    const access = application.get(tokens.accessTokens);
    const claims = await storedClaims(application);
    const { token } = await access.issue(claims);
    const opened = sqlStorageOf(application);
    await opened.database.transaction(transaction =>
      transaction.query(`delete from sessions where id = ${storage === 'sqlite' ? '?' : '$1'} returning id`, [
        claims.sessionId,
      ]),
    );
    await expect(access.verify(token)).rejects.toThrow(InvalidToken);
  });
});

it('access tokens are removed on PostgreSQL past those that another process is removing', async () => {
  const clock = new TestClock();
  const settings = { accessTokens: 'database', databaseTimeout: 500 } as const;
  const application = await testApplication('postgresql', settings, [override(tokens.clock, clock)]);
  const access = application.get(tokens.accessTokens);
  const claims = await storedClaims(application);
  for (let time = 0; time < SWEPT + 5; time += 1) await access.issue(claims);
  clock.advance(LIFETIME * 2);
  await onPostgres(application.settings, async client => {
    await client.query('begin');
    await client.query('select 1 from issued_tokens order by expires_at limit 20 for update');
    await access.issue(claims);
    const { rows } = await client.query<{ count: string }>('select count(*) from issued_tokens');
    expect(Number(rows[0]?.count)).toBe(SWEPT + 1);
    await client.query('rollback');
  });
  await application.close();
});
