import type { TestServer } from './client.ts';
import { cookieHeader } from './cookies.ts';
import { CLIENT, type TestIssuer } from './issuer.ts';

/** What stands for a session of a browser that has signed in with this access token of Keycloak's. */
export async function inBrowser(
  access: string,
  { issuer, server }: { readonly issuer: TestIssuer; readonly server: TestServer },
): Promise<string> {
  const begun = await server.request('GET', '/auth/oidc/login');
  const sent = new URL(begun.headers.get('location') ?? '').searchParams;
  const { sub } = JSON.parse(Buffer.from(access.split('.')[1] ?? '', 'base64url').toString());
  const id = { aud: CLIENT, typ: 'ID', sub, nonce: sent.get('nonce') };
  issuer.granting = async () => ({
    body: {
      access_token: access,
      id_token: await issuer.accessToken(id),
      refresh_token: 'refresh',
      token_type: 'Bearer',
      refresh_expires_in: 1800,
    },
  });
  const query = new URLSearchParams({ code: 'code', state: sent.get('state') ?? '' });
  const headers = { cookie: cookieHeader(begun) };
  const finished = await server.request('GET', `/auth/oidc/callback?${query}`, { headers });
  return cookieHeader(finished).replace('atrium_access=', '');
}
