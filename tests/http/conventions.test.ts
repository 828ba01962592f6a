import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestServer, testServer } from '../support/client.ts';

const FRIEND = 'https://app.example.org';
const OTHER_FRIEND = 'http://localhost:3000';

describe('every answer', () => {
  let server: TestServer;
  let token: string;
  beforeAll(async () => {
    server = await testServer('memory', { corsOrigins: `${FRIEND},${OTHER_FRIEND}` });
    ({ token } = await server.signUp('alice'));
    for (let i = 0; i < 20; i++)
      await server.request('POST', '/posts', {
        token,
        body: { title: `post ${i}`, content: 'text '.repeat(50) },
      });
  });
  afterAll(() => server.stop());
  const get = (path: string, headers: Record<string, string> = {}) =>
    server.request('GET', path, { headers });

  describe('has an X-Request-Id', () => {
    it.each(['abc', 'A.b_c-1', 'x'.repeat(128), '7f3e'])(
      "which is the client's where that is well-formed: %s",
      async id => {
        for (const path of ['/posts', '/todos', '//livez', '//docs'])
          expect((await get(path, { 'x-request-id': id })).headers.get('x-request-id')).toBe(id);
        expect((await get('/nowhere', { 'x-request-id': id })).body.request_id).toBe(id);
      },
    );

    it.each(['x'.repeat(129), 'a b', 'a"b', '<script>', 'a,b', 'é', '{}'])(
      "which is a new one where the client's is not: %s",
      async id => {
        const answer = await get('/posts', { 'x-request-id': id });
        expect(answer.headers.get('x-request-id')).toMatch(/^[\w.-]{16,64}$/);
      },
    );

    it('which is another for each request', async () => {
      const ids = await Promise.all(
        Array.from({ length: 50 }, async () => (await get('/posts')).headers.get('x-request-id')),
      );
      expect(new Set(ids).size).toBe(50);
    });
  });

  it.each([
    '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    '01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more',
    '00-00000000000000000000000000000000-00f067aa0ba902b7-01',
    'ff-nonsense',
    '',
  ])('is the same whatever the traceparent: %s', async traceparent => {
    const answer = await get('/posts?per_page=1', { traceparent });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-request-id')).toBeTruthy();
  });

  it.each([
    '/posts',
    '/nowhere',
    '//docs',
    '//redoc',
    '//docs/chat',
    '//openapi.json',
    '//asyncapi.json',
    '//livez',
    '//.well-known/paserks.json',
  ])('has security headers: %s', async path => {
    const { headers } = await get(path);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toMatch(/default-src '(none|self)'/);
    expect(headers.get('content-security-policy')).toMatch(/frame-ancestors '(none|self)'/);
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.has('x-powered-by')).toBe(false);
    expect(headers.has('server')).toBe(false);
  });

  it('asks browsers to stay with https where people come by https, and only there', async () => {
    expect((await get('/posts')).headers.has('strict-transport-security')).toBe(false);
    const secure = await testServer('memory', { publicUrl: 'https://atrium.test' });
    const { headers } = await secure.request('GET', '/posts');
    await secure.stop();
    expect(headers.get('strict-transport-security')).toMatch(/max-age=\d{7,}/);
  });

  describe('to another origin', () => {
    it.each([FRIEND, OTHER_FRIEND])('may be read by %s, which is in CORS_ORIGINS', async origin => {
      for (const path of ['/posts', '/nowhere', '/todos']) {
        const { headers } = await get(path, { origin });
        expect(headers.get('access-control-allow-origin')).toBe(origin);
        expect(headers.get('access-control-allow-credentials')).toBe('true');
        expect(headers.get('vary')?.split(/, */)).toContain('Origin');
        expect(headers.get('access-control-expose-headers')?.split(',')).toEqual(
          expect.arrayContaining(['ETag', 'Link', 'Location', 'X-Request-Id', 'Retry-After', 'RateLimit']),
        );
      }
    });

    it('may be asked for beforehand by a friend', async () => {
      const answer = await server.request('OPTIONS', '/posts', {
        headers: {
          origin: FRIEND,
          'access-control-request-method': 'PATCH',
          'access-control-request-headers': 'authorization,content-type,if-match',
        },
      });
      expect(answer.status).toBe(204);
      expect(answer.headers.get('access-control-allow-origin')).toBe(FRIEND);
      expect(answer.headers.get('access-control-allow-methods')).toMatch(/PATCH/);
      expect(answer.headers.get('access-control-allow-headers')).toMatch(/authorization.*if-match/i);
      expect(answer.headers.get('access-control-max-age')).toBe('600');
    });

    it.each([
      'https://evil.example',
      'null',
      `${FRIEND}.evil.example`,
      FRIEND.replace('https', 'http'),
      `${FRIEND}:444`,
    ])('may not be read by %s', async origin => {
      const { headers } = await get('/posts', { origin });
      expect(headers.has('access-control-allow-origin')).toBe(false);
      expect(headers.has('access-control-allow-credentials')).toBe(false);
      const preflight = await server.request('OPTIONS', '/posts', {
        headers: { origin, 'access-control-request-method': 'POST' },
      });
      expect(preflight.headers.has('access-control-allow-origin')).toBe(false);
    });
  });

  describe('that is long', () => {
    const fetchRaw = (headers: Record<string, string>) =>
      fetch(`${server.origin}/api/v1/posts?per_page=100`, { headers });

    it('is compressed for whoever takes gzip, and says what it depends on', async () => {
      const plain = await fetchRaw({ 'accept-encoding': 'identity' });
      const zipped = await fetchRaw({ 'accept-encoding': 'gzip' });
      expect(plain.headers.has('content-encoding')).toBe(false);
      expect(zipped.headers.get('content-encoding')).toBe('gzip');
      for (const { headers } of [plain, zipped]) expect(headers.get('vary')).toMatch(/Accept-Encoding/i);
      expect(await zipped.json()).toEqual(await plain.json());
    });

    it('is far shorter then', async () => {
      const { rawLength, body } = await rawBody(`${server.origin}/api/v1/posts?per_page=100`);
      expect(rawLength).toBeLessThan(body.length / 4);
    });

    it('answers 304 to the ETag that came with it, compressed or not', async () => {
      const etag = (await fetchRaw({ 'accept-encoding': 'gzip' })).headers.get('etag') ?? '';
      for (const encoding of ['gzip', 'identity']) {
        const headers = { 'accept-encoding': encoding, 'if-none-match': etag };
        expect((await fetchRaw(headers)).status).toBe(304);
      }
    });
  });
});

async function rawBody(url: string): Promise<{ rawLength: number; body: string }> {
  const { get } = await import('node:http');
  return new Promise((resolve, reject) => {
    get(url, { headers: { 'accept-encoding': 'gzip' } }, response => {
      const parts: Buffer[] = [];
      response.on('data', part => parts.push(part));
      response.on('end', () => {
        const raw = Buffer.concat(parts);
        resolve({ rawLength: raw.length, body: gunzipSync(raw).toString() });
      });
    }).on('error', reject);
  });
}
