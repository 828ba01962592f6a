import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { uuidv7 } from 'uuidv7';
import type { Mail, Mailer } from '../../kernel/mail.ts';

/** Writes each mail into a file of its own (`.eml`, RFC 5322), where no SMTP server is configured. The library is loaded then. */
export class FileMailer implements Mailer {
  private readonly directory: string;
  private readonly from: string;

  constructor(directory: string, from: string) {
    this.directory = directory;
    this.from = from;
  }

  async send(mail: Mail): Promise<void> {
    const { createTransport } = await import('nodemailer');
    const transport = createTransport({ streamTransport: true, buffer: true, newline: 'unix' });
    const { message } = await transport.sendMail({ from: this.from, ...mail });
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
    await writeFile(join(this.directory, `${uuidv7()}.eml`), message, { mode: 0o600 });
  }
}
