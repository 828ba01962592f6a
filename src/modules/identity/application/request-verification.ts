import { type Principal, requireScope } from '../../../kernel/principal.ts';
import type { SendVerification } from './jobs.ts';
import type { IdentityWork } from './ports.ts';

/** Asks for another mail with the link that verifies one's address. Where it is verified already, none is sent. */
export class RequestVerification {
  private readonly work: IdentityWork;

  constructor(work: IdentityWork) {
    this.work = work;
  }

  async execute(by: Principal): Promise<void> {
    requireScope(by, 'profile');
    const job: SendVerification = { type: 'identity.send_verification', userId: by.userId };
    await this.work.run(({ jobs }) => jobs.enqueue(job));
  }
}
