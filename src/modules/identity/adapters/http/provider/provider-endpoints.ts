import Type from 'typebox';
import { type Endpoint, ok } from '../../../../../platform/http/endpoint.ts';
import type { AcceptLogout, Notice } from '../../../application/provider/accept-logout.ts';
import { SignInRefused } from '../../../domain/provider-errors.ts';
import type { Device } from '../../../domain/session.ts';
import { endpoint } from '../identity-problems.ts';
import { oauthProblems } from '../oauth-problems.ts';
import type { SameSite } from '../same-site.ts';
import type { SessionCookies } from '../session-cookies.ts';
import type { SignInCookie } from './sign-in-cookie.ts';

/** A sign-in elsewhere. What it is recognised by is the provider's own business. */
export interface ProviderSignIns<Begun> {
  begin(): Promise<{ readonly address: string; readonly begun: Begun }>;
  /** Of the query with which the browser came back; gives what the browser gets. */
  finish(query: string, begun: Begun, device: Device): Promise<string>;
  /** Ends the session of what a browser had before. */
  forget(token: string): Promise<void>;
  /** Gives the address where the browser ends the session there too. */
  end(token: string | undefined): Promise<string>;
  verifyLogout(token: string): Promise<Notice>;
}

export interface Begun<At> {
  readonly at: At;
  /** A path of this server. */
  readonly returnTo: string;
}

export interface ProviderParts<At> {
  readonly signIns: ProviderSignIns<At>;
  readonly acceptLogout: AcceptLogout;
  readonly signInCookie: SignInCookie<Begun<At>>;
  readonly sessionCookies: SessionCookies;
  readonly sameSite: SameSite;
}

const MAX_TOKEN = 65_536;

const LoginQuery = Type.Object(
  {
    return_to: Type.Optional(
      Type.String({
        pattern: '^/(?![/\\\\])[!-~]*$',
        maxLength: 2000,
        description: 'A path of this server to go to afterwards; `/` where none is said.',
        examples: ['/tasks'],
      }),
    ),
  },
  { additionalProperties: false },
);

/** RFC 6749, section 4.1.2, where what is not known is passed over. */
const CallbackQuery = Type.Object({
  code: Type.Optional(Type.String({ examples: ['2f1c…'] })),
  state: Type.Optional(Type.String({ examples: ['b0Jq…'] })),
  error: Type.Optional(Type.String({ examples: ['access_denied'] })),
});

const LogoutToken = Type.Object(
  { logout_token: Type.String({ minLength: 1, maxLength: MAX_TOKEN, examples: ['eyJhbGciOiJSUzI1NiJ9…'] }) },
  { title: 'BackchannelLogout' },
);

const Redirection = Type.Object(
  {
    redirect_to: Type.String({
      description: 'Where the browser goes to end the session there too',
      examples: ['https://id.example.org/realms/atrium/protocol/openid-connect/logout?…'],
    }),
  },
  { title: 'LogOutElsewhere', additionalProperties: false },
);

const redirection = (address: string, cookies: readonly string[]) => ({
  status: 302,
  headers: { Location: address, 'Set-Cookie': cookies },
});

export function providerEndpoints<At>(parts: ProviderParts<At>): readonly Endpoint[] {
  const { signIns, acceptLogout, signInCookie, sessionCookies, sameSite } = parts;
  return [
    endpoint({
      name: 'beginSignIn',
      method: 'GET',
      path: '/auth/oidc/login',
      sensitive: true,
      summary: 'Sends a browser to where people sign in',
      description:
        'Authorization code flow (OpenID Connect Core 1.0, section 3.1) with PKCE, state and nonce. The browser comes back to `/auth/oidc/callback` within 10 minutes.',
      query: LoginQuery,
      returns: { 302: null },
      problems: ['identity.provider_unavailable'],
      cache: 'no-store',
      async handle({ query }) {
        const { address, begun: at } = await signIns.begin();
        return redirection(address, [signInCookie.keep({ at, returnTo: query.return_to ?? '/' })]);
      },
    }),
    endpoint({
      name: 'finishSignIn',
      method: 'GET',
      path: '/auth/oidc/callback',
      sensitive: true,
      summary: 'Takes a browser back that has signed in',
      description:
        'Begins a session whose cookie says nothing by itself: the tokens of the identity provider stay on the server, encrypted.',
      query: CallbackQuery,
      returns: { 302: null },
      problems: ['identity.sign_in_refused', 'identity.provider_unavailable', 'identity.inactive'],
      needsCookies: true,
      cache: 'no-store',
      async handle({ url, headers, address }) {
        const begun = signInCookie.read(headers);
        if (!begun)
          throw new SignInRefused('This browser has not begun to sign in, or more than 10 minutes ago.');
        const query = url.slice(url.indexOf('?') + 1);
        const token = await signIns.finish(query, begun.at, { name: null, address });
        const { access: before } = sessionCookies.read(headers);
        if (before !== undefined) await signIns.forget(before);
        return redirection(begun.returnTo, [signInCookie.drop(), ...sessionCookies.keepOpaque(token)]);
      },
    }),
    endpoint({
      name: 'logOut',
      method: 'POST',
      path: '/auth/logout',
      summary: 'Signs a browser out',
      description:
        'Ends the session of the cookie, takes it away, and says where to end the session at the identity provider (OpenID Connect RP-Initiated Logout 1.0). Refused where another site makes the browser send it.',
      returns: { 200: Redirection },
      problems: ['identity.cross_site', 'identity.provider_unavailable'],
      cache: 'no-store',
      async handle({ headers }) {
        sameSite.require('POST', headers);
        const redirectTo = await signIns.end(sessionCookies.read(headers).access);
        return { ...ok({ redirect_to: redirectTo }), headers: { 'Set-Cookie': sessionCookies.drop() } };
      },
    }),
    endpoint({
      name: 'logOutBehind',
      method: 'POST',
      path: '/auth/oidc/backchannel-logout',
      summary: 'Ends what has ended at the identity provider',
      description:
        'OpenID Connect Back-Channel Logout 1.0: the provider sends a logout token, and the sessions that it names end at once, everywhere. Each token is taken once.',
      body: LogoutToken,
      bodyType: 'form',
      returns: { 200: null },
      problems: ['identity.invalid_logout_token', 'identity.provider_unavailable'],
      problemFormat: oauthProblems,
      cache: 'no-store',
      async handle({ body }) {
        await acceptLogout.execute(await signIns.verifyLogout(body.logout_token));
        return { status: 200 };
      },
    }),
  ];
}
