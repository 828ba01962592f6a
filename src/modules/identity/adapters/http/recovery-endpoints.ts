import Type from 'typebox';
import { type Endpoint, noContent } from '../../../../platform/http/endpoint.ts';
import type { RequestPasswordReset } from '../../application/request-password-reset.ts';
import type { RequestVerification } from '../../application/request-verification.ts';
import type { ResetForgottenPassword } from '../../application/reset-forgotten-password.ts';
import type { VerifyEmail } from '../../application/verify-email.ts';
import { endpoint } from './identity-problems.ts';
import { email, password } from './identity-representation.ts';

export interface RecoveryUseCases {
  readonly requestReset: RequestPasswordReset;
  readonly reset: ResetForgottenPassword;
  readonly requestVerification: RequestVerification;
  readonly verify: VerifyEmail;
}

const token = Type.String({
  minLength: 1,
  maxLength: 200,
  description: 'From the mail',
  examples: ['Yq3k0c2mJr6b…'],
});

const ForgottenPassword = Type.Object({ email }, { title: 'ForgottenPassword', additionalProperties: false });

const PasswordReset = Type.Object(
  { token, password },
  { title: 'PasswordReset', additionalProperties: false },
);

const EmailVerification = Type.Object({ token }, { title: 'EmailVerification', additionalProperties: false });

const accepted = { status: 202 };

export function recoveryEndpoints(useCases: RecoveryUseCases): readonly Endpoint[] {
  const { requestReset, reset, requestVerification, verify } = useCases;
  return [
    endpoint({
      name: 'requestPasswordReset',
      method: 'POST',
      path: '/auth/forgot-password',
      sensitive: true,
      summary: 'Asks for a mail that sets another password',
      description: 'Answered alike whether or not there is such an account.',
      body: ForgottenPassword,
      returns: { 202: null },
      problems: [],
      cache: 'no-store',
      async handle({ body }) {
        await requestReset.execute(body.email);
        return accepted;
      },
    }),
    endpoint({
      name: 'resetPassword',
      method: 'POST',
      path: '/auth/reset-password',
      sensitive: true,
      summary: 'Sets another password with the token of a mail',
      description: 'The token works once, for an hour. Signs you out everywhere.',
      body: PasswordReset,
      returns: { 204: null },
      problems: [
        'identity.invalid_mail_token',
        'identity.password_length',
        'identity.password_common',
        'identity.password_is_name',
      ],
      cache: 'no-store',
      async handle({ body }) {
        await reset.execute(body);
        return noContent();
      },
    }),
    endpoint({
      name: 'verifyEmail',
      method: 'POST',
      path: '/auth/verify-email',
      sensitive: true,
      summary: 'Verifies an email address with the token of a mail',
      description: 'The token works once, for a day, and for the address that it was sent to.',
      body: EmailVerification,
      returns: { 204: null },
      problems: ['identity.invalid_mail_token'],
      cache: 'no-store',
      async handle({ body }) {
        await verify.execute(body.token);
        return noContent();
      },
    }),
    endpoint({
      name: 'requestVerification',
      method: 'POST',
      path: '/auth/verify-email/request',
      sensitive: true,
      summary: 'Asks for another mail that verifies your address',
      scope: 'profile',
      returns: { 202: null },
      problems: [],
      cache: 'no-store',
      async handle({ principal }) {
        await requestVerification.execute(principal);
        return accepted;
      },
    }),
  ];
}
