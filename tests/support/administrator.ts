import { PASSWORD, type TestServer } from './client.ts';
import { openAccount } from './sign-in.ts';
import { signedIn } from './token-requests.ts';

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
  return (await signedIn(server, username, { password })).access_token;
}
