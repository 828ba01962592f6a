import type { UserId } from '../../../kernel/principal.ts';
import { searchWords } from '../../../kernel/search-words.ts';
import { boundedText, type TextBounds } from '../../../kernel/text.ts';
import { InvalidUsername } from './account-errors.ts';
import { emailKey, parseEmail } from './email.ts';
import { MEMBER, type RoleName } from './role.ts';

/** Without an `@`, so that a user name never looks like an address when somebody signs in. */
export const USERNAME_PATTERN = '^[a-z0-9_.-]{3,32}$';

export const FULL_NAME: TextBounds = { min: 1, max: 100 };

const USERNAME = new RegExp(USERNAME_PATTERN);

export function isUsername(text: string): boolean {
  return USERNAME.test(text);
}

/** How many of an id's last characters, which are random, tell nameless people apart. */
const ID_TAIL = 6;

/** What is on the posts of somebody who has deleted their account. */
const NAMELESS = 'former member';

export interface NewUser {
  readonly email: string;
  readonly username: string | null;
  readonly fullName: string | null;
  readonly role: RoleName;
  readonly passwordHash: string;
}

/** What is left out stays as it is; null takes a name away. */
export interface ProfileChange {
  readonly email?: string | undefined;
  readonly username?: string | null | undefined;
  readonly fullName?: string | null | undefined;
}

/** What another server that keeps the accounts says of somebody. */
export interface ProvidedProfile {
  readonly email: string;
  readonly isVerified: boolean;
  readonly username: string | null;
  readonly fullName: string | null;
  readonly role: RoleName;
}

/**
 * A person with an account of this server's own. What is left of one that was deleted has the id alone, for what others
 * share with it.
 */
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
  /** What a device was given before is good for nothing. */
  passwordChangedAt: Date;
  isActive = true;
  isVerified = false;
  readonly createdAt: Date;
  updatedAt: Date;
  deletedAt: Date | null = null;
  readonly version = 1;

  constructor(id: UserId, user: NewUser, now: Date) {
    this.id = id;
    this.email = parseEmail(user.email);
    this.emailKey = emailKey(this.email);
    this.username = validUsername(user.username);
    this.fullName = validFullName(user.fullName);
    this.displayName = displayNameOf(this);
    this.role = user.role;
    this.passwordHash = user.passwordHash;
    this.passwordChangedAt = now;
    this.createdAt = now;
    this.updatedAt = now;
  }

  /** The words that others find this person by. */
  get searchText(): string {
    return searchWords(this.displayName).join(' ');
  }

  /** Another email has to be verified anew; a change to the same leaves no trace. */
  changeProfile(change: ProfileChange, now: Date): void {
    const { username = this.username, fullName = this.fullName } = change;
    const email = change.email === undefined ? this.email : parseEmail(change.email);
    if (email === this.email && username === this.username && fullName === this.fullName) return;
    if (email !== this.email) this.isVerified = false;
    this.email = email;
    this.emailKey = emailKey(email);
    this.username = validUsername(username);
    this.fullName = validFullName(fullName);
    this.displayName = displayNameOf(this);
    this.updatedAt = now;
  }

  /** Takes over what the server says that keeps the accounts. */
  follow({ email, isVerified, username, fullName, role }: ProvidedProfile, now: Date): void {
    this.changeProfile({ email, username, fullName }, now);
    this.isVerified = isVerified;
    this.role = role;
    this.updatedAt = now;
  }

  changePassword(hash: string, now: Date): void {
    this.passwordHash = hash;
    this.passwordChangedAt = now;
    this.updatedAt = now;
  }

  /** They have proved that the address is theirs. */
  verify(now: Date): void {
    if (this.isVerified) return;
    this.isVerified = true;
    this.updatedAt = now;
  }

  changeAccess({ role, isActive }: Pick<User, 'role' | 'isActive'>, now: Date): void {
    this.role = role;
    this.isActive = isActive;
    this.updatedAt = now;
  }

  /** Nothing stays that says who it was. The id takes the place of the email, which must be unique and be nobody's. */
  delete(now: Date): void {
    this.email = '';
    this.emailKey = this.id;
    this.username = null;
    this.fullName = null;
    this.displayName = NAMELESS;
    this.role = MEMBER;
    this.passwordHash = '';
    this.passwordChangedAt = now;
    this.isActive = false;
    this.isVerified = false;
    this.updatedAt = now;
    this.deletedAt = now;
  }
}

function validUsername(username: string | null): string | null {
  if (username !== null && !isUsername(username)) throw new InvalidUsername();
  return username;
}

function validFullName(fullName: string | null): string | null {
  return fullName === null ? null : boundedText('full_name', fullName, FULL_NAME);
}

function displayNameOf({ id, username, fullName }: Pick<User, 'id' | 'username' | 'fullName'>): string {
  return username ?? fullName ?? `member-${id.slice(-ID_TAIL)}`;
}
