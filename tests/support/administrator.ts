import { PASSWORD, type TestServer } from './client.ts';
import { openAccount } from './sign-in.ts';

export interface SignedIn {
  readonly id: string;
  readonly token: string;
}

/** An administrator with this user name, signed in. */
export async function administrator(server: TestServer, username = 'root'): Promise<SignedIn> {
  const { id } = await openAccount(server.application, username, 'admin');
  return { id, token: await tokenFor(server, username) };
}

/** Signs in, and answers the access token. */
export async function tokenFor(server: TestServer, username: string, password = PASSWORD): Promise<string> {
  const form = { grant_type: 'password', username, password };
  const { status, body } = await server.request('POST', '/auth/token', { form });
  if (status !== 200) throw new Error(`${username} cannot sign in: ${body.detail}`);
  return body.access_token;
}
