import { dictionary } from '@zxcvbn-ts/language-common';

/** The passwords of zxcvbn's list that are long enough to pass the other rules, in lower case. */
export function commonPasswords(minLength: number): ReadonlySet<string> {
  return new Set(dictionary['passwords-common'].filter(password => password.length >= minLength));
}
