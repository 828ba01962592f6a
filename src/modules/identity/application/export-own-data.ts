import type { Clock } from '../../../kernel/clock.ts';
import type { PersonalData } from '../../../kernel/personal-data.ts';
import { type Principal, requireScope } from '../../../kernel/principal.ts';
import { InvalidToken } from '../domain/session-errors.ts';
import { done } from './audit.ts';
import type { IdentityWork, UserReader, UserView } from './ports.ts';
import { requireRecentSignIn } from './recent-sign-in.ts';

export interface OwnData {
  readonly exportedAt: Date;
  readonly account: UserView;
  /** Read while it is being taken. */
  readonly parts: readonly { readonly name: string; readonly pages: AsyncIterable<readonly unknown[]> }[];
}

/**
 * Gives whoever asks all that is kept of them.
 *
 * - It wants a recent sign-in, and cannot be asked for with a personal access token: it is more at once than anything
 *   else shows, and who found an open browser should not carry it off.
 * - It holds no secret, and nothing about anybody else.
 * - The audit log says that it was given out.
 */
export class ExportOwnData {
  private readonly work: IdentityWork;
  private readonly users: UserReader;
  private readonly data: readonly PersonalData[];
  private readonly clock: Clock;

  constructor(work: IdentityWork, users: UserReader, data: readonly PersonalData[], clock: Clock) {
    this.work = work;
    this.users = users;
    this.data = data;
    this.clock = clock;
  }

  async execute(by: Principal): Promise<OwnData> {
    requireScope(by, 'profile');
    const exportedAt = this.clock.now();
    requireRecentSignIn(by, exportedAt);
    const account = await this.users.find(by.userId);
    if (!account) throw new InvalidToken();
    await this.work.run(({ audit }) => audit.add(done('account.exported', by), exportedAt));
    const parts = this.data.map(part => ({ name: part.name, pages: part.export(by.userId) }));
    return { exportedAt, account, parts };
  }
}
