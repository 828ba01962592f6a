import { tokens } from '../../src/composition/tokens.ts';
import { MailToken, type MailTokenPurpose } from '../../src/modules/identity/domain/mail-token.ts';
import { PASSWORD, type TestServer } from './client.ts';
import type { MakeCall } from './open-api-calls.ts';

/** A token as a mail to somebody new would have it. */
async function mailedToken({ application, signUp }: TestServer, purpose: MailTokenPurpose): Promise<string> {
  const username = `mailed-${crypto.randomUUID().slice(0, 8)}`;
  const { id: userId } = await signUp(username);
  const { token, hash } = application.get(tokens.oneTimeTokens).create();
  const mailed = new MailToken(
    hash,
    { userId, email: `${username}@example.org`, purpose },
    application.get(tokens.clock).now(),
  );
  await application.get(tokens.identityStorage).work.run(({ mailTokens }) => mailTokens.add(mailed));
  return token;
}

const forgotten =
  (email: string): MakeCall =>
  ({ server }) => ({ server, path: '/auth/forgot-password', body: { email } });

const reset =
  (password: string): MakeCall =>
  async ({ server }) => {
    const token = await mailedToken(server, 'reset_password');
    return { server, path: '/auth/reset-password', body: { token, password } };
  };

/** As in `CALLS`, for verifying addresses and for passwords that are set anew by mail. */
export const RECOVERY_CALLS: Readonly<Record<string, Readonly<Record<number, readonly MakeCall[]>>>> = {
  requestPasswordReset: {
    202: ['alice@example.org', 'nobody@example.org', 'nonsense', '\0'].map(forgotten),
  },
  resetPassword: {
    204: [reset(PASSWORD)],
    422: [
      reset('short'),
      reset('password1'),
      ({ server }) => ({
        server,
        path: '/auth/reset-password',
        body: { token: 'nonsense', password: PASSWORD },
      }),
    ],
  },
  verifyEmail: {
    204: [
      async ({ server }) => ({
        server,
        path: '/auth/verify-email',
        body: { token: await mailedToken(server, 'verify_email') },
      }),
    ],
    422: [({ server }) => ({ server, path: '/auth/verify-email', body: { token: 'nonsense' } })],
  },
  requestVerification: {
    202: [({ server, alice }) => ({ server, token: alice, path: '/auth/verify-email/request' })],
  },
};
