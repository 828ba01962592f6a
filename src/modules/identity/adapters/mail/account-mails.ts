import type { Mail, Mailer } from '../../../../kernel/mail.ts';
import type { AccountMailer, InvitationView, Recipient, SignInPlace } from '../../application/ports.ts';

interface Letter {
  readonly subject: string;
  /** What it says, before and after the link. */
  readonly paragraphs: readonly string[];
  readonly link?: { readonly text: string; readonly url: string };
  readonly ending: string;
}

/**
 * The mails about accounts, in text and HTML, with links to the pages of this server. Nobody is called by a name before
 * their address is verified: it may be a stranger's, and the name somebody's message to them.
 */
export class AccountMails implements AccountMailer {
  private readonly mailer: Mailer;
  private readonly publicUrl: string;

  constructor(mailer: Mailer, publicUrl: string) {
    this.mailer = mailer;
    this.publicUrl = publicUrl;
  }

  verification(to: Recipient, token: string): Promise<void> {
    return this.send(to, {
      subject: 'Verify your email address',
      paragraphs: ['somebody, probably you, gave this address for an account on Atrium.'],
      link: { text: 'Verify the address', url: `${this.publicUrl}/verify-email#token=${token}` },
      ending: 'The link is good for a day. If it was not you, do nothing.',
    });
  }

  passwordReset(to: Recipient, token: string): Promise<void> {
    return this.send(to, {
      subject: 'Set another password',
      paragraphs: ['somebody, probably you, forgot the password of your account on Atrium.'],
      link: { text: 'Set another password', url: `${this.publicUrl}/reset-password#token=${token}` },
      ending: 'The link is good for an hour, and works once. If it was not you, do nothing.',
    });
  }

  passwordChanged(to: Recipient, at: Date): Promise<void> {
    return this.send(to, {
      subject: 'Your password was changed',
      paragraphs: [
        `the password of your account on Atrium was changed on ${at.toUTCString()}, and you were signed out everywhere.`,
      ],
      link: { text: 'Set another password', url: `${this.publicUrl}/forgot-password` },
      ending: 'If it was you, do nothing. If not, set another password at once.',
    });
  }

  /** What the device is called was chosen by whoever signed in, perhaps with a stranger's address. */
  newSignIn(to: Recipient, { deviceName, address, createdAt }: SignInPlace): Promise<void> {
    const name = to.isVerified && deviceName !== null ? `"${onOneLine(deviceName)}"` : 'without a name';
    return this.send(to, {
      subject: 'A new sign-in to your account',
      paragraphs: [
        'somebody, probably you, signed in to your account on Atrium on a device that was not known.',
        `Device: ${name}. Network address: ${address ?? 'unknown'}. Time: ${createdAt.toUTCString()}.`,
      ],
      link: { text: 'Set another password', url: `${this.publicUrl}/forgot-password` },
      ending:
        'If it was you, do nothing. If not, somebody has your password: set another one at once, which ends all sessions.',
    });
  }

  invitation(
    { email, expiresAt }: Pick<InvitationView, 'email' | 'expiresAt'>,
    token: string,
  ): Promise<void> {
    const to = { email, username: null, fullName: null, isVerified: false };
    return this.send(to, {
      subject: 'You are invited to Atrium',
      paragraphs: [`an administrator of Atrium at ${this.publicUrl} invites you to open an account there.`],
      link: { text: 'Open an account', url: `${this.publicUrl}/register#token=${token}` },
      ending: `The link is good until ${expiresAt.toUTCString()}, for this address, and works once. If you did not expect it, do nothing.`,
    });
  }

  emailChanged(email: string, at: Date): Promise<void> {
    const nameless = { email, username: null, fullName: null, isVerified: false };
    return this.send(nameless, {
      subject: 'Your account has another email address',
      paragraphs: [
        `the account on Atrium that had this address was given another one on ${at.toUTCString()}. Links to set another password go there from now on.`,
      ],
      ending: 'If it was you, do nothing. If not, tell whoever runs the server at once.',
    });
  }

  accountDeleted(email: string, at: Date): Promise<void> {
    const nameless = { email, username: null, fullName: null, isVerified: false };
    return this.send(nameless, {
      subject: 'Your account was deleted',
      paragraphs: [
        `your account on Atrium was deleted on ${at.toUTCString()}. What you shared with others stays there without your name; the rest is being erased.`,
      ],
      ending: 'If it was you, do nothing. If not, tell whoever runs the server at once.',
    });
  }

  private send(to: Recipient, letter: Letter): Promise<void> {
    const name = to.isVerified ? (to.fullName ?? to.username ?? '') : '';
    const greeting = `Hello ${name}`.trim();
    const mail: Mail = {
      to: to.email,
      subject: letter.subject,
      text: textOf(greeting, letter),
      html: htmlOf(greeting, letter),
    };
    return this.mailer.send(mail);
  }
}

function textOf(greeting: string, { paragraphs, link, ending }: Letter): string {
  const parts = [`${greeting},`, ...paragraphs, ...(link ? [`${link.text}:\n${link.url}`] : []), ending];
  return `${parts.join('\n\n')}\n`;
}

function htmlOf(greeting: string, { subject, paragraphs, link, ending }: Letter): string {
  const parts = [
    `${escaped(greeting)},`,
    ...paragraphs.map(escaped),
    ...(link ? [`<a href="${escaped(link.url)}">${escaped(link.text)}</a>`] : []),
    escaped(ending),
  ];
  const body = parts.map(part => `<p>${part}</p>`).join('\n');
  return `<!doctype html>\n<html lang="en"><head><title>${escaped(subject)}</title></head><body>\n${body}\n</body></html>\n`;
}

function onOneLine(text: string): string {
  return text.replaceAll(/[\s\p{C}]+/gu, ' ').trim();
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
