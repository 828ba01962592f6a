import type { UserId } from '../../../kernel/principal.ts';

/** Whom a token of the identity provider is about, as the provider knows them. Null: the token does not say. */
export interface ProviderProfile {
  readonly email: string | null;
  readonly isEmailVerified: boolean;
  readonly username: string | null;
  readonly fullName: string | null;
  /** Of those that this server knows, in the order of the token. */
  readonly roles: readonly string[];
  /** When the provider said which roles there are, in milliseconds since 1970. */
  readonly rolesAt: number;
}

export interface ProviderSubject {
  /** The provider's address. */
  readonly issuer: string;
  /** By which the issuer knows a person for ever (OpenID Connect Core 1.0, section 8). */
  readonly subject: string;
}

/** An account of the identity provider, and whom it stands for here. */
export class ProviderAccount {
  /** Of the issuer and the subject, which together are unique. */
  readonly id: string;
  readonly userId: UserId;
  /** The profile as far as it is known by now, as JSON, so that only a change of it is written. */
  seen: string;
  readonly createdAt: Date;
  readonly version = 1;

  constructor(subject: ProviderSubject, userId: UserId, profile: ProviderProfile, now: Date) {
    this.id = providerAccountId(subject);
    this.userId = userId;
    this.seen = seenOf(profile);
    this.createdAt = now;
  }
}

/** No address of an issuer has a blank in it. */
export function providerAccountId({ issuer, subject }: ProviderSubject): string {
  return `${issuer} ${subject}`;
}

export function seenOf({
  email,
  isEmailVerified,
  username,
  fullName,
  roles,
  rolesAt,
}: ProviderProfile): string {
  return JSON.stringify({ email, isEmailVerified, username, fullName, roles, rolesAt });
}

/**
 * What is known after another token: clients get tokens that say more or less, and what one leaves out has not changed. An older
 * token says nothing of roles that a newer one has not said better: somebody who was an administrator has it for minutes yet.
 */
export function knownAfter(seen: string | undefined, said: ProviderProfile): ProviderProfile {
  if (seen === undefined) return said;
  const before = JSON.parse(seen) as ProviderProfile;
  const isKnown = said.rolesAt < (before.rolesAt ?? 0) || said.roles.join() === before.roles.join();
  return {
    email: said.email ?? before.email,
    isEmailVerified: said.email === null ? before.isEmailVerified : said.isEmailVerified,
    username: said.username ?? before.username,
    fullName: said.fullName ?? before.fullName,
    roles: isKnown ? before.roles : said.roles,
    rolesAt: isKnown ? (before.rolesAt ?? said.rolesAt) : said.rolesAt,
  };
}
