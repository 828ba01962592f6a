import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MailingServer } from '../support/mailing-server.ts';
import { expectOAuthError, expectProblem } from '../support/problem.ts';
import { mutation } from '../support/token-mutation.ts';
import { signedIn } from '../support/token-requests.ts';

/** Requests at once. */
const BATCH = 20;

/** What can be in a header without being taken off its end. */
const visible = fc.integer({ min: 0x21, max: 0x7e }).map(code => String.fromCharCode(code));
/** What can be in a JSON string. */
const any = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 });

/** Sends so many mutations of a token; `refused` looks at what each is answered. */
function fuzz(
  count: number,
  character: fc.Arbitrary<string>,
  [token, other]: readonly [string, string],
  refused: (changed: string) => Promise<void>,
): Promise<void> {
  const batch = fc.array(mutation(character), { minLength: BATCH, maxLength: BATCH });
  return fc.assert(
    fc.asyncProperty(batch, async mutations => {
      const changed = mutations.map(mutate => mutate(token, other));
      await Promise.all(changed.filter(text => ![token, other, ''].includes(text)).map(refused));
    }),
    { numRuns: count / BATCH },
  );
}

/** The 100,000 of `unit/token-parsers` show that none is good; these, that the way through HTTP is no other. */
describe('a good token with something changed, sent to a server', () => {
  let mailing: MailingServer;
  beforeAll(async () => {
    mailing = await MailingServer.start('memory');
    for (const username of ['alice', 'bob']) await mailing.server.signUp(username);
  });
  afterAll(() => mailing.stop());

  const request = (...given: Parameters<MailingServer['server']['request']>) =>
    mailing.server.request(...given);
  const tokensOf = async (name: 'access_token' | 'refresh_token') =>
    [(await signedIn(mailing.server, 'alice'))[name], (await signedIn(mailing.server, 'bob'))[name]] as const;

  it('is no access token in any of 2,000 ways', async () => {
    const [token, other] = await tokensOf('access_token');
    await fuzz(2000, visible, [token, other], async changed => {
      expectProblem(await request('GET', '/users/me', { token: changed }), 401, 'identity.invalid_token');
    });
    expect((await request('GET', '/users/me', { token })).status).toBe(200);
  });

  it('is no personal access token in any of 500 ways', async () => {
    const token = (await signedIn(mailing.server, 'alice')).access_token;
    const [one, other] = await Promise.all(
      ['one', 'other'].map(async name => {
        const { body } = await request('POST', '/auth/access-tokens', { token, body: { name } });
        return String(body.token);
      }),
    );
    await fuzz(500, visible, [one ?? '', other ?? ''], async changed => {
      expectProblem(await request('GET', '/users/me', { token: changed }), 401, 'identity.invalid_token');
    });
    expect((await request('GET', '/users/me', { token: one })).status).toBe(200);
  });

  it('is no refresh token in any of 500 ways', async () => {
    await fuzz(500, any, await tokensOf('refresh_token'), async changed => {
      const form = { grant_type: 'refresh_token', refresh_token: changed };
      const answer = await request('POST', '/auth/token', { form });
      // Above the limit of the parameter; every other one is looked at.
      if (changed.length > 4096) expectOAuthError(answer, 'invalid_request', 'request.invalid');
      else expectOAuthError(answer, 'invalid_grant', 'identity.invalid_grant');
    });
  });

  it('is no token of a mail in any of 500 ways', async () => {
    const verification = await mailing.verificationToken('alice');
    const recovery = await mailing.resetToken('alice');
    const pair = [verification, recovery] as const;
    await fuzz(500, any, pair, async changed => {
      const code = changed.length > 200 ? 'request.invalid' : 'identity.invalid_mail_token';
      expectProblem(await request('POST', '/auth/verify-email', { body: { token: changed } }), 422, code);
      const body = { token: changed, password: 'another good phrase' };
      expectProblem(await request('POST', '/auth/reset-password', { body }), 422, code);
    });
    const verified = await request('POST', '/auth/verify-email', { body: { token: verification } });
    expect(verified.status).toBe(204);
  });
});
