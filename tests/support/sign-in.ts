import type { Application } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import type { Identified } from '../../src/kernel/principal.ts';
import type { TokenSet, UserView } from '../../src/modules/identity/application/ports.ts';
import type { RoleName } from '../../src/modules/identity/domain/role.ts';
import { PASSWORD } from './client.ts';

const NO_DEVICE = { name: null, address: null };

/** Opens an account whose password is `PASSWORD`. */
export function openAccount(
  application: Application,
  username: string,
  role: RoleName = 'member',
): Promise<UserView> {
  const request = { email: `${username}@example.org`, username, password: PASSWORD, role };
  return application.get(tokens.createUser).execute(request);
}

export function signIn(
  application: Application,
  login: string,
  { password = PASSWORD, scopes = [], device = NO_DEVICE }: SignInOptions = {},
): Promise<TokenSet> {
  const provider = application.get(tokens.identityProvider);
  return provider.grant({ type: 'password', login, password, scopes, device });
}

/** Who it is that has this access token. */
export async function identify(application: Application, accessToken: string): Promise<Identified> {
  return (await application.get(tokens.identityProvider).verify(accessToken)).principal;
}

export function refresh(
  application: Application,
  refreshToken: string,
  scopes: readonly string[] = [],
): Promise<TokenSet> {
  return application.get(tokens.identityProvider).grant({ type: 'refresh_token', refreshToken, scopes });
}

interface SignInOptions {
  readonly password?: string;
  readonly scopes?: readonly string[];
  readonly device?: { readonly name: string | null; readonly address: string | null };
}
