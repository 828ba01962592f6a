import type { Clock } from '../../../kernel/clock.ts';
import { type Principal, requireScope } from '../../../kernel/principal.ts';
import { AccessTokenNotFound } from '../domain/access-token-errors.ts';
import { requirePerson } from './personal-token.ts';
import type { IdentityWork } from './ports.ts';
import { revokeAccess } from './revoke-access.ts';

/**
 * Deletes a personal access token of whoever asks. It is refused from then on, everywhere.
 *
 * - Not with such a token; somebody else's is as if there were none.
 */
export class DeleteAccessToken {
  private readonly work: IdentityWork;
  private readonly clock: Clock;

  constructor(work: IdentityWork, clock: Clock) {
    this.work = work;
    this.clock = clock;
  }

  async execute(id: string, by: Principal): Promise<void> {
    requireScope(by, 'profile');
    requirePerson(by);
    await this.work.run(
      async repositories => {
        const token = await repositories.accessTokens.get(id);
        if (token?.userId !== by.userId) throw new AccessTokenNotFound();
        await repositories.accessTokens.remove(token);
        await revokeAccess({ userId: by.userId, sessionId: token.id }, repositories, this.clock.now());
      },
      { retry: true },
    );
  }
}
