import { beforeEach, describe, expect, it } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { PasetoAccessTokens } from '../../src/modules/identity/adapters/paseto/paseto-access-tokens.ts';
import { SigningKeys } from '../../src/modules/identity/adapters/paseto/signing-keys.ts';
import { InvalidToken } from '../../src/modules/identity/domain/session-errors.ts';
import { StartError } from '../../src/platform/configuration/settings.ts';
import { SecretKey } from '../../src/platform/secrets/secret-key.ts';
import { type TestApplication, testApplication } from '../support/application.ts';
import { keyIdOf } from '../support/forge.ts';
import { TestClock } from '../support/test-clock.ts';

/** Seconds. */
const LIFETIME = 900;
const HALF_A_MINUTE = 30;

describe('rotating the signing keys', () => {
  let application: TestApplication;
  let clock: TestClock;
  let here: ReturnType<typeof newProcess>;

  beforeEach(async () => {
    clock = new TestClock();
    application = await testApplication('memory', {}, [override(tokens.clock, clock)]);
    here = newProcess();
  });

  /** A process of its own, on the same storage. */
  function newProcess(secretKey = application.get(tokens.secretKey)) {
    const { work } = application.get(tokens.identityStorage);
    const keys = new SigningKeys(work, secretKey, application.get(tokens.ids), clock, LIFETIME);
    const access = new PasetoAccessTokens(keys, 'http://atrium.test', LIFETIME, clock);
    return {
      rotate: () => keys.rotate(),
      issue: async () =>
        (await access.issue({ userId: 'user', sessionId: 'session', scopes: ['todos'] })).token,
      verify: (token: string) => access.verify(token),
      published: async () => (await keys.published()).map(({ id }) => id),
    };
  }

  it('gives another key, with which this process signs at once', async () => {
    const before = keyIdOf(await here.issue());
    const { id, removed } = await here.rotate();
    expect(id).not.toBe(before);
    expect(removed).toBe(0);
    expect(keyIdOf(await here.issue())).toBe(id);
  });

  it('works before any token was issued', async () => {
    const { id } = await here.rotate();
    expect(keyIdOf(await here.issue())).toBe(id);
    expect(await here.published()).toEqual([id]);
  });

  it('leaves tokens good until they end, in this process and in a new one', async () => {
    const old = await here.issue();
    await here.rotate();
    await here.rotate();
    clock.advance(LIFETIME);
    for (const process of [here, newProcess()])
      expect(await process.verify(old)).toMatchObject({ userId: 'user' });
    clock.advance(1);
    for (const process of [here, newProcess()])
      await expect(process.verify(old)).rejects.toThrow(InvalidToken);
  });

  it('reaches another process within half a minute of its clock', async () => {
    const there = newProcess();
    const before = keyIdOf(await there.issue());
    const { id } = await here.rotate();
    clock.advance(HALF_A_MINUTE - 1);
    expect([before, id]).toContain(keyIdOf(await there.issue()));
    clock.advance(1);
    expect(keyIdOf(await there.issue())).toBe(id);
    await here.rotate();
    clock.advance(HALF_A_MINUTE);
    expect(keyIdOf(await there.issue())).not.toBe(id);
  });

  it('is no trouble for another process that sees tokens of the new key first', async () => {
    const there = newProcess();
    await there.verify(await here.issue());
    await here.rotate();
    clock.advance(1);
    expect(await there.verify(await here.issue())).toMatchObject({ userId: 'user' });
  });

  it('is known to all tokens that come at once, not to the first alone', async () => {
    const token = await here.issue();
    const there = newProcess();
    const seen = await Promise.all([there.verify(token), there.verify(token), there.verify(token)]);
    expect(seen.map(({ userId }) => userId)).toEqual(['user', 'user', 'user']);
  });

  it('removes a key only when the last token that may have been signed with it has ended', async () => {
    const there = newProcess();
    await there.issue();
    clock.advance(100 * LIFETIME);
    await there.issue();
    await here.rotate();
    clock.advance(HALF_A_MINUTE - 1);
    const late = await there.issue();
    clock.advance(LIFETIME);
    expect(await here.rotate()).toMatchObject({ removed: 0 });
    expect(await newProcess().verify(late)).toMatchObject({ userId: 'user' });
    expect(await here.published()).toHaveLength(3);
  });

  it('removes all keys that were superseded long ago, and never the one before', async () => {
    const first = keyIdOf(await here.issue());
    const { id: second } = await here.rotate();
    const { id: third } = await here.rotate();
    expect(await here.published()).toEqual([third, second, first]);
    clock.advance(LIFETIME + 2 * HALF_A_MINUTE + 1);
    const { id: fourth, removed } = await here.rotate();
    expect(removed).toBe(2);
    expect(await here.published()).toEqual([fourth, third]);
    expect(await newProcess().published()).toEqual([fourth, third]);
  });

  it('publishes all keys, the newest first', async () => {
    const ids = [keyIdOf(await here.issue())];
    for (let count = 0; count < 3; count++) {
      clock.advance(count);
      ids.unshift((await here.rotate()).id);
    }
    expect(await here.published()).toEqual(ids);
    expect(await newProcess().published()).toEqual(ids);
  });

  it('twice at once leaves two more keys, of which the newest signs everywhere', async () => {
    const there = newProcess();
    await here.issue();
    await Promise.all([here.rotate(), there.rotate()]);
    const published = await here.published();
    expect(published).toHaveLength(3);
    clock.advance(HALF_A_MINUTE);
    for (const process of [here, there]) expect(keyIdOf(await process.issue())).toBe(published[0]);
  });

  it('is refused with another secret key, under which no server could open the new one', async () => {
    await here.issue();
    const stranger = newProcess(SecretKey.random());
    await expect(stranger.rotate()).rejects.toThrow(StartError);
    expect(await here.published()).toHaveLength(1);
    clock.advance(HALF_A_MINUTE);
    await here.issue();
  });
});
