import type { UserId } from '../../../kernel/principal.ts';

/** There is one such record at most, so two people cannot both become the first administrator. */
export const SETUP_ID = 'first-administrator';

export class Setup {
  readonly id = SETUP_ID;
  readonly userId: UserId;
  readonly createdAt: Date;
  readonly version = 1;

  constructor(userId: UserId, now: Date) {
    this.userId = userId;
    this.createdAt = now;
  }
}
