import type { Clock } from '../../../../kernel/clock.ts';
import type { Ids } from '../../../../kernel/ids.ts';
import type { UserId } from '../../../../kernel/principal.ts';
import { EmailTaken, InactiveUser, UsernameTaken } from '../../domain/account-errors.ts';
import { emailKey, isEmail, placeholderEmail } from '../../domain/email.ts';
import {
  knownAfter,
  ProviderAccount,
  type ProviderProfile,
  type ProviderSubject,
  providerAccountId,
  seenOf,
} from '../../domain/provider-account.ts';
import { ADMIN, MEMBER } from '../../domain/role.ts';
import { FULL_NAME, isUsername, type ProvidedProfile, User } from '../../domain/user.ts';
import { opened } from '../audit.ts';
import type { IdentityRepositories, IdentityWork, ProviderAccountReader } from '../ports.ts';
import { endAllSessions, revokeAccess } from '../revoke-access.ts';

export interface Recognition {
  /** Whether a verified email is enough to take somebody for whom they were here before. */
  readonly linkByEmail: boolean;
}

/**
 * Says who somebody is here whom the identity provider vouches for.
 *
 * - People are known by issuer and subject, whatever else changes about them.
 * - Somebody who comes for the first time gets an account. Where that is allowed, they get the one that has their email, if
 *   both the provider and this server have verified it and nobody has come for it yet; all of its sessions end.
 * - What the provider says of them is taken over: one write for each change of it, and none otherwise. What a token does not
 *   say stays as it was, but for roles: those of the newest token count, in whichever order tokens come.
 * - An email that another account has, or none at all, becomes a placeholder; a user name that is taken or is none here is
 *   left out.
 * - Whoever was deactivated here stays out.
 */
export class RecognisePerson {
  private readonly work: IdentityWork;
  private readonly accounts: ProviderAccountReader;
  private readonly options: Recognition;
  private readonly ids: Ids;
  private readonly clock: Clock;

  constructor(
    work: IdentityWork,
    accounts: ProviderAccountReader,
    options: Recognition,
    ids: Ids,
    clock: Clock,
  ) {
    this.work = work;
    this.accounts = accounts;
    this.options = options;
    this.ids = ids;
    this.clock = clock;
  }

  /** @throws InactiveUser */
  async execute(subject: ProviderSubject, profile: ProviderProfile): Promise<UserId> {
    const known = await this.accounts.find(providerAccountId(subject));
    if (known && !known.isActive) throw new InactiveUser();
    if (known && known.seen === seenOf(knownAfter(known.seen, profile))) return known.userId;
    const attempt = () =>
      this.work.run(repositories => this.takeOver(subject, profile, repositories), { retry: true });
    // Another request of the same newcomer, or another person, was a moment earlier.
    return attempt().catch(error => {
      if (error instanceof EmailTaken || error instanceof UsernameTaken) return attempt();
      throw error;
    });
  }

  private async takeOver(
    subject: ProviderSubject,
    said: ProviderProfile,
    repositories: IdentityRepositories,
  ): Promise<UserId> {
    const { users, providerAccounts } = repositories;
    const account = await providerAccounts.get(providerAccountId(subject));
    const profile = knownAfter(account?.seen, said);
    const present = account && (await users.lock(account.userId));
    const user = present ?? (await this.newcomer(profile, repositories));
    if (!user.isActive) throw new InactiveUser();
    const now = this.clock.now();
    const next = await provided(profile, user.id, repositories);
    // What other tokens of theirs let them do is looked at again.
    if (next.role !== user.role) await revokeAccess({ userId: user.id, sessionId: null }, repositories, now);
    user.follow(next, now);
    if (account) account.seen = seenOf(profile);
    else await providerAccounts.add(new ProviderAccount(subject, user.id, profile, now));
    return user.id;
  }

  private async newcomer(profile: ProviderProfile, repositories: IdentityRepositories): Promise<User> {
    const { users, audit } = repositories;
    const now = this.clock.now();
    const linked = await this.linkable(profile, repositories);
    if (linked) {
      await endAllSessions(linked.id, repositories, now);
      await audit.add(opened('account.linked', linked, undefined), now);
      return linked;
    }
    const id = this.ids.next();
    const { role, ...names } = await provided(profile, id, repositories);
    const user = new User(id, { ...names, role, passwordHash: '' }, now);
    await users.add(user);
    await audit.add(opened('account.opened', user, undefined), now);
    return user;
  }

  private async linkable(
    { email, isEmailVerified }: ProviderProfile,
    { users, providerAccounts }: IdentityRepositories,
  ): Promise<User | undefined> {
    if (!this.options.linkByEmail || !isEmailVerified || email === null || !isEmail(email)) return undefined;
    const found = await users.byEmailKey(emailKey(email));
    const user = found && (await users.lock(found.id));
    if (!user?.isVerified) return undefined;
    return (await providerAccounts.of(user.id)).length === 0 ? user : undefined;
  }
}

/** What of a profile can be had here. */
async function provided(
  { email, isEmailVerified, username, fullName, roles }: ProviderProfile,
  userId: UserId,
  { users }: IdentityRepositories,
): Promise<ProvidedProfile> {
  const isFree = (other: User | undefined) => other === undefined || other.id === userId;
  const hasEmail = email !== null && isEmail(email) && isFree(await users.byEmailKey(emailKey(email)));
  const hasUsername = username !== null && isUsername(username) && isFree(await users.byUsername(username));
  return {
    email: hasEmail ? email : placeholderEmail(userId),
    isVerified: hasEmail && isEmailVerified,
    username: hasUsername ? username : null,
    fullName: fullName === null ? null : nameOf(fullName),
    role: roles.includes(ADMIN) ? ADMIN : (roles[0] ?? MEMBER),
  };
}

/** As much of it as a full name can be here. */
function nameOf(text: string): string | null {
  const name = text.replaceAll(/\p{Cc}/gu, ' ').trim();
  return [...name].slice(0, FULL_NAME.max).join('').toWellFormed().trim() || null;
}
