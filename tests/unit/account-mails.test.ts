import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import PostalMime from 'postal-mime';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AccountMails } from '../../src/modules/identity/adapters/mail/account-mails.ts';
import type { Recipient } from '../../src/modules/identity/application/ports.ts';
import { FileMailer } from '../../src/platform/mail/file-mailer.ts';
import { BIRTH, newUser } from '../support/people.ts';
import { RecordingMailer } from '../support/recording-mailer.ts';

const URL = 'https://atrium.example';
const TOKEN = 'Yq3k0c2mJr6b_-x';
const ALICE: Recipient = {
  email: 'alice@example.org',
  username: 'alice',
  fullName: null,
  isVerified: true,
};

const PLACE = { deviceName: 'Laptop', address: '192.0.2.7', createdAt: BIRTH };

type Send = (mails: AccountMails, to: Recipient) => Promise<void>;

const LETTERS: readonly [name: string, link: string, Send][] = [
  ['verification', `${URL}/verify-email#token=${TOKEN}`, (mails, to) => mails.verification(to, TOKEN)],
  ['passwordReset', `${URL}/reset-password#token=${TOKEN}`, (mails, to) => mails.passwordReset(to, TOKEN)],
  ['passwordChanged', `${URL}/forgot-password`, (mails, to) => mails.passwordChanged(to, BIRTH)],
  ['newSignIn', `${URL}/forgot-password`, (mails, to) => mails.newSignIn(to, PLACE)],
];

async function written(send: Send, to: Recipient) {
  const mailer = new RecordingMailer();
  await send(new AccountMails(mailer, URL), to);
  const [mail] = mailer.sent;
  if (mailer.sent.length !== 1 || !mail) throw new Error(`${mailer.sent.length} mails were sent.`);
  return mail;
}

/** The mail as a program reads it that gets it. */
async function received(send: Send, to: Recipient) {
  const directory = await mkdtemp(join(tmpdir(), 'atrium-mail-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  await send(new AccountMails(new FileMailer(directory, 'Atrium <atrium@example.org>'), URL), to);
  const [file = ''] = await readdir(directory);
  return PostalMime.parse(await readFile(join(directory, file)));
}

/** What a browser shows of it: enough for the few tags and entities that these mails have. */
const shown = (html: string) =>
  html
    .replace(/^.*<body>/s, '')
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');

describe.each(LETTERS)('the mail %s', (_, link, send) => {
  it('has the link once, in text and in HTML', async () => {
    const { text, html } = await written(send, ALICE);
    expect(text.match(/https?:\S+/g)).toEqual([link]);
    expect(html.match(/href="[^"]*"/g)).toEqual([`href="${link}"`]);
  });

  it('says the same in text and HTML', async () => {
    const { text, html } = await written(send, ALICE);
    const words = (content: string) =>
      content
        .replace(link, '')
        .replaceAll(/[\s:]+/g, ' ')
        .trim();
    expect(words(shown(html))).toBe(words(text));
  });

  it.each([
    ['the full name', { username: 'alice', fullName: 'Alice Arden' }, 'Hello Alice Arden,'],
    ['else the user name', { username: 'alice', fullName: null }, 'Hello alice,'],
    ['else nothing', { username: null, fullName: null }, 'Hello,'],
    ['nothing before the address is verified', { username: 'alice', isVerified: false }, 'Hello,'],
  ])('greets people by %s', async (_, names, greeting) => {
    const { text, html } = await written(send, { ...ALICE, ...names });
    expect(text.split('\n')[0]).toBe(greeting);
    expect(html).toContain(`<p>${greeting}</p>`);
  });

  it.each([
    '<img src=x onerror=alert(1)>',
    '</p></body><script>alert(1)</script>',
    '"><a href="https://evil.example">here</a>',
    "Tom & 'Jerry' &lt;3",
  ])('shows the name %j as it is, and has no tag or link of its making', async fullName => {
    const plain = await written(send, { ...ALICE, fullName: 'x' });
    const { text, html } = await written(send, { ...ALICE, fullName });
    expect(text).toContain(`Hello ${fullName},`);
    expect(shown(html)).toContain(`Hello ${fullName},`);
    expect(html.match(/<[^>]*>/g)).toEqual(plain.html.match(/<[^>]*>/g));
  });

  it.each([
    'Eve\r\nBcc: all@example.org',
    'Eve\nSubject: Won!\n\nDear winner',
    'Eve\r\n.\r\nRCPT TO:<a@b.org>',
  ])('goes to one person under its own subject, whoever is called %j', async fullName => {
    const plain = await received(send, { ...ALICE, fullName: 'Eve' });
    const mail = await received(send, { ...ALICE, fullName });
    const keys = ({ headers }: typeof mail) => headers.map(({ key }) => key).sort();
    expect(keys(mail)).toEqual(keys(plain));
    expect(mail.to).toEqual([{ address: 'alice@example.org', name: '' }]);
    expect(mail.subject).toBe(plain.subject);
  });

  it('arrives in text and HTML, in whatever script', async () => {
    const mail = await received(send, { ...ALICE, fullName: '日本 Ünïcode 💙' });
    expect(mail.text).toContain('Hello 日本 Ünïcode 💙,');
    expect(mail.html).toContain('Hello 日本 Ünïcode 💙,');
    expect(mail.text).toContain(link);
    expect(mail.html).toContain(link);
    expect(mail.from).toEqual({ address: 'atrium@example.org', name: 'Atrium' });
  });

  it('holds nothing else of the person', async () => {
    const user = newUser({ email: 'alice@example.org', username: 'alice', passwordHash: '$argon2id$secret' });
    const { text, html } = await written(send, user);
    for (const secret of [user.passwordHash, user.id, user.email]) expect(text + html).not.toContain(secret);
  });
});

it('the mail of a changed password has no token, and says when that was', async () => {
  const { text } = await written((mails, to) => mails.passwordChanged(to, BIRTH), ALICE);
  expect(text).toContain('on Mon, 23 Nov 2026 12:00:00 GMT');
  expect(text).not.toContain('#');
});

describe('the mail of a new sign-in', () => {
  const placeIn = async (change: object, to = ALICE) => {
    const { text, html } = await written((mails, to) => mails.newSignIn(to, { ...PLACE, ...change }), to);
    expect(shown(html)).toContain(/^Device: .*$/m.exec(text)?.[0]);
    return /^Device: .*$/m.exec(text)?.[0];
  };

  it('says on what device it was, where and when, and has no token', async () => {
    expect(await placeIn({})).toBe(
      'Device: "Laptop". Network address: 192.0.2.7. Time: Mon, 23 Nov 2026 12:00:00 GMT.',
    );
    const { text } = await written((mails, to) => mails.newSignIn(to, PLACE), ALICE);
    expect(text).not.toContain('#');
  });

  it('says what is not known', async () => {
    expect(await placeIn({ deviceName: null, address: null })).toMatch(
      /^Device: without a name\. Network address: unknown\./,
    );
  });

  it('has no paragraph of its maker', async () => {
    const deviceName = ' x\r\n\nAll is well,\u2028do nothing.\u202e\t<b>';
    expect(await placeIn({ deviceName })).toMatch(/^Device: "x All is well, do nothing\. <b>"\. Network/);
  });

  it('does not say what a device is called to an address that may be a stranger’s', async () => {
    expect(await placeIn({ deviceName: 'You have won' }, { ...ALICE, isVerified: false })).toMatch(
      /^Device: without a name\. Network address: 192\.0\.2\.7\./,
    );
  });
});

describe('the mail of an invitation', () => {
  const invitation = { email: 'new@example.org', expiresAt: BIRTH };
  const send: Send = mails => mails.invitation(invitation, TOKEN);

  it('has the link once, in text and in HTML, and says until when it is good and who asks', async () => {
    const { to, text, html } = await written(send, ALICE);
    expect(to).toBe('new@example.org');
    expect(text.match(/#\S+/g)).toEqual([`#token=${TOKEN}`]);
    expect(text).toContain(`\n${URL}/register#token=${TOKEN}\n`);
    expect(html.match(/href="[^"]*"/g)).toEqual([`href="${URL}/register#token=${TOKEN}"`]);
    for (const content of [text, shown(html)]) {
      expect(content).toContain('Hello,');
      expect(content).toContain(`Atrium at ${URL} invites you`);
      expect(content).toContain('good until Mon, 23 Nov 2026 12:00:00 GMT');
    }
  });

  it('goes to that address alone', async () => {
    expect((await received(send, ALICE)).to).toEqual([{ address: 'new@example.org', name: '' }]);
  });
});

describe.each<[string, Send, string]>([
  ['accountDeleted', (mails, { email }) => mails.accountDeleted(email, BIRTH), 'Your account was deleted'],
  [
    'emailChanged',
    (mails, { email }) => mails.emailChanged(email, BIRTH),
    'Your account has another email address',
  ],
])('the mail %s', (_, send, title) => {
  it('says when it was, by no name and without a link, in text and in HTML', async () => {
    const { to, subject, text, html } = await written(send, ALICE);
    expect([to, subject]).toEqual(['alice@example.org', title]);
    for (const content of [text, html]) {
      expect(content).toContain('Hello,');
      expect(content).toContain(BIRTH.toUTCString());
      expect(content).not.toMatch(/https?:|href/);
    }
    const words = (content: string) => content.replaceAll(/\s+/g, ' ').trim();
    expect(words(shown(html))).toBe(words(text));
  });

  it('arrives as it was written', async () => {
    const { subject, text } = await received(send, ALICE);
    expect(subject).toBe(title);
    expect(text).toContain('tell whoever runs the server');
  });
});
