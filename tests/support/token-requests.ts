import { type Answer, PASSWORD, type TestServer } from './client.ts';
import { claimsOf } from './forge.ts';

type Server = Pick<TestServer, 'request'>;

/** What signing in or refreshing answers. */
export interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly scope: string;
  readonly expires_in: number;
}

/** Signs in as somebody whose password is `PASSWORD`. */
export async function signedIn(
  server: Server,
  username = 'alice',
  form: Readonly<Record<string, string>> = {},
): Promise<Tokens> {
  const password = { grant_type: 'password', username, password: PASSWORD, ...form };
  const { status, body } = await server.request('POST', '/auth/token', { form: password });
  if (status === 200) return body;
  throw new Error(`${username} cannot sign in: ${status} ${body?.code}`);
}

export function refreshed(server: Server, refreshToken: string, scope = ''): Promise<Answer> {
  const form = { grant_type: 'refresh_token', refresh_token: refreshToken, scope };
  return server.request('POST', '/auth/token', { form });
}

export function revoked(server: Server, token: string, form: Record<string, string> = {}): Promise<Answer> {
  return server.request('POST', '/auth/revoke', { form: { token, ...form } });
}

/** The status that an access token gets. */
export async function statusWith(server: Server, { access_token: token }: Tokens): Promise<number> {
  return (await server.request('GET', '/users/me', { token })).status;
}

export function sessionIdOf({ access_token: token }: Tokens): string {
  return String(claimsOf(token).sid);
}
