import type { ContainerModuleLoadOptions } from 'inversify';
import type { JobHandler } from '../kernel/jobs.ts';
import { RandomOneTimeTokens } from '../modules/identity/adapters/crypto/random-one-time-tokens.ts';
import { AccountMails } from '../modules/identity/adapters/mail/account-mails.ts';
import { AccountEraser } from '../modules/identity/application/erase-account.ts';
import {
  AccountDeletedSender,
  EmailChangedSender,
  InvitationSender,
  LinkSender,
  NewSignInSender,
  PASSWORD_RESET,
  PasswordChangedSender,
  VERIFICATION,
} from '../modules/identity/application/mail-jobs.ts';
import { publicUrlOf } from './public-url.ts';
import { bind, bindClass, type Token, token } from './token.ts';
import { tokens } from './tokens.ts';

const handlers = {
  verification: token<JobHandler>('VerificationSender'),
  passwordReset: token<JobHandler>('PasswordResetSender'),
  passwordChanged: token<JobHandler>('PasswordChangedSender'),
  newSignIn: token<JobHandler>('NewSignInSender'),
  invitation: token<JobHandler>('InvitationSender'),
  emailChanged: token<JobHandler>('EmailChangedSender'),
  accountDeleted: token<JobHandler>('AccountDeletedSender'),
  accountEraser: token<JobHandler>('AccountEraser'),
};

export const identityJobs: readonly Token<JobHandler>[] = Object.values(handlers);

export function bindIdentityJobs(options: ContainerModuleLoadOptions): void {
  bindClass(options, tokens.oneTimeTokens, RandomOneTimeTokens, []);
  bind(options, tokens.accountMailer, (mailer, settings) => new AccountMails(mailer, publicUrlOf(settings)), [
    tokens.mailer,
    tokens.settings,
  ]);
  const needed = [tokens.identityStorage, tokens.oneTimeTokens, tokens.accountMailer, tokens.clock] as const;
  bind(
    options,
    handlers.verification,
    ({ work }, ...rest) => new LinkSender(VERIFICATION, work, ...rest) as JobHandler,
    needed,
  );
  bind(
    options,
    handlers.passwordReset,
    ({ work }, ...rest) => new LinkSender(PASSWORD_RESET, work, ...rest) as JobHandler,
    needed,
  );
  bind(
    options,
    handlers.invitation,
    ({ work }, ...rest) => new InvitationSender(work, ...rest) as JobHandler,
    needed,
  );
  bind(
    options,
    handlers.passwordChanged,
    ({ users }, mailer) => new PasswordChangedSender(users, mailer) as JobHandler,
    [tokens.identityStorage, tokens.accountMailer],
  );
  bind(
    options,
    handlers.newSignIn,
    ({ work, users }, mailer) => new NewSignInSender(work, users, mailer) as JobHandler,
    [tokens.identityStorage, tokens.accountMailer],
  );
  bind(options, handlers.emailChanged, mailer => new EmailChangedSender(mailer) as JobHandler, [
    tokens.accountMailer,
  ]);
  bind(options, handlers.accountDeleted, mailer => new AccountDeletedSender(mailer) as JobHandler, [
    tokens.accountMailer,
  ]);
  bind(options, handlers.accountEraser, ({ users }, data) => new AccountEraser(users, data) as JobHandler, [
    tokens.identityStorage,
    tokens.personalData,
  ]);
}
