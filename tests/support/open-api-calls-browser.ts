import { PASSWORD } from './client.ts';
import { cookieHeader } from './cookies.ts';
import type { Call, MakeCall } from './open-api-calls.ts';
import { lateLogin } from './open-api-calls-accounts.ts';
import type { World } from './open-api-world.ts';

const LOGIN = { username: 'alice', password: PASSWORD };

const CROSS_SITE = { 'sec-fetch-site': 'cross-site' };

const logIn = ({ server }: World, body: object = {}): Call => ({
  server,
  path: '/auth/login',
  body: { ...LOGIN, ...body },
});

/** The request of a browser that has just logged in. */
const signedIn =
  (path: string): MakeCall =>
  async ({ server }) => {
    const answer = await server.request('POST', '/auth/login', { body: LOGIN });
    return { server, path, headers: { cookie: cookieHeader(answer) } };
  };

const crossSite =
  (path: string, body?: object): MakeCall =>
  ({ server }) => ({ server, path, body, headers: CROSS_SITE });

export const BROWSER_CALLS: Readonly<Record<string, Readonly<Record<number, readonly MakeCall[]>>>> = {
  logIn: {
    204: [world => logIn(world), world => logIn(world, { device_name: 'Laptop' })],
    400: [world => logIn(world, { password: 'wrong' })],
    403: [crossSite('/auth/login', LOGIN)],
    429: [lateLogin],
  },
  refreshLogin: {
    204: [signedIn('/auth/refresh')],
    401: [({ server }) => ({ server, path: '/auth/refresh' })],
    403: [crossSite('/auth/refresh')],
  },
  logOut: {
    204: [signedIn('/auth/logout'), ({ server }) => ({ server, path: '/auth/logout' })],
    403: [crossSite('/auth/logout')],
  },
};
