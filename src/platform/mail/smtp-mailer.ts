import { createTransport, type Transporter } from 'nodemailer';
import type { Mail, Mailer } from '../../kernel/mail.ts';

/** Milliseconds. */
const TIMEOUT = 20_000;

/** Sends through the SMTP server of `smtp(s)://[user:password@]host[:port]`. */
export class SmtpMailer implements Mailer {
  private readonly transport: Transporter;
  private readonly from: string;

  constructor(url: string, from: string) {
    const timeouts = { connectionTimeout: TIMEOUT, greetingTimeout: TIMEOUT, socketTimeout: TIMEOUT };
    this.transport = createTransport({ url, ...timeouts, disableFileAccess: true, disableUrlAccess: true });
    this.from = from;
  }

  async send(mail: Mail): Promise<void> {
    await this.transport.sendMail({ from: this.from, ...mail });
  }
}
