import { InspectFooter, PublicProtocol } from 'paseto';
import { ImportPublicKeyFactory, VerifyFactory } from 'paseto/v4/public';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { override } from '../../src/composition/container.ts';
import { tokens } from '../../src/composition/tokens.ts';
import { SigningKey } from '../../src/modules/identity/domain/signing-key.ts';
import { STORAGES } from '../support/application.ts';
import { type TestServer, testServer } from '../support/client.ts';
import { TestClock } from '../support/test-clock.ts';

const METADATA = '//.well-known/oauth-authorization-server';
const KEYS = '//.well-known/paserks.json';

const paseto = new PublicProtocol(ImportPublicKeyFactory, VerifyFactory);

type Kept = { readonly kid: string; readonly paserk: `k4.public.${string}` };

describe.each(['https://atrium.example.org', 'http://localhost:8000', 'https://example.org/atrium'])(
  'the metadata of the authorization server at %s (RFC 8414)',
  issuer => {
    let server: TestServer;
    beforeAll(async () => {
      server = await testServer('memory', { publicUrl: issuer });
    });
    afterAll(() => server.stop());

    it('says where clients find what, and what they can ask for', async () => {
      const { status, body } = await server.request('GET', METADATA);
      expect(status).toBe(200);
      expect(body).toEqual({
        issuer,
        token_endpoint: `${issuer}/api/v1/auth/token`,
        revocation_endpoint: `${issuer}/api/v1/auth/revoke`,
        introspection_endpoint: `${issuer}/api/v1/auth/introspect`,
        scopes_supported: [
          'profile',
          'posts:write',
          'tasks',
          'todos',
          'operations',
          'chat',
          'roster:admin',
          'users:admin',
          'roles:admin',
          'jobs:admin',
        ],
        response_types_supported: [],
        grant_types_supported: ['password', 'refresh_token'],
        token_endpoint_auth_methods_supported: ['none'],
        revocation_endpoint_auth_methods_supported: ['none'],
        service_documentation: `${issuer}/docs`,
      });
    });

    it('names addresses where there is something, and the issuer that tokens name', async () => {
      const { body } = await server.request('GET', METADATA);
      const { token_endpoint, revocation_endpoint, introspection_endpoint, service_documentation } = body;
      for (const endpoint of [token_endpoint, revocation_endpoint, introspection_endpoint]) {
        const { status } = await server.request('POST', `/${endpoint.replace(issuer, '')}`);
        expect([400, 401]).toContain(status);
      }
      expect((await server.request('GET', `/${service_documentation.replace(issuer, '')}`)).status).toBe(200);
      const { token } = await server.signUp('alice');
      const [key] = (await server.request('GET', KEYS)).body.keys as Kept[];
      const publicKey = await paseto.ImportPublicKey(key?.paserk ?? 'k4.public.');
      const { claims } = await paseto.Verify(publicKey, token, { issuer, audience: issuer });
      expect(claims).toMatchObject({ iss: issuer, aud: issuer });
    });
  },
);

describe.each(STORAGES)('the published keys on %s', storage => {
  const clock = new TestClock();
  let server: TestServer;
  beforeAll(async () => {
    server = await testServer(storage, {}, [override(tokens.clock, clock)]);
  });
  afterAll(() => server.stop());

  const published = async (): Promise<readonly Kept[]> => (await server.request('GET', KEYS)).body.keys;

  it('are there before anybody has signed in, and verify the tokens that name them', async () => {
    const keys = await published();
    expect(keys).toEqual([
      {
        kid: expect.stringMatching(/^[0-9a-f-]{36}$/),
        paserk: expect.stringMatching(/^k4\.public\.[\w-]{43}$/),
      },
    ]);
    const { id, token } = await server.signUp('alice');
    const { kid } = JSON.parse(new TextDecoder().decode(InspectFooter(token)));
    const named = keys.find(key => key.kid === kid);
    const publicKey = await paseto.ImportPublicKey(named?.paserk ?? 'k4.public.');
    const options = { issuer: 'http://atrium.test', audience: 'http://atrium.test', now: clock.now() };
    expect((await paseto.Verify(publicKey, token, options)).claims).toMatchObject({ sub: id });
    expect(await published()).toEqual(keys);
  });

  it('begin with the newest, and change their ETag when one is added', async () => {
    const before = await server.request('GET', KEYS);
    const etag = before.headers.get('etag') ?? '';
    const headers = { 'if-none-match': etag };
    expect(await server.request('GET', KEYS, { headers })).toMatchObject({ status: 304, body: undefined });
    const key = new SigningKey(
      '019ab0f4-7c1e-7d3a-8a51-0e6f3c9d2b47',
      'k4.public.newer',
      'never used',
      new Date(clock.now().getTime() + 1000),
    );
    await server.application.get(tokens.identityStorage).work.run(({ signingKeys }) => signingKeys.add(key));
    const after = await server.request('GET', KEYS, { headers });
    expect(after.status).toBe(200);
    expect(after.body.keys).toEqual([{ kid: key.id, paserk: key.publicKey }, ...before.body.keys]);
  });
});

describe.each([METADATA, KEYS])('%s', path => {
  it('is for everybody, and may be kept as long as it is asked for', async () => {
    const server = await testServer();
    const answer = await server.request('GET', path);
    const etag = answer.headers.get('etag') ?? '';
    const again = await server.request('GET', path, { headers: { 'if-none-match': etag } });
    const refused = await server.request('GET', path, { token: 'nonsense' });
    await server.stop();
    expect(answer.headers.get('content-type')).toMatch(/^application\/json(;|$)/);
    expect(answer.headers.get('cache-control')).toBe('public, no-cache');
    expect(etag).toMatch(/^"[^"]+"$/);
    expect(again).toMatchObject({ status: 304, body: undefined });
    expect(refused.status).toBe(200);
    expect(JSON.stringify(answer.body)).not.toMatch(/secret/i);
  });
});
