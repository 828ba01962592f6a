import type { IncomingHttpHeaders } from 'node:http';
import Type from 'typebox';
import type { Endpoint, Reply } from '../../../../platform/http/endpoint.ts';
import { RequestError } from '../../../../platform/http/problem.ts';
import type { IdentityProvider } from '../../application/ports.ts';
import { MAX_PASSWORD } from '../../domain/password-policy.ts';
import { InvalidGrant } from '../../domain/session-errors.ts';
import type { DeviceCookie } from './device-cookie.ts';
import { endpoint } from './identity-problems.ts';
import type { SameSite } from './same-site.ts';
import type { SessionCookies } from './session-cookies.ts';

export interface BrowserParts {
  readonly provider: IdentityProvider;
  readonly cookies: SessionCookies;
  readonly devices: DeviceCookie;
  readonly sameSite: SameSite;
}

const Login = Type.Object(
  {
    username: Type.String({
      minLength: 1,
      maxLength: 254,
      description: 'Email or user name',
      examples: ['alice'],
    }),
    password: Type.String({ minLength: 1, maxLength: MAX_PASSWORD * 4, examples: ['correct horse battery'] }),
    device_name: Type.Optional(Type.String({ minLength: 1, maxLength: 100, examples: ['Laptop'] })),
  },
  { title: 'Login', additionalProperties: false },
);

const withCookies = (cookies: readonly string[]): Reply => ({
  status: 204,
  headers: { 'Set-Cookie': cookies },
});

const RULES = 'Refused where another site makes the browser send it (`Sec-Fetch-Site`, `Origin`).';

export function browserEndpoints({
  provider,
  cookies,
  devices,
  sameSite,
}: BrowserParts): readonly Endpoint[] {
  const endSessionOf = async (headers: IncomingHttpHeaders) => {
    const { access, refresh } = cookies.read(headers);
    for (const token of [refresh, access]) if (token !== undefined) await provider.revoke(token);
  };
  return [
    endpoint({
      name: 'logIn',
      method: 'POST',
      path: '/auth/login',
      sensitive: true,
      summary: 'Signs a browser in',
      description: `Like the password grant, with the tokens in cookies that no script can read. Ends the session of cookies that the browser had. Another cookie lets the device be known again for 400 days, also after a log-out; of a sign-in without it a mail tells. ${RULES}`,
      body: Login,
      returns: { 204: null },
      problems: ['identity.invalid_grant', 'identity.cross_site', 'identity.too_many_attempts'],
      cache: 'no-store',
      async handle({ body, address, headers }) {
        sameSite.require('POST', headers);
        const { username: login, password, device_name: name = null } = body;
        const device = { name, address };
        const deviceTokens = devices.read(headers);
        const grant = { type: 'password', login, password, scopes: [], device, deviceTokens } as const;
        const tokens = await provider.grant(grant);
        await endSessionOf(headers);
        return withCookies([...cookies.keep(tokens), ...devices.keep(tokens.deviceTokens)]);
      },
    }),
    endpoint({
      name: 'refreshLogin',
      method: 'POST',
      path: '/auth/refresh',
      summary: 'Renews the sign-in of a browser',
      description: `With the cookies of the last one; 401, and no cookies any more, where they are good for nothing. ${RULES}`,
      returns: { 204: null },
      problems: ['identity.cross_site'],
      needsCookies: true,
      cache: 'no-store',
      async handle({ headers }) {
        sameSite.require('POST', headers);
        const { refresh: refreshToken } = cookies.read(headers);
        if (refreshToken === undefined) throw signedOut(cookies);
        try {
          return withCookies(
            cookies.keep(await provider.grant({ type: 'refresh_token', refreshToken, scopes: [] })),
          );
        } catch (error) {
          throw error instanceof InvalidGrant ? signedOut(cookies, error) : error;
        }
      },
    }),
    endpoint({
      name: 'logOut',
      method: 'POST',
      path: '/auth/logout',
      summary: 'Signs a browser out',
      description: `Ends the session of the cookies, and takes them away. ${RULES}`,
      returns: { 204: null },
      problems: ['identity.cross_site'],
      cache: 'no-store',
      async handle({ headers }) {
        sameSite.require('POST', headers);
        await endSessionOf(headers);
        return withCookies(cookies.drop());
      },
    }),
  ];
}

function signedOut(cookies: SessionCookies, cause?: Error): RequestError {
  const headers = { 'Set-Cookie': cookies.drop() };
  return new RequestError('request.unauthenticated', 'The session has ended. Sign in again.', {
    headers,
    cause,
  });
}
