import type { UserId } from '../../../kernel/principal.ts';
import { boundedText, type TextBounds } from '../../../kernel/text.ts';
import { emailKey, parseEmail } from './email.ts';
import { InvalidUsername } from './errors.ts';
import type { RoleName } from './role.ts';

/** Without an `@`, so that a user name never looks like an address when somebody signs in. */
export const USERNAME_PATTERN = '^[a-z0-9_.-]{3,32}$';

export const FULL_NAME: TextBounds = { min: 1, max: 100 };

const USERNAME = new RegExp(USERNAME_PATTERN);

export function isUsername(text: string): boolean {
  return USERNAME.test(text);
}

/** How many of an id's last characters, which are random, tell nameless people apart. */
const ID_TAIL = 6;

export interface NewUser {
  readonly email: string;
  readonly username: string | null;
  readonly fullName: string | null;
  readonly role: RoleName;
  readonly passwordHash: string;
}

/** A person with an account of this server's own. */
export class User {
  readonly id: UserId;
  email: string;
  /** The email as it must be unique. */
  emailKey: string;
  username: string | null;
  fullName: string | null;
  /** What everybody may see: the user name, else the full name, else a word with the end of the id; never the email. */
  displayName: string;
  role: RoleName;
  passwordHash: string;
  isActive = true;
  isVerified = false;
  readonly createdAt: Date;
  updatedAt: Date;
  readonly version = 1;

  constructor(id: UserId, user: NewUser, now: Date) {
    this.id = id;
    this.email = parseEmail(user.email);
    this.emailKey = emailKey(this.email);
    if (user.username !== null && !isUsername(user.username)) throw new InvalidUsername();
    this.username = user.username;
    this.fullName = user.fullName === null ? null : boundedText('full_name', user.fullName, FULL_NAME);
    this.displayName = this.username ?? this.fullName ?? `member-${id.slice(-ID_TAIL)}`;
    this.role = user.role;
    this.passwordHash = user.passwordHash;
    this.createdAt = now;
    this.updatedAt = now;
  }
}
