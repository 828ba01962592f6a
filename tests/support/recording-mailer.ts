import type { Mail, Mailer } from '../../src/kernel/mail.ts';
import { within } from './child-process.ts';

/** Milliseconds until a mail that should have come has failed the test: enough for a retry or two. */
const PATIENCE = 12_000;

/** Keeps mails instead of sending them, and fails to when a test says so. */
export class RecordingMailer implements Mailer {
  readonly sent: Mail[] = [];
  private readonly watchers = new Set<() => void>();
  private failures = 0;

  async send(mail: Mail): Promise<void> {
    if (this.failures > 0) {
      this.failures -= 1;
      throw new Error('The mail server does not answer.');
    }
    this.sent.push(mail);
    for (const watch of this.watchers) watch();
  }

  failNext(times: number): void {
    this.failures = times;
  }

  /** All mails to an address, oldest first. */
  to(address: string): readonly Mail[] {
    return this.sent.filter(({ to }) => to === address);
  }

  /** Waits for the mail number `count` to this address whose subject is like this. */
  async mail(address: string, subject: RegExp, count = 1): Promise<Mail> {
    const found = () => this.to(address).filter(mail => subject.test(mail.subject))[count - 1];
    let watch = (): void => undefined;
    const come = new Promise<Mail>(resolve => {
      watch = () => {
        const mail = found();
        if (mail) resolve(mail);
      };
      this.watchers.add(watch);
      watch();
    });
    try {
      return await within(PATIENCE, come, () => `mail ${count} like ${subject} to ${address}`);
    } finally {
      this.watchers.delete(watch);
    }
  }
}

export const VERIFY = /^Verify/;
export const RESET = /^Set another/;
export const CHANGED = /was changed$/;
export const INVITED = /^You are invited/;
export const NEW_SIGN_IN = /^A new sign-in/;
export const MOVED = /another email address$/;
export const DELETED = /was deleted$/;

/** The token in the link of a mail. */
export function tokenOf({ text }: Pick<Mail, 'text'>): string {
  const token = /#token=(\S+)/.exec(text)?.[1];
  if (!token) throw new Error(`There is no link with a token in: ${text}`);
  return token;
}
