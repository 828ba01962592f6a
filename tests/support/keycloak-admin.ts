import { ADMINISTRATOR } from './keycloak.ts';

/** Keycloak's administration, as far as tests need it. */
export class KeycloakAdmin {
  private readonly origin: string;

  constructor(realmUrl: string) {
    this.origin = new URL(realmUrl).origin;
  }

  /** A path below the realm's administration. */
  async request(method: string, path: string, body?: unknown): Promise<Response> {
    const response = await fetch(`${this.origin}/admin/realms/atrium${path}`, {
      method,
      headers: { authorization: `Bearer ${await this.token()}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response;
  }

  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers freely.
  async read(path: string): Promise<any> {
    return (await this.request('GET', path)).json();
  }

  /** Lets browsers' client take passwords, which it does not by itself. */
  async allowPasswords(clientId = 'atrium-web'): Promise<void> {
    const [client] = await this.read(`/clients?clientId=${clientId}`);
    await this.request('PUT', `/clients/${client.id}`, { ...client, directAccessGrantsEnabled: true });
  }

  async userId(username: string): Promise<string> {
    const [user] = await this.read(`/users?exact=true&username=${username}`);
    return user.id;
  }

  /** Another key signs from now on; the one before goes. */
  async rotateKeys(): Promise<void> {
    const kind = 'org.keycloak.keys.KeyProvider';
    const before = await this.read(`/components?type=${kind}`);
    await this.request('POST', '/components', {
      name: 'rsa-new',
      providerId: 'rsa-generated',
      providerType: kind,
      config: { priority: ['1000'], algorithm: ['RS256'] },
    });
    for (const { id, providerId } of before)
      if (providerId === 'rsa-generated') await this.request('DELETE', `/components/${id}`);
  }

  private async token(): Promise<string> {
    const response = await fetch(`${this.origin}/realms/master/protocol/openid-connect/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'password', client_id: 'admin-cli', ...ADMINISTRATOR }),
    });
    const { access_token: token } = (await response.json()) as { access_token: string };
    return token;
  }
}
