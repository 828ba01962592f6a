import { isEmail } from '../domain/email.ts';
import type { SendPasswordReset } from './jobs.ts';
import type { IdentityWork } from './ports.ts';

/**
 * Asks for a mail with a link that sets another password.
 *
 * - Nobody learns whether there is such an account: not from the answer, and not from its time.
 * - What is no address is nobody's: it is not even looked up.
 */
export class RequestPasswordReset {
  private readonly work: IdentityWork;

  constructor(work: IdentityWork) {
    this.work = work;
  }

  async execute(email: string): Promise<void> {
    if (!isEmail(email)) return;
    const job: SendPasswordReset = { type: 'identity.send_password_reset', email };
    await this.work.run(({ jobs }) => jobs.enqueue(job));
  }
}
