import { lengthOf } from '../../../kernel/text.ts';
import { InvalidPassword } from './password-errors.ts';

/** NIST SP 800-63B-4, section 3.1.1.2, asks for at least 64; more would only feed the hash. */
export const MAX_PASSWORD = 128;

/** Unicode NFC, as NIST SP 800-63B-4 asks for, so that one password typed on two keyboards is one password. */
export function normalisePassword(password: string): string {
  return password.normalize('NFC');
}

/** What a new password is held against. No rule asks for kinds of characters. */
export interface PasswordPolicy {
  readonly minLength: number;
  /** Whether it is among the most used ones; `password` is in lower case. */
  isCommon(password: string): Promise<boolean>;
}

/** `field` is where the password came from. @throws InvalidPassword */
export async function requireAcceptablePassword(
  password: string,
  { email, username }: { readonly email: string; readonly username: string | null },
  policy: PasswordPolicy,
  field = 'password',
): Promise<void> {
  const normalised = normalisePassword(password);
  const length = lengthOf(normalised);
  if (length < policy.minLength || length > MAX_PASSWORD)
    throw new InvalidPassword(
      'identity.password_length',
      `A password has ${policy.minLength} to ${MAX_PASSWORD} characters.`,
      field,
    );
  const folded = fold(password);
  if (folded === fold(email) || folded === username)
    throw new InvalidPassword(
      'identity.password_is_name',
      'A password must not be the email or the user name.',
      field,
    );
  if (await policy.isCommon(folded))
    throw new InvalidPassword(
      'identity.password_common',
      'This password is among the most used ones. Take another.',
      field,
    );
}

/** What is compared takes no account of case, nor of how wide characters are written (NFKC): a guess would not either. */
function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}
