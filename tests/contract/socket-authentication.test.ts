import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import type { AccessToken } from '../../src/modules/identity/domain/access-token.ts';
import { InactiveUser } from '../../src/modules/identity/domain/account-errors.ts';
import {
  CrossSiteRequest,
  InvalidTicket,
  InvalidToken,
} from '../../src/modules/identity/domain/session-errors.ts';
import { RequestError } from '../../src/platform/http/problem.ts';
import { STORAGES, type TestApplication, testApplication } from '../support/application.ts';
import { personalToken } from '../support/personal-tokens.ts';
import { identify, openAccount, signIn } from '../support/sign-in.ts';
import { socketTickets } from '../support/socket-tickets.ts';
import { TestClock } from '../support/test-clock.ts';

const OWN = 'http://atrium.test';
const FRIEND = 'https://app.example.org';
const STRANGER = 'https://evil.example';
const PATH = '/api/v1/chat/ws';

/** Seconds. */
const LIFETIME = 900;
const SESSION = 1000;

type Headers = Readonly<Record<string, string>>;

const CASES = (['paseto', 'database'] as const).flatMap(kind =>
  STORAGES.map(storage => [kind, storage] as const),
);

describe.each(CASES)('who asks for a socket, by access tokens of the kind %s on %s', (kind, storage) => {
  const clock = new TestClock();
  let application: TestApplication;
  let alice: string;
  let accessToken: string;
  let refreshToken: string;
  beforeAll(async () => {
    const settings = {
      accessTokens: kind,
      accessTokenTtl: LIFETIME,
      sessionIdleTtl: SESSION,
      publicUrl: OWN,
      corsOrigins: FRIEND,
    };
    application = await testApplication(storage, settings, [override(tokens.clock, clock)]);
    alice = (await openAccount(application, 'alice')).id;
    ({ accessToken, refreshToken } = await signIn(application, 'alice'));
  });
  afterAll(() => application.close());

  const admit = (headers: Headers, url = PATH) =>
    application.get(tokens.socketAuthentication).authenticate({ headers, url });
  const withTicket = (ticket: string, headers: Headers = {}) => admit(headers, `${PATH}?ticket=${ticket}`);
  const cookie = (token = accessToken) => ({ cookie: `atrium_access=${token}` });
  const bearer = (token = accessToken) => ({ authorization: `Bearer ${token}` });
  const ticketFor = async (token = accessToken) => {
    const by = { ...(await identify(application, token)), address: null };
    return (await socketTickets(application).issue.execute(token, by)).ticket;
  };
  const end = (seconds: number) => clock.now().getTime() + seconds * 1000;

  it('is known by a bearer token, a ticket or a cookie, and until when', async () => {
    const session = await signIn(application, 'alice', { scopes: ['chat'] });
    const token = session.accessToken;
    const principal = await identify(application, token);
    expect(principal).toMatchObject({ userId: alice, scopes: new Set(['chat']) });
    const known = { principal, token, expiresAt: end(LIFETIME) };
    const ticket = await ticketFor(token);
    expect(await admit(bearer(token))).toEqual({ ...known, by: 'bearer' });
    expect(await withTicket(ticket)).toEqual({ ...known, by: 'ticket' });
    expect(await admit({ ...cookie(token), origin: OWN })).toEqual({ ...known, by: 'cookie' });
    expect(await application.get(tokens.socketAuthentication).reverify(token)).toEqual({
      principal,
      expiresAt: end(LIFETIME),
    });
  });

  it('is known by a header before a ticket, which stays good, and by a ticket before a cookie', async () => {
    const { accessToken: other } = await signIn(application, 'alice');
    const ticket = await ticketFor();
    const headers = { ...cookie(other), origin: STRANGER };
    expect(await withTicket(ticket, { ...headers, ...bearer(other) })).toMatchObject({
      by: 'bearer',
      token: other,
    });
    expect(await withTicket(ticket, headers)).toMatchObject({ by: 'ticket', token: accessToken });
    await expect(withTicket(ticket, headers)).rejects.toThrow(InvalidTicket);
    await expect(withTicket('', { ...cookie(other), origin: OWN })).rejects.toThrow(InvalidTicket);
    await expect(admit({ ...bearer('nonsense'), ...cookie() })).rejects.toThrow(InvalidToken);
  });

  it('may come from any page with a bearer token or a ticket', async () => {
    for (const origin of [STRANGER, 'null', '']) {
      expect(await admit({ ...bearer(), origin })).toMatchObject({ by: 'bearer' });
      expect(await withTicket(await ticketFor(), { origin })).toMatchObject({ by: 'ticket' });
    }
  });

  it.each<Headers>([
    { origin: OWN },
    { origin: FRIEND },
    { origin: OWN, 'sec-fetch-site': 'same-origin' },
    { origin: FRIEND, 'sec-fetch-site': 'cross-site' },
    { origin: 'http://localhost:8000', 'sec-fetch-site': 'same-origin' },
  ])('may come by a cookie from here and from friends: %j', async headers => {
    expect(await admit({ ...cookie(), ...headers })).toMatchObject({ by: 'cookie' });
  });

  it.each<Headers>([
    {},
    { 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'none' },
    { origin: '' },
    { origin: 'null' },
    { origin: STRANGER },
    { origin: STRANGER, 'sec-fetch-site': 'cross-site' },
    { origin: STRANGER, 'sec-fetch-site': 'none' },
    { origin: 'http://blog.atrium.test', 'sec-fetch-site': 'same-site' },
    { origin: `${OWN}:8080` },
    { origin: `${OWN}.evil.example` },
  ])('may not come by a cookie from elsewhere, or from nowhere: %j', async headers => {
    await expect(admit({ ...cookie(), ...headers })).rejects.toThrow(CrossSiteRequest);
  });

  it('must show something good', async () => {
    for (const headers of [
      {},
      { cookie: 'other=1' },
      { authorization: 'Basic YTpi' },
      { authorization: 'Bearer' },
    ])
      await expect(admit(headers)).rejects.toMatchObject({ code: 'request.unauthenticated' });
    await expect(admit({}, '')).rejects.toThrow(RequestError);
    await expect(admit({}, `${PATH}?access_token=${accessToken}`)).rejects.toThrow(RequestError);
    for (const token of ['nonsense', `${accessToken}x`, refreshToken, await ticketFor()]) {
      await expect(admit(bearer(token))).rejects.toThrow(InvalidToken);
      await expect(admit({ ...cookie(token), origin: OWN })).rejects.toThrow(InvalidToken);
    }
  });

  it('gets in by no other string in the place of a ticket', async () => {
    const strings = [
      accessToken,
      refreshToken,
      'nonsense',
      'att_',
      `att_${'x'.repeat(43)}`,
      'x'.repeat(10_000),
      `att_${'x'.repeat(10_000)}`,
      '%00',
      `att_%00${'x'.repeat(42)}`,
      `${await ticketFor()}%00`,
      '%',
      '%F0%9F%92%99',
    ];
    for (const ticket of strings) await expect(withTicket(ticket)).rejects.toThrow(InvalidTicket);
  });

  it('gets in by a ticket once, and within 30 seconds', async () => {
    const [used, late] = [await ticketFor(), await ticketFor()];
    await withTicket(used);
    await expect(withTicket(used)).rejects.toThrow(InvalidTicket);
    clock.advance(30);
    await expect(withTicket(late)).rejects.toThrow(InvalidTicket);
  });

  it('takes the first ticket of several, and finds it among others', async () => {
    const [first, second] = [await ticketFor(), await ticketFor()];
    const url = `${PATH}?v=1&ticket=${first}&ticket=${second}`;
    expect(await admit({}, url)).toMatchObject({ by: 'ticket' });
    await expect(withTicket(first)).rejects.toThrow(InvalidTicket);
    expect(await withTicket(second)).toMatchObject({ by: 'ticket' });
  });

  it('does not get in when the session has ended, nor stays', async () => {
    const session = await signIn(application, 'alice');
    const ticket = await ticketFor(session.accessToken);
    const { token } = await admit(bearer(session.accessToken));
    await application.get(tokens.identityProvider).revoke(session.refreshToken);
    await expect(withTicket(ticket)).rejects.toThrow(InvalidToken);
    await expect(admit({ ...cookie(token), origin: OWN })).rejects.toThrow(InvalidToken);
    await expect(application.get(tokens.socketAuthentication).reverify(token)).rejects.toThrow(InvalidToken);
  });

  it('does not get in when the token has ended, or the account is not active', async () => {
    const [token, bob] = await personalTokenOf('bob');
    const [ticket, other] = [await ticketFor(token), await ticketFor(token)];
    expect(await withTicket(ticket)).toMatchObject({
      principal: { userId: bob, isPerson: false },
      expiresAt: Number.POSITIVE_INFINITY,
    });
    await application.get(tokens.identityStorage).work.run(async ({ users }) => {
      (await users.get(bob))?.changeAccess({ role: 'member', isActive: false }, clock.now());
    });
    await expect(withTicket(other)).rejects.toThrow(InactiveUser);
    const session = await signIn(application, 'alice');
    clock.advance(LIFETIME - 1);
    const last = await ticketFor(session.accessToken);
    clock.advance(1.001);
    await expect(withTicket(last)).rejects.toThrow(InvalidToken);
  });

  it('is known until the session ends where that is before the token does', async () => {
    const session = await signIn(application, 'alice');
    const { sessionId } = await identify(application, session.accessToken);
    const endsAt = new Date(end(100));
    await application.get(tokens.identityStorage).work.run(async ({ sessions }) => {
      Object.assign((await sessions.get(sessionId)) ?? {}, { expiresAt: endsAt });
    });
    expect(await admit(bearer(session.accessToken))).toMatchObject({ expiresAt: endsAt.getTime() });
  });

  it('is known until a personal access token ends', async () => {
    const endsAt = new Date(end(50));
    const [token] = await personalTokenOf('carol', endsAt);
    expect(await admit(bearer(token))).toMatchObject({ expiresAt: endsAt.getTime(), by: 'bearer' });
  });

  async function personalTokenOf(name: string, expiresAt: AccessToken['expiresAt'] = null) {
    const { id } = await openAccount(application, name);
    return [await personalToken(application, id, { expiresAt }), id] as const;
  }
});
