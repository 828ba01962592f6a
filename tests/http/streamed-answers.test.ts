import { once } from 'node:events';
import { connect } from 'node:net';
import { gunzipSync } from 'node:zlib';
import pino from 'pino';
import Type from 'typebox';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { NO_CACHE } from '../../src/platform/cache/cache.ts';
import { loadSettings } from '../../src/platform/configuration/load-settings.ts';
import type { Settings } from '../../src/platform/configuration/settings.ts';
import { createApp } from '../../src/platform/http/app.ts';
import { type Api, endpointsThrowing } from '../../src/platform/http/endpoint.ts';
import { Health } from '../../src/platform/http/health.ts';
import { HttpServer } from '../../src/platform/http/server.ts';
import { Metrics } from '../../src/platform/metrics/metrics.ts';
import { asyncApiDocument } from '../../src/platform/ws/async-api.ts';
import { within } from '../support/child-process.ts';
import { memoryLimits } from '../support/limits.ts';
import { noRepeatedRequests } from '../support/repeated-requests.ts';

type Pieces = AsyncIterable<string | Uint8Array>;

interface Line {
  readonly level: number;
  readonly msg: string;
  readonly request_id?: string;
  readonly err?: { readonly message: string };
}

/** A server whose one endpoint answers these pieces, and what it logs. */
async function streaming(pieces: () => Pieces, change: Partial<Settings> = {}) {
  const lines: Line[] = [];
  const log = pino({ level: 'info' }, { write: line => void lines.push(JSON.parse(line)) });
  const settings: Settings = { ...loadSettings({}), rateLimit: 'off', validateResponses: 'on', ...change };
  const api: Api = {
    name: 'test',
    description: 'For this test.',
    problems: {},
    endpoints: [
      endpointsThrowing<never>()({
        name: 'readPieces',
        method: 'GET',
        path: '/pieces',
        summary: 'Answers in pieces',
        returns: { 200: Type.String() },
        streams: 'text/csv',
        problems: [],
        cache: 'no-store',
        handle: async () => ({ status: 200, stream: pieces(), headers: { 'X-Own': 'yes' } }),
      }),
    ],
  };
  const app = await createApp(settings, {
    apis: [api],
    authenticate: () => Promise.reject(new Error('nobody')),
    repeated: noRepeatedRequests(),
    cache: NO_CACHE,
    openApi: () => ({}),
    asyncApi: () => asyncApiDocument([], { version: '1', publicUrl: 'http://test', sessionCookie: 'test' }),
    health: new Health({}),
    log,
    metrics: new Metrics(),
    limits: memoryLimits().limits,
  });
  const limits = { maxConnections: 10, requestTimeout: 5000 };
  const server = await HttpServer.listen(app.callback(), { port: 0, host: '127.0.0.1', ...limits });
  onTestFinished(() => server.stop(0));
  const url = `http://127.0.0.1:${server.port}/api/v1/pieces`;
  return { lines, port: server.port, get: (init?: RequestInit) => fetch(url, init) };
}

const plain = { headers: { 'accept-encoding': 'identity' } };

async function* lettersOf(text: string): AsyncGenerator<string> {
  yield* text;
}

/** Pieces without an end, and what became of them. */
function endless(piece: string) {
  const made = { count: 0, closed: false };
  async function* pieces(): AsyncGenerator<string> {
    try {
      for (;;) {
        made.count += 1;
        yield piece;
      }
    } finally {
      made.closed = true;
    }
  }
  return { made, pieces };
}

describe('an answer that is sent piece by piece', () => {
  it('has all pieces, its own type and headers, and those of every answer', async () => {
    const { get } = await streaming(() => lettersOf('a,b\nü,💙\n'));
    const answer = await get(plain);
    expect(await answer.text()).toBe('a,b\nü,💙\n');
    expect(answer.status).toBe(200);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'cache-control': 'no-store',
      'x-own': 'yes',
      'x-content-type-options': 'nosniff',
      'x-request-id': expect.stringMatching(/^\w+$/),
    });
    expect(answer.headers.has('etag')).toBe(false);
    expect(answer.headers.has('content-length')).toBe(false);
  });

  it('may have no piece at all, or bytes', async () => {
    const nothing = await streaming(() => lettersOf(''));
    expect(await (await nothing.get()).text()).toBe('');
    const bytes = await streaming(async function* () {
      yield Uint8Array.of(0xc3);
      yield Uint8Array.of(0xbc);
    });
    expect(await (await bytes.get()).text()).toBe('ü');
  });

  it('is compressed for who can undo it', async () => {
    const text = 'the same again '.repeat(1000);
    const { port } = await streaming(() => lettersOf(text));
    const socket = connect(port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    socket.write('GET /api/v1/pieces HTTP/1.0\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n');
    const parts: Buffer[] = [];
    socket.on('data', part => parts.push(part));
    await once(socket, 'end');
    const all = Buffer.concat(parts);
    const start = all.indexOf('\r\n\r\n') + 4;
    const head = all.subarray(0, start).toString();
    expect(head).toMatch(/content-encoding: gzip/i);
    expect(head).toMatch(/vary: .*accept-encoding/i);
    expect(all.length).toBeLessThan(2000);
    expect(gunzipSync(all.subarray(start)).toString()).toBe(text);
  });

  it('has its head alone for HEAD, and what would be sent is not made', async () => {
    const { made, pieces } = endless('x');
    const { get } = await streaming(pieces);
    const answer = await get({ method: 'HEAD', ...plain });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(made).toEqual({ count: 1, closed: true });
  });

  it.each([
    ['text/csv', 200],
    ['text/*', 200],
    ['application/json', 406],
  ])('to who accepts %s is %d', async (accept, status) => {
    const { get } = await streaming(() => lettersOf('a'));
    const answer = await get({ headers: { accept } });
    expect(answer.status).toBe(status);
    if (status === 406)
      expect(await answer.json()).toMatchObject({ detail: expect.stringContaining('text/csv') });
  });

  it('that fails before its first piece is a problem', async () => {
    const { get, lines } = await streaming(() => ({
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error('broken at once')) }),
    }));
    const answer = await get(plain);
    expect(answer.status).toBe(500);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(await answer.json()).toMatchObject({ code: 'server.failed' });
    expect(lines).toMatchObject([{ level: 50, err: { message: 'broken at once' } }]);
  });

  it.each([['identity'], ['gzip']])(
    'that fails later, as %s, cuts the connection, and a line says so',
    async encoding => {
      const { get, lines } = await streaming(async function* () {
        yield 'the first '.repeat(10_000);
        throw new Error('broken in the middle');
      });
      const headers = { 'accept-encoding': encoding, 'x-request-id': 'mine' };
      await expect(get({ headers }).then(answer => answer.text())).rejects.toThrow();
      expect(lines).toMatchObject([
        {
          level: 50,
          msg: 'An answer broke off',
          request_id: 'mine',
          err: { message: 'broken in the middle' },
        },
      ]);
      expect(lines).toHaveLength(1);
    },
  );

  it('ends when the client goes, which is nobody’s fault', async () => {
    const { made, pieces } = endless('x'.repeat(10_000));
    const { get, lines } = await streaming(pieces);
    const gone = new AbortController();
    const answer = await get({ ...plain, signal: gone.signal });
    const reader = answer.body?.getReader();
    await reader?.read();
    expect(made.closed).toBe(false);
    gone.abort();
    await vi.waitFor(() => expect(made.closed).toBe(true), { timeout: 5000 });
    expect(lines).toEqual([]);
  });

  it('is made no faster than it is taken, and given up when the client takes nothing', async () => {
    const { made, pieces } = endless('x'.repeat(100_000));
    const { port, lines } = await streaming(pieces, { sendTimeout: 300 });
    const socket = connect(port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    socket.pause();
    socket.write('GET /api/v1/pieces HTTP/1.1\r\nHost: x\r\nAccept-Encoding: identity\r\n\r\n');
    await within(
      10_000,
      vi.waitFor(() => expect(made.closed).toBe(true), { timeout: 9000 }),
      () => 'the end of the answer',
    );
    expect(made.count).toBeLessThan(500);
    expect(lines).toEqual([]);
  });

  it('leaves the connection good for the next request', async () => {
    const { port } = await streaming(() => lettersOf('abc'), { sendTimeout: 200 });
    const socket = connect(port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    let text = '';
    socket.on('data', part => {
      text += part;
    });
    for (const count of [1, 2]) {
      socket.write('GET /api/v1/pieces HTTP/1.1\r\nHost: x\r\nAccept-Encoding: identity\r\n\r\n');
      await vi.waitFor(() => expect(text.match(/\r\n0\r\n\r\n/g)).toHaveLength(count), { timeout: 5000 });
    }
  });
});
