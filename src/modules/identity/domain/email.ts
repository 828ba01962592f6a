import { InvalidEmail } from './account-errors.ts';

/** RFC 5321, section 4.5.3.1: a path has at most 256 octets, two of them its brackets. */
const MAX_EMAIL = 254;

/** One `@` between a local part without spaces or controls and a domain of at least two labels. */
const EMAIL = /^[^\s@\p{C}"(),:;<>[\]\\]{1,64}@[\p{L}\p{M}\p{N}-]+(\.[\p{L}\p{M}\p{N}-]+)+$/u;

export function isEmail(text: string): boolean {
  return text.length <= MAX_EMAIL && EMAIL.test(text);
}

/**
 * The address as it will be written to.
 * @throws InvalidEmail
 */
export function parseEmail(text: string): string {
  const email = text.normalize('NFC');
  if (!isEmail(email)) throw new InvalidEmail();
  return email;
}

/** Two addresses with the same key are the same: case does not tell people apart. */
export function emailKey(email: string): string {
  return email.normalize('NFC').toLowerCase();
}

/** No mail reaches what ends like this (RFC 2606, section 2). */
const NOWHERE = '@no-email.invalid';

/** What stands for the address of somebody who has none here. */
export function placeholderEmail(id: string): string {
  return id + NOWHERE;
}

export function isPlaceholder(email: string): boolean {
  return email.endsWith(NOWHERE);
}
