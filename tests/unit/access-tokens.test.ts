import { beforeEach, describe, expect, it } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { SCOPES } from '../../src/kernel/principal.ts';
import { PasetoAccessTokens } from '../../src/modules/identity/adapters/paseto/paseto-access-tokens.ts';
import { SigningKeys } from '../../src/modules/identity/adapters/paseto/signing-keys.ts';
import type { AccessTokens } from '../../src/modules/identity/application/ports.ts';
import { InvalidToken } from '../../src/modules/identity/domain/session-errors.ts';
import { SecretKey } from '../../src/platform/secrets/secret-key.ts';
import { type TestApplication, testApplication } from '../support/application.ts';
import { claimsOf, type Forgery, forge, ownKey, strangersKey } from '../support/forge.ts';
import { TestClock } from '../support/test-clock.ts';

const ISSUER = 'http://atrium.test';
const CLAIMS = { userId: 'user', sessionId: 'session', scopes: ['todos', 'chat'] } as const;

describe('an access token', () => {
  let application: TestApplication;
  let clock: TestClock;
  let access: AccessTokens;

  beforeEach(async () => {
    clock = new TestClock();
    application = await testApplication('memory', {}, [override(tokens.clock, clock)]);
    access = application.get(tokens.accessTokens);
  });

  /** The same service in another process, on the same storage. */
  function otherProcess({ issuer = ISSUER, at = clock, secretKey = application.get(tokens.secretKey) } = {}) {
    const { work } = application.get(tokens.identityStorage);
    return new PasetoAccessTokens(
      new SigningKeys(work, secretKey, application.get(tokens.ids), at, 900),
      issuer,
      900,
      at,
    );
  }

  async function forged(
    change: Partial<Forgery> = {},
    claims: Record<string, unknown> = {},
  ): Promise<string> {
    await access.issue(CLAIMS);
    const own = await ownKey(application);
    const whole = { sub: 'user', sid: 'session', scope: 'todos', iss: ISSUER, aud: ISSUER, ...claims };
    return forge({ ...own, now: clock.now(), claims: whole, ...change });
  }

  const refused = (token: string, by = access) => expect(by.verify(token)).rejects.toThrow(InvalidToken);

  it('says who it is for, by whom, for what and how long', async () => {
    const { token, expiresIn } = await access.issue(CLAIMS);
    expect(token).toMatch(/^v4\.public\./);
    expect(token.length).toBeLessThan(1000);
    expect(expiresIn).toBe(900);
    expect(claimsOf(token)).toMatchObject({
      sub: 'user',
      sid: 'session',
      scope: 'todos chat',
      iss: ISSUER,
      aud: ISSUER,
    });
    const verified = await access.verify(token);
    expect(verified).toMatchObject({ ...CLAIMS, scopes: expect.arrayContaining(['todos', 'chat']) });
    expect(verified.expiresAt).toEqual(new Date(clock.now().getTime() + 900_000));
  });

  it('carries all scopes, or none', async () => {
    const all = await access.issue({ ...CLAIMS, scopes: SCOPES });
    expect((await access.verify(all.token)).scopes).toEqual([...SCOPES]);
    const none = await access.issue({ ...CLAIMS, scopes: [] });
    expect((await access.verify(none.token)).scopes).toEqual([]);
  });

  it('is good until it expires', async () => {
    const { token } = await access.issue(CLAIMS);
    clock.advance(899);
    await expect(access.verify(token)).resolves.toMatchObject({ userId: 'user' });
    clock.advance(61);
    await refused(token);
  });

  it('is taken by another process, with the key that the first one made', async () => {
    const other = otherProcess();
    const { token } = await access.issue(CLAIMS);
    expect(await other.verify(token)).toMatchObject({ userId: 'user' });
    expect(await access.verify((await other.issue(CLAIMS)).token)).toMatchObject({ userId: 'user' });
    const { work } = application.get(tokens.identityStorage);
    expect(await work.run(({ signingKeys }) => signingKeys.all())).toHaveLength(1);
  });

  it('is taken with a key that was made after the others had been looked up', async () => {
    await refused(await forged({ keyId: 'unknown' }));
    const stored = application.get(tokens.identityStorage).work;
    const late = await testApplication('memory', {}, [override(tokens.clock, clock)]);
    const { token } = await late.get(tokens.accessTokens).issue(CLAIMS);
    const [key] = await late.get(tokens.identityStorage).work.run(({ signingKeys }) => signingKeys.all());
    if (key) await stored.run(({ signingKeys }) => signingKeys.add(key));
    clock.advance(1);
    expect(await access.verify(token)).toMatchObject({ userId: 'user' });
  });

  it('is taken from a host whose clock is two seconds ahead', async () => {
    const ahead = new TestClock();
    ahead.advance(2);
    const { token } = await otherProcess({ at: ahead }).issue(CLAIMS);
    expect(await access.verify(token)).toMatchObject({ userId: 'user' });
  });

  it('cannot be made with a database whose keys were encrypted under another secret key', async () => {
    await access.issue(CLAIMS);
    await expect(otherProcess({ secretKey: SecretKey.random() }).issue(CLAIMS)).rejects.toThrow();
  });

  it('of another server is refused, both ways', async () => {
    const other = otherProcess({ issuer: 'http://other.test' });
    await refused((await access.issue(CLAIMS)).token, other);
    await refused((await other.issue(CLAIMS)).token);
  });

  it.each([
    ['another issuer', { iss: 'http://other.test' }],
    ['no issuer', { iss: undefined }],
    ['another audience', { aud: 'http://other.test' }],
    ['no audience', { aud: undefined }],
    ['no subject', { sub: undefined }],
    ['no session', { sid: undefined }],
    ['a session that is no text', { sid: 42 }],
    ['no scope', { scope: undefined }],
    ['a list of scopes', { scope: ['todos'] }],
  ])('with %s is refused', async (_, claims) => {
    await refused(await forged({}, claims));
  });

  it('with scopes that nobody knows carries those that are known', async () => {
    const token = await forged({}, { scope: 'todos everything  chat TODOS' });
    expect((await access.verify(token)).scopes).toEqual(['todos', 'chat']);
  });

  it('of a stranger is refused, whatever key it names', async () => {
    const secret = await strangersKey();
    await refused(await forged({ secret }));
    await refused(await forged({ secret, keyId: 'unknown' }));
  });

  it.each(['', 'nonsense', '{}', '{"kid":42}', '{"kid":null}', '[]', 'null', '{"kid":"unknown"}'])(
    'whose footer is %j is refused',
    async footer => {
      await refused(await forged({ footer }));
    },
  );

  it('whose footer is long is refused, though it names the key', async () => {
    const { keyId } = await ownKey(application).catch(async () => {
      await access.issue(CLAIMS);
      return ownKey(application);
    });
    await refused(await forged({ footer: JSON.stringify({ kid: keyId, padding: 'x'.repeat(500) }) }));
  });

  it('that was tampered with is refused, wherever', async () => {
    const { token } = await access.issue(CLAIMS);
    const [version, purpose, payload = '', footer = ''] = token.split('.');
    const other = Buffer.from(JSON.stringify({ kid: 'other' })).toString('base64url');
    const bytes = Buffer.from(payload, 'base64url');
    for (const place of [0, 40, bytes.length - 64, bytes.length - 1]) {
      const changed = Buffer.from(bytes);
      changed[place] = (changed[place] ?? 0) ^ 1;
      await refused([version, purpose, changed.toString('base64url'), footer].join('.'));
    }
    await refused([version, purpose, payload, other].join('.'));
    await refused([version, purpose, payload].join('.'));
    await refused([version, purpose, payload, footer, footer].join('.'));
    await refused(`${token}=`);
    await refused(` ${token}`);
    await refused(token.slice(0, -1));
  });

  it('of another purpose, version or kind is refused', async () => {
    const { token } = await access.issue(CLAIMS);
    const rest = token.slice('v4.public.'.length);
    for (const header of ['v4.local.', 'v3.public.', 'v2.public.', 'v4.Public.', 'V4.public.', 'none.', ''])
      await refused(`${header}${rest}`);
    const jwt = Buffer.from('{"alg":"none"}').toString('base64url');
    for (const text of ['', '.', '...', 'v4.public.', 'v4.public..', `${jwt}.e30.`, 'null', '\0', '💙'])
      await refused(text);
  });

  it('of 64 KiB is refused without a look', async () => {
    await refused(`v4.public.${'A'.repeat(65_536)}`);
    await refused('x'.repeat(65_536));
  });
});
