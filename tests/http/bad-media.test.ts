import { deflateSync, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type TestServer, testServer } from '../support/client.ts';
import { expectProblem } from '../support/problem.ts';
import { rawRequest } from '../support/raw-request.ts';

const MEBIBYTE = 1024 * 1024;
const POST = JSON.stringify({ title: 'Hello', content: 'World' });
const BIG_POST = JSON.stringify({ title: 'Hello', content: 'x'.repeat(MEBIBYTE) });

describe('the size, type and encoding of a body', () => {
  let server: TestServer;
  let token: string;
  beforeAll(async () => {
    server = await testServer();
    ({ token } = await server.signUp('alice'));
  });
  afterAll(() => server.stop());

  const publish = (body: string | Uint8Array, headers: Record<string, string> = {}) =>
    server.request('POST', '/posts', { token, body, headers });
  const publishRaw = (body: readonly (string | Uint8Array)[], headers: Record<string, string>) =>
    rawRequest(server.origin, {
      method: 'POST',
      path: '/api/v1/posts',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
      body,
    });
  const stored = async () => (await server.request('GET', '/posts')).body.total_count;

  describe('refused', () => {
    let before: number;
    beforeEach(async () => {
      before = await stored();
    });
    afterEach(async () => expect(await stored()).toBe(before));

    it('answers 413 when Content-Length is above the limit', async () => {
      const answer = await publishRaw([BIG_POST], { 'content-length': String(BIG_POST.length) });
      expectProblem(answer, 413, 'request.too_large');
    });

    it('answers 413 when chunks without Content-Length are above the limit', async () => {
      const half = BIG_POST.length / 2;
      expectProblem(
        await publishRaw([BIG_POST.slice(0, half), BIG_POST.slice(half)], {}),
        413,
        'request.too_large',
      );
    });

    it.each([
      ['gzip', gzipSync],
      ['deflate', deflateSync],
    ])('answers 413 when it is small, but 64 MiB once %s is undone', async (encoding, compress) => {
      const bomb = new Uint8Array(compress(Buffer.alloc(64 * MEBIBYTE, ' ')));
      expect(bomb.length).toBeLessThan(MEBIBYTE);
      expectProblem(await publish(bomb, { 'content-encoding': encoding }), 413, 'request.too_large');
    });

    it('answers 413 to a form that is above the limit', async () => {
      const answer = await server.request('POST', '/auth/token', {
        form: { grant_type: 'password', username: 'alice', password: 'x'.repeat(MEBIBYTE) },
      });
      expect(answer).toMatchObject({
        status: 413,
        body: { error: 'invalid_request', code: 'request.too_large' },
      });
    });

    it.each([
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/xml',
      'application/vnd.api+json',
      'application/merge-patch+json',
      'application',
      'nonsense',
    ])('answers 415 to the content type %s, and says in Accept what it takes', async type => {
      const answer = await publish(POST, { 'content-type': type });
      expectProblem(answer, 415, 'request.unsupported_media_type');
      expect(answer.headers.get('accept')).toBe('application/json');
    });

    it('answers 415 when a body has no content type', async () => {
      const answer = await rawRequest(server.origin, {
        method: 'POST',
        path: '/api/v1/posts',
        headers: { authorization: `Bearer ${token}` },
        body: [POST],
      });
      expectProblem(answer, 415, 'request.unsupported_media_type');
    });

    it.each(['utf-16', 'iso-8859-1', 'nonsense'])('answers 415 to the charset %s', async charset => {
      expectProblem(
        await publish(POST, { 'content-type': `application/json; charset=${charset}` }),
        415,
        'request.unsupported_media_type',
      );
    });

    it.each(['compress', 'zstd', 'gzip, gzip', 'nonsense'])(
      'answers 415 to the content encoding %s',
      async encoding => {
        expectProblem(
          await publish(new Uint8Array(gzipSync(POST)), { 'content-encoding': encoding }),
          415,
          'request.unsupported_media_type',
        );
      },
    );

    it.each(['gzip', 'deflate', 'br'])('answers 400 when what is called %s is not', async encoding => {
      expectProblem(await publish(POST, { 'content-encoding': encoding }), 400, 'request.malformed_json');
    });

    it('answers 400 when gzip ends too early', async () => {
      const cut = new Uint8Array(gzipSync(POST)).slice(0, -12);
      expectProblem(await publish(cut, { 'content-encoding': 'gzip' }), 400, 'request.malformed_json');
    });

    it('answers 415 to JSON where a form is wanted, and says in Accept what it takes', async () => {
      const answer = await server.request('POST', '/auth/token', { body: { grant_type: 'password' } });
      expect(answer).toMatchObject({ status: 415, body: { error: 'invalid_request' } });
      expect(answer.headers.get('accept')).toBe('application/x-www-form-urlencoded');
    });
  });

  it.each([
    ['application/json; charset=utf-8', POST, {}],
    ['application/json;charset="UTF-8"', POST, {}],
    ['APPLICATION/JSON', POST, {}],
    ['application/json', new Uint8Array(gzipSync(POST)), { 'content-encoding': 'gzip' }],
    ['application/json', POST, { 'content-encoding': 'identity' }],
  ])('answers 201 to %s', async (type, body, headers) => {
    const before = await stored();
    const answer = await publish(body, { ...headers, 'content-type': type });
    expect(answer).toMatchObject({ status: 201, body: { title: 'Hello', content: 'World' } });
    expect(await stored()).toBe(before + 1);
  });

  it('takes a body that comes in chunks without Content-Length', async () => {
    const before = await stored();
    expect((await publishRaw([POST.slice(0, 9), POST.slice(9)], {})).status).toBe(201);
    expect(await stored()).toBe(before + 1);
  });

  it('takes the longest texts that are allowed, counted in characters', async () => {
    const longest = { title: '💙'.repeat(200), content: '💙'.repeat(100_000) };
    const { status, body } = await publish(JSON.stringify(longest));
    expect(status).toBe(201);
    expect((await server.request('GET', `/posts/${body.id}`)).body).toMatchObject(longest);
  });
});
