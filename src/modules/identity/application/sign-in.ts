import type { Clock } from '../../../kernel/clock.ts';
import type { Ids } from '../../../kernel/ids.ts';
import type { AuditOutcome, AuditRecord } from '../domain/audit-entry.ts';
import { emailKey, isEmail } from '../domain/email.ts';
import { normalisePassword } from '../domain/password-policy.ts';
import { grantedScopes, scopesOf } from '../domain/role.ts';
import { type Device, Session, type SessionLifetimes } from '../domain/session.ts';
import { InvalidGrant, InvalidScope } from '../domain/session-errors.ts';
import { isUsername, type User } from '../domain/user.ts';
import { announceSignIn } from './announce-sign-in.ts';
import type { CredentialThrottle } from './credential-throttle.ts';
import type {
  AccessTokens,
  DeviceTokens,
  GrantRequest,
  IdentityWork,
  PasswordHasher,
  RefreshTokens,
  TokenSet,
} from './ports.ts';

const INCORRECT = 'Incorrect email or password';

type PasswordGrant = Extract<GrantRequest, { type: 'password' }>;

/**
 * Starts a session for an email or user name and its password (RFC 6749, section 4.3).
 *
 * - An unknown name, a wrong password and a deactivated account get the same answer in the same time.
 * - Attempts on one account from one address are slowed down more and more, and those on a name that nobody has alike.
 * - A device that somebody signed in on before shows a token. Its attempts on that account are counted by themselves: no
 *   one else's hinder it, and a stolen token is good for as many guesses as any other origin.
 * - Of a sign-in on a device that shows none, a mail tells the person, though not of the very first one, and of five a
 *   day at most. A client that may keep no token (`/auth/token`) counts as known where one of the same device name has
 *   signed in from the same network (IPv4 address, or /64 of IPv6) in the last 400 days and since the password was
 *   last changed.
 * - Every attempt that is looked at is in the audit log.
 * - A password that is changed, or an account that is deactivated, at the same moment starts no session.
 * - A password whose hash was made with other parameters than today's is hashed anew, by the first of those who sign in
 *   with it at once.
 * - The session has the scopes that were asked for and the role allows; all that it allows when none were asked for.
 */
export class SignIn {
  private readonly work: IdentityWork;
  private readonly hasher: PasswordHasher;
  private readonly throttle: CredentialThrottle;
  private readonly devices: DeviceTokens;
  private readonly refreshTokens: RefreshTokens;
  private readonly accessTokens: AccessTokens;
  private readonly lifetimes: SessionLifetimes;
  private readonly ids: Ids;
  private readonly clock: Clock;

  constructor(
    work: IdentityWork,
    hasher: PasswordHasher,
    throttle: CredentialThrottle,
    devices: DeviceTokens,
    refreshTokens: RefreshTokens,
    accessTokens: AccessTokens,
    lifetimes: SessionLifetimes,
    ids: Ids,
    clock: Clock,
  ) {
    this.work = work;
    this.hasher = hasher;
    this.throttle = throttle;
    this.devices = devices;
    this.refreshTokens = refreshTokens;
    this.accessTokens = accessTokens;
    this.lifetimes = lifetimes;
    this.ids = ids;
    this.clock = clock;
  }

  async execute(grant: PasswordGrant): Promise<TokenSet> {
    const granted = (await this.attempt(grant)) ?? (await this.attempt(grant));
    if (!granted) throw new InvalidGrant(INCORRECT);
    return granted;
  }

  /**
   * Undefined where the hash is another by the time that the session would start. Whether the password was changed, or
   * only hashed anew, is seen by checking it against that.
   */
  private async attempt(grant: PasswordGrant): Promise<TokenSet | undefined> {
    const { login, password, device, deviceTokens = [] } = grant;
    const user = await this.userOf(login);
    const known = user && this.devices.deviceOf(deviceTokens, user);
    const attempt = { account: user?.id ?? emailKey(login), origin: known ?? device.address ?? 'unknown' };
    await this.throttle.admit(attempt);
    const matches = await this.hasher.verify(user?.passwordHash, normalisePassword(password));
    if (!user || !matches || !user.isActive) return this.refuse(user, device);
    await this.throttle.succeeded(attempt);
    const passwordHash = this.hasher.isOutdated(user.passwordHash)
      ? await this.hasher.hash(normalisePassword(password))
      : user.passwordHash;
    const refresh = this.refreshTokens.first();
    const session = await this.work.run(async repositories => {
      const { users, roles, sessions, audit } = repositories;
      const present = await users.lock(user.id);
      if (!present?.isActive) throw new InvalidGrant(INCORRECT);
      if (present.passwordHash !== user.passwordHash) return undefined;
      present.passwordHash = passwordHash;
      const role = await roles.get(present.role);
      const scopes = role ? grantedScopes(scopesOf(role), grant.scopes) : [];
      if (scopes.length === 0) throw new InvalidScope();
      const beginning = { userId: user.id, scopes, device, network: grant.network };
      const hashes = { familyHash: refresh.familyHash, refreshTokenHash: refresh.hash };
      const now = this.clock.now();
      const started = new Session(this.ids.next(), { ...beginning, ...hashes }, this.lifetimes, now);
      if (known === undefined) await announceSignIn(started, present, repositories);
      await sessions.add(started);
      await audit.add(signIn('success', user, device), now);
      return started;
    });
    if (!session) return undefined;
    const { id: sessionId, scopes } = session;
    const { token: accessToken, expiresIn } = await this.accessTokens.issue({
      userId: user.id,
      sessionId,
      scopes,
    });
    const renewed = this.devices.renew(deviceTokens, user);
    return { accessToken, refreshToken: refresh.token, expiresIn, scopes, deviceTokens: renewed };
  }

  /** What was typed is not kept: a name is sometimes a password. */
  private async refuse(user: User | undefined, device: Device): Promise<never> {
    await this.work.run(({ audit }) => audit.add(signIn('failure', user, device), this.clock.now()));
    throw new InvalidGrant(INCORRECT);
  }

  /** What is neither an email nor a user name belongs to nobody, and is not looked for. */
  private userOf(login: string): Promise<User | undefined> {
    const username = login.toLowerCase();
    return this.work.run(async ({ users }) => {
      if (isUsername(username)) return users.byUsername(username);
      return isEmail(login) ? users.byEmailKey(emailKey(login)) : undefined;
    });
  }
}

function signIn(outcome: AuditOutcome, user: User | undefined, device: Device): AuditRecord {
  const subjectId = user?.id ?? null;
  const actorId = outcome === 'success' ? subjectId : null;
  const { address, name } = device;
  return { action: 'sign_in', outcome, actorId, subjectId, address, details: { device: name } };
}
