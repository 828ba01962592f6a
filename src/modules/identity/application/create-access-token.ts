import type { Clock } from '../../../kernel/clock.ts';
import type { Ids } from '../../../kernel/ids.ts';
import { type Principal, requireScope } from '../../../kernel/principal.ts';
import { AccessToken } from '../domain/access-token.ts';
import { TooManyAccessTokens } from '../domain/access-token-errors.ts';
import { grantedScopes, scopesOf } from '../domain/role.ts';
import { InvalidScope, InvalidToken } from '../domain/session-errors.ts';
import { done } from './audit.ts';
import { PERSONAL_TOKEN_PREFIX } from './personal-token.ts';
import type { AccessTokenView, IdentityWork, OneTimeTokens } from './ports.ts';
import type { ProofOfIdentity } from './proof-of-identity.ts';

export interface CreateAccessTokenCommand {
  readonly name: string;
  /** Nothing: all that the role allows. */
  readonly scopes: readonly string[];
  readonly expiresAt: Date | null;
  readonly currentPassword: string | undefined;
}

/** Tokens that one person may have. */
const MOST = 50;

/**
 * Makes a personal access token.
 *
 * - It wants the current password or a recent sign-in, and cannot be asked for with such a token.
 * - It has the scopes that were asked for and the role allows, and never more than the role allows when it is used.
 * - The token is shown this once.
 */
export class CreateAccessToken {
  private readonly work: IdentityWork;
  private readonly proof: ProofOfIdentity;
  private readonly tokens: OneTimeTokens;
  private readonly ids: Ids;
  private readonly clock: Clock;

  constructor(work: IdentityWork, proof: ProofOfIdentity, tokens: OneTimeTokens, ids: Ids, clock: Clock) {
    this.work = work;
    this.proof = proof;
    this.tokens = tokens;
    this.ids = ids;
    this.clock = clock;
  }

  async execute(
    { name, scopes: requested, expiresAt, currentPassword }: CreateAccessTokenCommand,
    by: Principal,
  ): Promise<{ readonly accessToken: AccessTokenView; readonly token: string }> {
    requireScope(by, 'profile');
    const { user, role } = await this.work.run(async ({ users, roles }) => {
      const user = await users.get(by.userId);
      return { user, role: user && (await roles.get(user.role)) };
    });
    if (!user || !role) throw new InvalidToken();
    await this.proof.require(by, user.passwordHash, currentPassword);
    const scopes = grantedScopes(scopesOf(role), requested);
    if (scopes.length === 0) throw new InvalidScope();
    const { token: secret } = this.tokens.create();
    const token = PERSONAL_TOKEN_PREFIX + secret;
    const request = { userId: user.id, name, scopes, expiresAt };
    const hash = this.tokens.hashOf(token);
    const accessToken = new AccessToken(this.ids.next(), request, hash, this.clock.now());
    const record = done('access_token.created', by, by.userId, { name, scope: accessToken.scope });
    await this.work.run(async ({ users, accessTokens, audit }) => {
      if (!(await users.lock(user.id))) throw new InvalidToken();
      if ((await accessTokens.of(user.id)).length >= MOST) throw new TooManyAccessTokens(MOST);
      await accessTokens.add(accessToken);
      await audit.add(record, accessToken.createdAt);
    });
    return { accessToken, token };
  }
}
