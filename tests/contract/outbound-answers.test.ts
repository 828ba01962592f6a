import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  type Answer,
  closed,
  flooding,
  floodingWith,
  foreignServerOfTest,
  gzipBomb,
  hanging,
  hangingAfterHead,
  hangingInBody,
  json,
  redirecting,
  resetting,
  text,
  truncating,
} from '../support/foreign-server.ts';
import { outboundTo } from '../support/outbound.ts';

const JSON_HEAD = { 'content-type': 'application/json' };

describe('what another server answers', () => {
  it.each([
    ['an object', json({ celsius: 21 }), { celsius: 21 }],
    ['null', json(null), null],
    ['a kind of JSON', text('[1]', { 'content-type': 'application/geo+json; charset="UTF-8"' }), [1]],
    ['gzip', text(gzipSync('[1]'), { ...JSON_HEAD, 'content-encoding': 'gzip' }), [1]],
    ['deflate', text(deflateSync('[1]'), { ...JSON_HEAD, 'content-encoding': 'deflate' }), [1]],
    ['brotli', text(brotliCompressSync('[1]'), { ...JSON_HEAD, 'content-encoding': 'br' }), [1]],
    ['as much as is allowed', json('x'.repeat(9998)), 'x'.repeat(9998)],
    ['as deep as is allowed', text('['.repeat(99) + ']'.repeat(99), JSON_HEAD), expect.any(Array)],
  ] as const)('is taken where it is %s', async (_, answer: Answer, value) => {
    const { origin } = await foreignServerOfTest(answer);
    expect(await outboundTo(origin).ask()).toEqual(value);
  });

  it.each<[string, Answer, string]>([
    ['HTML', text('<html>', { 'content-type': 'text/html' }), 'not_json'],
    ['without a type', text('{}', {}), 'not_json'],
    ['JSON that calls itself text', text('{}', { 'content-type': 'text/plain' }), 'not_json'],
    ['no JSON', text('{"a":', JSON_HEAD), 'not_json'],
    ['nothing', text('', JSON_HEAD), 'not_json'],
    ['not UTF-8', text(Buffer.from([0x22, 0xff, 0x22]), JSON_HEAD), 'not_json'],
    ['in another charset', text('{}', { 'content-type': 'application/json; charset=utf-16' }), 'not_json'],
    ['one byte too long', json('x'.repeat(9999)), 'too_large'],
    ['without end', flooding, 'too_large'],
    ['a gzip bomb', gzipBomb, 'too_large'],
    ['too deep', text('['.repeat(101) + ']'.repeat(101), JSON_HEAD), 'too_large'],
    ['cut off', truncating, 'unreachable'],
    ['reset', resetting, 'unreachable'],
    ['damaged', text('nonsense', { ...JSON_HEAD, 'content-encoding': 'gzip' }), 'unreachable'],
    ['404', text('{}', JSON_HEAD, 404), 'status'],
    ['500', text('{}', JSON_HEAD, 500), 'status'],
    ['204', text('', JSON_HEAD, 204), 'status'],
    ['a redirect', redirecting('http://example.org/'), 'redirect'],
  ])('is refused where it is %s', async (_, answer, reason) => {
    const { origin } = await foreignServerOfTest(answer);
    expect(await outboundTo(origin).ask()).toBe(reason);
  });

  it.each<[string, Answer]>([
    ['an answer', hanging],
    ['the body', hangingAfterHead],
    ['the rest of the body', hangingInBody],
  ])(
    'is not waited for longer than its time, be it for %s, and the connection is closed',
    async (_, answer) => {
      const server = await foreignServerOfTest(answer);
      const asked = outboundTo(server.origin, { timeout: 150 }).ask();
      const request = await server.asked(1);
      expect(await asked).toBe('timeout');
      await closed(request);
    },
  );

  it('is not there where nobody listens', async () => {
    const server = await foreignServerOfTest(json(1));
    await server.close();
    expect(await outboundTo(server.origin).ask()).toBe('unreachable');
  });

  it('is read no further than it is wanted', async () => {
    const server = await foreignServerOfTest(flooding);
    const asked = outboundTo(server.origin).ask();
    const request = await server.asked(1);
    await closed(request);
    expect(await asked).toBe('too_large');
    expect(request.socket.bytesWritten).toBeLessThan(20_000_000);
  });

  it.each([302, 404, 500])('of status %d is not read at all', async status => {
    const server = await foreignServerOfTest(floodingWith(status));
    const asked = outboundTo(server.origin, { maxBytes: 1_000_000_000 }).ask();
    await closed(await server.asked(1));
    expect(await asked).toBe(status === 302 ? 'redirect' : 'status');
  });

  it('is not asked for again at the place that a redirect names', async () => {
    const target = await foreignServerOfTest(json({ secret: true }));
    for (const status of [301, 302, 303, 307, 308]) {
      const { origin } = await foreignServerOfTest(redirecting(`${target.origin}/`, status));
      expect(await outboundTo(origin).ask()).toBe('redirect');
    }
    expect(target.requests).toHaveLength(0);
  });

  it('comes over connections that are used again', async () => {
    const server = await foreignServerOfTest(json(1));
    const outbound = outboundTo(server.origin);
    for (let time = 0; time < 10; time += 1) expect(await outbound.ask()).toBe(1);
    expect(server.connections).toBeLessThanOrEqual(2);
  });
});

describe('another server', () => {
  it('gets the headers that it is configured with, and nothing that was not agreed', async () => {
    const server = await foreignServerOfTest(json(1));
    const { service } = outboundTo(server.origin, { headers: { 'x-api-key': 'hunter2' } });
    const headers = { traceparent: '00-1-2-00' };
    await service.getJson('/a/b?c=d', { signal: new AbortController().signal, headers });
    const [request] = server.requests;
    expect(request).toMatchObject({ method: 'GET', url: '/a/b?c=d' });
    expect(request?.headers).toEqual({
      host: `127.0.0.1:${server.port}`,
      connection: 'keep-alive',
      accept: 'application/json',
      'accept-encoding': 'gzip, deflate, br',
      'user-agent': 'atrium',
      'x-api-key': 'hunter2',
      traceparent: '00-1-2-00',
    });
  });

  it('is left alone as soon as nobody waits any more', async () => {
    const server = await foreignServerOfTest(hanging);
    const waiting = new AbortController();
    const asked = outboundTo(server.origin).ask('/', waiting.signal);
    const request = await server.asked(1);
    waiting.abort();
    expect(await asked).toBe('timeout');
    await closed(request);
  });

  it('is left alone when this one closes, and not asked again', async () => {
    const server = await foreignServerOfTest(hanging);
    const outbound = outboundTo(server.origin);
    const asked = outbound.ask();
    const request = await server.asked(1);
    await outbound.close();
    expect(await asked).toBe('unreachable');
    await closed(request);
    expect(await outbound.ask()).toBe('unreachable');
    expect(server.connections).toBe(1);
  });

  it('is counted by what comes of asking it', async () => {
    const server = await foreignServerOfTest((request, response) =>
      request.url === '/good' ? json(1)(request, response) : response.writeHead(404).end(),
    );
    const outbound = outboundTo(server.origin, { name: 'weather' });
    for (const path of ['/good', '/good', '/bad']) await outbound.ask(path);
    const metrics = await outbound.metrics();
    expect(metrics).toContain('atrium_outbound_answers_total{service="weather",outcome="ok"} 2');
    expect(metrics).toContain('atrium_outbound_answers_total{service="weather",outcome="status"} 1');
  });
});
