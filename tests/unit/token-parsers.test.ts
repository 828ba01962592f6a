import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { ResetForgottenPassword } from '../../src/modules/identity/application/reset-forgotten-password.ts';
import { VerifyEmail } from '../../src/modules/identity/application/verify-email.ts';
import { AccessToken } from '../../src/modules/identity/domain/access-token.ts';
import { MailToken, type MailTokenPurpose } from '../../src/modules/identity/domain/mail-token.ts';
import { InvalidMailToken } from '../../src/modules/identity/domain/password-errors.ts';
import { InvalidGrant, InvalidToken } from '../../src/modules/identity/domain/session-errors.ts';
import { type TestApplication, testApplication } from '../support/application.ts';
import { PASSWORD } from '../support/client.ts';
import { newSession } from '../support/sessions.ts';
import { identify, openAccount, refresh, signIn } from '../support/sign-in.ts';
import { TestClock } from '../support/test-clock.ts';
import { type Mutation, mutation } from '../support/token-mutation.ts';

/** Mutated tokens at once, so that the thread pool verifies them side by side. */
const BATCH = 100;

const batch = fc.array(mutation(fc.string({ unit: 'binary', minLength: 1, maxLength: 1 })), {
  minLength: BATCH,
  maxLength: BATCH,
});

/** Tries so many mutations. The seed that fast-check reports makes the same ones again. */
function fuzz(count: number, attempt: (mutate: Mutation) => Promise<void>): Promise<void> {
  return fc.assert(
    fc.asyncProperty(batch, async mutations => {
      await Promise.all(mutations.map(attempt));
    }),
    { numRuns: count / BATCH },
  );
}

describe('a good token with something changed', { timeout: 120_000 }, () => {
  const clock = new TestClock();
  let application: TestApplication;
  let userId: string;
  beforeAll(async () => {
    application = await testApplication('memory', {}, [override(tokens.clock, clock)]);
    ({ id: userId } = await openAccount(application, 'alice'));
    await openAccount(application, 'bob');
  });
  afterAll(() => application.close());

  const provider = () => application.get(tokens.identityProvider);
  const storage = () => application.get(tokens.identityStorage);

  async function expectNoAccess(
    mutate: Mutation,
    [token, other]: readonly [string, string],
    at = provider(),
  ): Promise<void> {
    const changed = mutate(token, other);
    if (changed === token || changed === other) return;
    await expect(at.verify(changed), changed).rejects.toThrow(InvalidToken);
  }

  it('is no access token in any of 40,000 ways', async () => {
    const { accessToken: mine } = await signIn(application, 'alice');
    const { accessToken: others } = await signIn(application, 'bob');
    await fuzz(40_000, mutate => expectNoAccess(mutate, [mine, others]));
    expect((await identify(application, mine)).userId).toBe(userId);
  });

  it('is no random access token of the database in any of 10,000 ways', async () => {
    const random = await testApplication('memory', { accessTokens: 'database' });
    await openAccount(random, 'alice');
    await openAccount(random, 'bob');
    const { accessToken: mine } = await signIn(random, 'alice');
    const { accessToken: others } = await signIn(random, 'bob');
    const at = random.get(tokens.identityProvider);
    await fuzz(10_000, mutate => expectNoAccess(mutate, [mine, others], at));
    expect((await identify(random, mine)).roles).toEqual(['member']);
    await random.close();
  });

  it('is no personal access token in any of 20,000 ways', async () => {
    const oneTimeTokens = application.get(tokens.oneTimeTokens);
    const [mine = '', others = ''] = await Promise.all(
      ['mine', 'others'].map(async name => {
        const token = `atp_${oneTimeTokens.create().token}`;
        const request = { userId, name, scopes: ['profile'] as const, expiresAt: null };
        const stored = new AccessToken(name, request, oneTimeTokens.hashOf(token), clock.now());
        await storage().work.run(({ accessTokens }) => accessTokens.add(stored));
        return token;
      }),
    );
    await fuzz(20_000, mutate => expectNoAccess(mutate, [mine, others]));
    expect((await identify(application, mine)).userId).toBe(userId);
  });

  it('is no refresh token in any of 20,000 ways, and ends its own session at the most', async () => {
    const refreshTokens = application.get(tokens.refreshTokens);
    const newToken = async () => {
      const first = refreshTokens.first();
      const { familyHash, hash: refreshTokenHash } = first;
      const session = newSession(userId, { familyHash, refreshTokenHash, now: clock.now() });
      await storage().work.run(({ sessions }) => sessions.add(session));
      return first;
    };
    const kept = (familyHash: string) =>
      storage().work.run(async ({ sessions }) => (await sessions.byFamilyHash(familyHash))?.refreshTokenHash);
    const others = await newToken();
    await fuzz(20_000, async mutate => {
      const mine = await newToken();
      const changed = mutate(mine.token, others.token);
      if (changed === mine.token || changed === others.token) return;
      // Who shows a token of the other family ends that, as with any token that it never had.
      if (refreshTokens.read(changed)?.familyHash === others.familyHash) return;
      await expect(refresh(application, changed), changed).rejects.toThrow(InvalidGrant);
      const isOfFamily = refreshTokens.read(changed)?.familyHash === mine.familyHash;
      expect(await kept(mine.familyHash), changed).toBe(isOfFamily ? '' : mine.hash);
    });
    expect((await refresh(application, others.token)).refreshToken).not.toBe(others.token);
  });

  it('is no token of a mail in any of 20,000 ways', async () => {
    const oneTimeTokens = application.get(tokens.oneTimeTokens);
    const { work } = storage();
    const verify = new VerifyEmail(work, oneTimeTokens, clock);
    const policy = application.get(tokens.passwordPolicy);
    const hasher = application.get(tokens.passwordHasher);
    const reset = new ResetForgottenPassword(work, oneTimeTokens, policy, hasher, clock);
    const mailed = async (purpose: MailTokenPurpose) => {
      const { token, hash } = oneTimeTokens.create();
      const to = { userId, email: 'alice@example.org', purpose };
      await work.run(({ mailTokens }) => mailTokens.add(new MailToken(hash, to, clock.now())));
      return token;
    };
    const [verification, recovery] = [await mailed('verify_email'), await mailed('reset_password')];
    await fuzz(20_000, async mutate => {
      const changed = mutate(verification, recovery);
      if (changed !== verification)
        await expect(verify.execute(changed), changed).rejects.toThrow(InvalidMailToken);
      if (changed === recovery) return;
      const request = { token: changed, password: 'another good phrase' };
      await expect(reset.execute(request), changed).rejects.toThrow(InvalidMailToken);
    });
    await verify.execute(verification);
    await reset.execute({ token: recovery, password: PASSWORD });
  });
});
