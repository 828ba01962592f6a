import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STORAGES } from '../support/application.ts';
import { type Answer, PASSWORD } from '../support/client.ts';
import { cookiesSetBy, deviceHeader } from '../support/cookies.ts';
import { addressOf, MailingServer } from '../support/mailing-server.ts';
import { NEW_SIGN_IN } from '../support/recording-mailer.ts';

const DAY = 86_400;
const OTHER_PASSWORD = 'another horse battery';

interface From {
  readonly device?: string;
  readonly address?: string;
  readonly cookie?: string;
  readonly password?: string;
  readonly site?: string;
}

describe.each(STORAGES)('the mail of a new sign-in on %s', storage => {
  let mailing: MailingServer;
  let people = 0;
  beforeAll(async () => {
    mailing = await MailingServer.start(storage, { trustedProxies: 1 });
  });
  afterAll(() => mailing.stop());

  const headersOf = ({ address = '192.0.2.1', cookie, site }: From) => ({
    'x-forwarded-for': address,
    ...(cookie && { cookie }),
    ...(site && { 'sec-fetch-site': site }),
  });
  /** A person who has registered, and signs in by a browser or another client. */
  const somebody = async () => {
    people += 1;
    const username = `person-${people}`;
    const account = { email: addressOf(username), username, password: PASSWORD };
    const { body } = await mailing.post('/auth/register', account);
    const logIn = async ({ device, password = PASSWORD, ...from }: From = {}): Promise<Answer> => {
      const login = { username, password, ...(device && { device_name: device }) };
      const headers = headersOf(from);
      const answer = await mailing.server.request('POST', '/auth/login', { body: login, headers });
      expect(answer.status).toBe(204);
      return answer;
    };
    const token = async ({ device, password = PASSWORD, ...from }: From = {}): Promise<Answer> => {
      const form = { grant_type: 'password', username, password, ...(device && { device_name: device }) };
      const headers = headersOf(from);
      const answer = await mailing.server.request('POST', '/auth/token', { form, headers });
      expect(answer.status).toBe(200);
      return answer;
    };
    const mails = async () => {
      await settle();
      return mailing.mailer.to(addressOf(username)).filter(({ subject }) => NEW_SIGN_IN.test(subject));
    };
    return { id: body.id, username, logIn, token, mails };
  };
  /** What was to be told of before has been: what came after it is, twice in a row. */
  const settle = async () => {
    for (let time = 0; time < 2; time += 1) {
      const { username, logIn } = await somebody();
      for (let sign = 0; sign < 2; sign += 1) await logIn();
      await mailing.mailer.mail(addressOf(username), NEW_SIGN_IN);
    }
  };
  const changePassword = async ({ body: { access_token: token } }: Answer) => {
    mailing.clock.advance(1);
    const body = { current_password: PASSWORD, new_password: OTHER_PASSWORD };
    const { status } = await mailing.server.request('PUT', '/users/me/password', { token, body });
    expect(status).toBe(204);
  };

  it('comes when a second browser signs in, and says on what, where and when', async () => {
    const { username, logIn, mails } = await somebody();
    await logIn();
    await mailing.change(username, { isVerified: true });
    await logIn({ device: 'Old laptop', address: '198.51.100.7' });
    const [mail, ...more] = await mails();
    expect(more).toEqual([]);
    expect(mail?.text).toContain('Device: "Old laptop". Network address: 198.51.100.7. Time: ');
    expect(mail?.text).toContain(mailing.clock.now().toUTCString());
    expect(mail?.text).toContain('http://atrium.test/forgot-password');
  });

  it('does not come of the very first sign-in, by a browser or another client', async () => {
    const [one, other] = [await somebody(), await somebody()];
    await one.logIn();
    await other.token();
    expect([...(await one.mails()), ...(await other.mails())]).toEqual([]);
  });

  it('does not come of a browser that has signed in before, wherever it is and whatever it is called', async () => {
    const { logIn, token, mails } = await somebody();
    const cookie = deviceHeader(await logIn({ device: 'Laptop' }));
    await logIn({ cookie, address: '203.0.113.5', device: 'Another name' });
    await token({ cookie, address: '203.0.113.6' });
    expect(await mails()).toEqual([]);
  });

  it('comes of a browser that has lost its cookies, also at the same address', async () => {
    const { logIn, mails } = await somebody();
    await logIn({ device: 'Laptop' });
    await logIn({ device: 'Laptop' });
    expect(await mails()).toHaveLength(1);
  });

  it('does not come of who has signed out and in again', async () => {
    const { logIn, mails } = await somebody();
    const answer = await logIn();
    const cookie = cookiesSetBy(answer)
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
    const out = await mailing.server.request('POST', '/auth/logout', { headers: { cookie } });
    expect(cookiesSetBy(out).map(({ name }) => name)).toEqual(['atrium_access', 'atrium_refresh']);
    await logIn({ cookie: deviceHeader(answer) });
    expect(await mails()).toEqual([]);
  });

  it('does not come of several people who share a browser', async () => {
    const [alice, bob] = [await somebody(), await somebody()];
    for (const { logIn } of [alice, bob]) await logIn({ address: '192.0.2.50' });
    let cookie = deviceHeader(await alice.logIn());
    for (const { logIn } of [bob, alice, bob, alice]) cookie = deviceHeader(await logIn({ cookie }));
    expect(await alice.mails()).toHaveLength(1);
    expect(await bob.mails()).toHaveLength(1);
  });

  it('comes on every device once the password has changed', async () => {
    const { logIn, token, mails } = await somebody();
    const cookie = deviceHeader(await logIn());
    await changePassword(await token({ cookie, device: 'script' }));
    await logIn({ cookie, password: OTHER_PASSWORD });
    await token({ device: 'script', password: OTHER_PASSWORD });
    expect(await mails()).toHaveLength(2);
  });

  it('does not come of a client without cookies that is known by its name and network', async () => {
    const { token, mails } = await somebody();
    await token({ device: 'script', address: '2001:db8:1:2::1' });
    await token({ device: 'script', address: '2001:db8:1:2:ffff::9' });
    expect(await mails()).toEqual([]);
    await token({ device: 'script', address: '2001:db8:1:3::1' });
    await token({ device: 'other', address: '2001:db8:1:2::1' });
    await token({ address: '2001:db8:1:2::1' });
    expect(await mails()).toHaveLength(3);
  });

  it('comes of a client at the address of a browser: whoever shares it could pass for its person', async () => {
    const { logIn, token, mails } = await somebody();
    await logIn();
    await token();
    expect(await mails()).toHaveLength(1);
    await token();
    expect(await mails()).toHaveLength(1);
  });

  it('comes of a client that has not been there for 400 days', async () => {
    const { token, mails } = await somebody();
    await token({ device: 'script' });
    mailing.clock.advance(400 * DAY);
    await token({ device: 'script' });
    expect(await mails()).toEqual([]);
    mailing.clock.advance(400 * DAY + 1);
    await token({ device: 'script' });
    expect(await mails()).toHaveLength(1);
  });

  it('comes five times a day at most, and again the day after', async () => {
    const { logIn, mails } = await somebody();
    for (let number = 0; number < 10; number += 1) await logIn();
    expect(await mails()).toHaveLength(5);
    mailing.clock.advance(DAY + 1);
    await logIn();
    expect(await mails()).toHaveLength(6);
  });

  it('does not come of a wrong password', async () => {
    const { username, logIn, mails } = await somebody();
    await logIn();
    const body = { username, password: 'wrong horse battery' };
    expect((await mailing.post('/auth/login', body)).status).toBe(400);
    expect(await mails()).toEqual([]);
  });

  it('comes once for each of several that sign in at once', async () => {
    const { logIn, mails } = await somebody();
    await Promise.all(Array.from({ length: 4 }, () => logIn()));
    expect(await mails()).toHaveLength(3);
  });
});

describe('the cookie of a device', () => {
  let mailing: MailingServer;
  beforeAll(async () => {
    mailing = await MailingServer.start('memory');
    await mailing.server.signUp('alice');
  });
  afterAll(() => mailing.stop());

  const token = (headers: Record<string, string> = {}, form: Record<string, string> = {}) =>
    mailing.server.request('POST', '/auth/token', {
      form: { grant_type: 'password', username: 'alice', password: PASSWORD, ...form },
      headers,
    });

  it('comes with the tokens of a password, for clients that keep cookies', async () => {
    const { headers } = await token();
    expect(headers.getSetCookie()).toEqual([
      expect.stringMatching(/^atrium_device=[\w-]+; Max-Age=34560000;/),
    ]);
  });

  it('does not come with a refresh, or with a wrong password', async () => {
    const { body } = await token();
    const refreshed = await token({}, { grant_type: 'refresh_token', refresh_token: body.refresh_token });
    expect(refreshed.status).toBe(200);
    const wrong = await token({}, { password: 'wrong' });
    for (const { headers } of [refreshed, wrong]) expect(headers.getSetCookie()).toEqual([]);
  });

  it('does not come to who is on the page of another site', async () => {
    const answer = await token({ 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' });
    expect(answer.status).toBe(200);
    expect(answer.headers.getSetCookie()).toEqual([]);
  });

  it('signs nobody in by itself', async () => {
    const cookie = deviceHeader(await token());
    const me = await mailing.server.request('GET', '/users/me', { headers: { cookie } });
    expect(me.status).toBe(401);
  });
});
