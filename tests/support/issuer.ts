import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';

/** What Keycloak calls the client and the audience in these tests. */
export const CLIENT = 'atrium-web';
export const AUDIENCE = 'atrium-api';

/** As tokens say the time (RFC 7519, NumericDate). */
export const nowInSeconds = () => Math.floor(Date.now() / 1000);

interface Key {
  readonly id: string;
  readonly privateKey: CryptoKey;
  readonly jwk: JWK;
}

/** What the token endpoint answers to a form; a status of its own where it refuses. */
export type Granting = (
  form: URLSearchParams,
) => Promise<{ readonly status?: number; readonly body: object }>;

/** A server that says of itself what Keycloak does, and signs whatever a test wants. */
export class TestIssuer {
  readonly requests: string[] = [];
  granting: Granting = async () => ({ status: 400, body: { error: 'invalid_grant' } });
  private readonly server: Server;
  private keys: Key[] = [];
  /** What it calls itself, if not by its address. */
  alias: string | undefined;
  private isDown = false;
  private readonly port: number;

  private constructor(server: Server, port: number) {
    this.server = server;
    this.port = port;
    server.on('request', (request, response) => void this.answer(request, response));
  }

  static async start(): Promise<TestIssuer> {
    const server = createServer();
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const issuer = new TestIssuer(server, (server.address() as AddressInfo).port);
    await issuer.rotate();
    return issuer;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/realms/atrium`;
  }

  get publicJwk(): JWK {
    return this.key.jwk;
  }

  /** From now on another key signs; the one before is not published any more. */
  async rotate(): Promise<void> {
    this.keys = [await newKey()];
  }

  /** It does not answer, as if it were not there. */
  goAway(): void {
    this.isDown = true;
  }

  comeBack(): void {
    this.isDown = false;
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise(resolve => this.server.close(() => resolve()));
  }

  /** An access token of somebody, good for five minutes unless the claims say otherwise; null takes a claim away. */
  accessToken(claims: Readonly<Record<string, unknown>> = {}, signed: Signed = {}): Promise<string> {
    const now = nowInSeconds();
    const usual = {
      iss: this.url,
      aud: AUDIENCE,
      azp: CLIENT,
      typ: 'Bearer',
      sub: 'subject-of-alice',
      sid: 'session-of-alice',
      iat: now,
      exp: now + 300,
      auth_time: now,
      preferred_username: 'alice',
      name: 'Alice Archer',
      email: 'alice@example.org',
      email_verified: true,
      realm_access: { roles: ['member', 'offline_access'] },
    };
    return this.sign({ ...usual, ...claims }, signed);
  }

  logoutToken(claims: Readonly<Record<string, unknown>> = {}, signed: Signed = {}): Promise<string> {
    const now = nowInSeconds();
    const usual = {
      iss: this.url,
      aud: CLIENT,
      sub: 'subject-of-alice',
      sid: 'session-of-alice',
      iat: now,
      exp: now + 120,
      jti: crypto.randomUUID(),
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    };
    return this.sign({ ...usual, ...claims }, { typ: 'logout+jwt', ...signed });
  }

  private sign(claims: Readonly<Record<string, unknown>>, { key = this.key, typ = 'JWT', kid }: Signed) {
    const present = Object.entries(claims).filter(([, value]) => value !== null);
    return new SignJWT(Object.fromEntries(present) as JWTPayload)
      .setProtectedHeader({ alg: 'RS256', typ, kid: kid ?? key.id })
      .sign(key.privateKey);
  }

  private get key(): Key {
    const [key] = this.keys;
    if (!key) throw new Error('It has no key.');
    return key;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', this.url);
    const path = pathname.slice('/realms/atrium'.length);
    this.requests.push(path);
    if (this.isDown) return void request.socket.destroy();
    const json = (body: object, status = 200) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    if (path === '/.well-known/openid-configuration') return json(this.metadata());
    if (path === '/certs') return json({ keys: this.keys.map(({ jwk }) => jwk) });
    if (path !== '/token') return json({}, path === '/revoke' ? 200 : 404);
    let form = '';
    for await (const piece of request) form += piece;
    const { status, body } = await this.granting(new URLSearchParams(form));
    return json(body, status);
  }

  private metadata() {
    const { url } = this;
    return {
      issuer: this.alias ?? url,
      authorization_endpoint: `${url}/authorize`,
      token_endpoint: `${url}/token`,
      jwks_uri: `${url}/certs`,
      revocation_endpoint: `${url}/revoke`,
      end_session_endpoint: `${url}/logout`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
    };
  }
}

export interface Signed {
  readonly key?: Key;
  readonly typ?: string;
  readonly kid?: string;
}

export async function newKey(): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  const id = crypto.randomUUID();
  return { id, privateKey, jwk: { ...(await exportJWK(publicKey)), kid: id, alg: 'RS256', use: 'sig' } };
}
