import type { Transporter } from 'nodemailer';
import type { Mail, Mailer } from '../../kernel/mail.ts';

/** Milliseconds. */
const TIMEOUT = 20_000;

/** Sends through the SMTP server of `smtp(s)://[user:password@]host[:port]`. */
export class SmtpMailer implements Mailer {
  private readonly url: string;
  private readonly from: string;
  private transport: Promise<Transporter> | undefined;

  constructor(url: string, from: string) {
    this.url = url;
    this.from = from;
  }

  async send(mail: Mail): Promise<void> {
    this.transport ??= this.connect();
    await (await this.transport).sendMail({ from: this.from, ...mail });
  }

  /** The library is loaded with the first mail. */
  private async connect(): Promise<Transporter> {
    const { createTransport } = await import('nodemailer');
    const timeouts = { connectionTimeout: TIMEOUT, greetingTimeout: TIMEOUT, socketTimeout: TIMEOUT };
    return createTransport({ url: this.url, ...timeouts, disableFileAccess: true, disableUrlAccess: true });
  }
}
