import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { Answer } from '../support/client.ts';
import { expectProblem } from '../support/problem.ts';
import { rawRequest } from '../support/raw-request.ts';
import {
  handshakeHead,
  openClient,
  RawClient,
  SocketClient,
  TOY,
  TOY_PATH,
  type ToyServer,
  toyServer,
} from '../support/sockets.ts';

/** What is answered to a handshake that is no good. */
async function refusal(
  { port }: ToyServer,
  change: Readonly<Record<string, string | null>>,
  path?: string,
  method?: string,
): Promise<Answer> {
  const client = new RawClient(port);
  client.socket.write(handshakeHead(change, path, method));
  await client.closed;
  const [head = '', body = ''] = client.received.toString().split('\r\n\r\n');
  const [first = '', ...lines] = head.split('\r\n');
  const headers = new Headers(lines.map(line => line.split(/: (.*)/s).slice(0, 2) as [string, string]));
  expect(headers.get('content-length')).toBe(String(Buffer.byteLength(body)));
  expect(headers.get('connection')).toBe('close');
  return { status: Number(first.split(' ')[1]), headers, body: JSON.parse(body) };
}

describe('a socket is opened', () => {
  it('to who shows a token, with the subprotocol, a request id and no extension', async () => {
    const server = await toyServer();
    const client = new SocketClient(server.port, { token: 'ann', headers: { 'x-request-id': 'mine' } });
    const opened = once(client.ws, 'open');
    const [response] = await once(client.ws, 'upgrade');
    expect(response.headers).toMatchObject({ 'sec-websocket-protocol': TOY, 'x-request-id': 'mine' });
    expect(response.headers['sec-websocket-extensions']).toBeUndefined();
    await opened;
    const [connection] = server.toy.opened;
    expect(connection?.principal).toMatchObject({ userId: 'ann', address: '127.0.0.1' });
    expect(connection?.isOpen).toBe(true);
  });

  it('of several subprotocols with the one that is known', async () => {
    const { port } = await toyServer();
    const client = await openClient(port, { token: 'ann', protocols: ['other', TOY] });
    expect(client.ws.protocol).toBe(TOY);
  });

  it('to who shows a token or ticket, from whatever page', async () => {
    const { port, toy } = await toyServer();
    await openClient(port, { token: 'ann', headers: { origin: 'https://elsewhere.example' } });
    await openClient(port, {
      path: `${TOY_PATH}?ticket=ann`,
      headers: { origin: 'https://elsewhere.example' },
    });
    expect(toy.opened).toHaveLength(2);
  });

  it('and told of in a line and a metric, without the query, which may be a ticket', async () => {
    const { port, lines, metrics } = await toyServer();
    await openClient(port, { path: `${TOY_PATH}?ticket=ann` });
    expect(lines).toMatchObject([
      { msg: 'Answered a request', method: 'GET', path: TOY_PATH, status: 101, address: '127.0.0.1' },
    ]);
    expect(JSON.stringify(lines)).not.toContain('ticket');
    expect(await metrics.registry.metrics()).toContain(
      'atrium_http_request_duration_seconds_count{endpoint="toySocket",status="101"} 1',
    );
  });
});

describe('a handshake is refused', () => {
  it.each([
    ['without the subprotocol', { 'Sec-WebSocket-Protocol': null }, 400, 'request.malformed'],
    ['with another subprotocol', { 'Sec-WebSocket-Protocol': 'other' }, 400, 'request.malformed'],
    [
      'with subprotocols that are not well-formed',
      { 'Sec-WebSocket-Protocol': `${TOY}, ,` },
      400,
      'request.malformed',
    ],
    ['without a key', { 'Sec-WebSocket-Key': null }, 400, 'request.malformed'],
    ['with a key that is none', { 'Sec-WebSocket-Key': 'x' }, 400, 'request.malformed'],
    ['with another version', { 'Sec-WebSocket-Version': '7' }, 400, 'request.malformed'],
    ['without authentication', { Authorization: null }, 401, 'request.unauthenticated'],
    ['with a token of nobody', { Authorization: 'Bearer eve' }, 401, 'request.unauthenticated'],
    ['without the scope', { Authorization: 'Bearer bob' }, 403, 'access.insufficient_scope'],
  ])('%s', async (_, change, status, code) => {
    const server = await toyServer();
    const answer = await refusal(server, change);
    expectProblem(answer, status, code);
    expect(answer.body.instance).toBe(TOY_PATH);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(server.toy.opened).toEqual([]);
    expect(server.lines.filter(({ msg }) => msg === 'Answered a request')).toMatchObject([{ status }]);
  });

  it('with the headers that say what to do', async () => {
    const server = await toyServer();
    const header = async (name: string, change: Readonly<Record<string, string | null>>) =>
      (await refusal(server, change)).headers.get(name);
    expect(await header('www-authenticate', { Authorization: null })).toBe('Bearer realm="atrium"');
    expect(await header('www-authenticate', { Authorization: 'Bearer bob' })).toBe(
      'Bearer realm="atrium", error="insufficient_scope", scope="chat"',
    );
    expect(await header('sec-websocket-version', { 'Sec-WebSocket-Version': '7' })).toBe('13');
  });

  it('by another method', async () => {
    const server = await toyServer();
    const answer = await refusal(server, {}, TOY_PATH, 'POST');
    expectProblem(answer, 405, 'request.method_not_allowed');
    expect(answer.headers.get('allow')).toBe('GET');
  });

  it('when authenticating fails unexpectedly, with a ticket and no more', async () => {
    const server = await toyServer();
    server.tokens.delay = () => Promise.reject(new Error('a secret'));
    const answer = await refusal(server, {}, `${TOY_PATH}?ticket=ann`);
    expectProblem(answer, 500, 'server.failed');
    expect(JSON.stringify(answer.body)).not.toMatch(/secret|ticket=/);
    expect(server.lines).toContainEqual(
      expect.objectContaining({ level: 'error', request_id: answer.body.request_id }),
    );
    expect(JSON.stringify(server.lines)).not.toContain('ticket=');
  });

  it('where there are as many sockets as may be, until one has gone', async () => {
    const server = await toyServer({ maxSockets: 2 });
    const first = await openClient(server.port);
    await openClient(server.port, { token: 'cid' });
    const answer = await refusal(server, {});
    expectProblem(answer, 503, 'server.busy');
    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
    first.ws.close();
    await first.closed;
    await expect.poll(() => server.sockets.socketsOf('ann')).toEqual([]);
    await openClient(server.port);
  });

  it('where those that are being let in would be too many', async () => {
    const server = await toyServer({ maxSockets: 1 });
    const entered = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    server.tokens.delay = () => {
      entered.resolve();
      return gate.promise;
    };
    const client = new SocketClient(server.port, { token: 'ann' });
    await entered.promise;
    expectProblem(await refusal(server, {}), 503, 'server.busy');
    gate.resolve();
    await once(client.ws, 'open');
  });

  it('to a person who has as many sockets as they may', async () => {
    const server = await toyServer({ maxSocketsPerPerson: 2 });
    await openClient(server.port);
    await openClient(server.port);
    const answer = await refusal(server, {});
    expectProblem(answer, 429, 'request.too_many');
    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
    await openClient(server.port, { token: 'cid' });
  });
});

describe('a request that wants another protocol', () => {
  it.each([
    ['an unknown path', `${TOY_PATH}s`, 404],
    ['the path and more', `${TOY_PATH}/`, 404],
    ['a path of the API', '/livez', 200],
  ])('at %s is answered as if it did not', async (_, path, status) => {
    const { port } = await toyServer();
    const headers = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' };
    const answer = await rawRequest(`http://127.0.0.1:${port}`, { method: 'GET', path, headers });
    expect(answer.status).toBe(status);
    if (status === 404) expectProblem(answer, 404, 'request.unknown_route');
  });

  it('that is not WebSocket, either', async () => {
    const { port } = await toyServer();
    const headers = {
      connection: 'Upgrade, HTTP2-Settings',
      upgrade: 'h2c',
      'http2-settings': 'AAMAAABkAAQ',
    };
    const answer = await rawRequest(`http://127.0.0.1:${port}`, { method: 'GET', path: TOY_PATH, headers });
    expectProblem(answer, 404, 'request.unknown_route');
  });
});

describe('a handshake behind another request on the same connection', () => {
  it('does the server no harm', async () => {
    const server = await toyServer();
    const client = new RawClient(server.port);
    client.socket.write(`GET /readyz HTTP/1.1\r\nHost: toy\r\n\r\n${handshakeHead()}`);
    await client.until(received => received.includes('101 Switching'));
    client.socket.destroy();
    await openClient(server.port);
  });
});

describe('a handshake that is not finished', () => {
  it('ends with the time for a request when its head comes byte by byte', async () => {
    const { port } = await toyServer({ requestTimeout: 300 });
    const client = new RawClient(port);
    const head = handshakeHead();
    let sent = 0;
    const drip = setInterval(() => client.socket.write(head[sent++ % 40] as string), 50);
    await client.closed;
    clearInterval(drip);
    expect(sent).toBeLessThan(60);
    expect(client.received.toString()).not.toContain('101');
  });

  it('is given up when it takes too long to find out who it is', async () => {
    const server = await toyServer({ requestTimeout: 300, maxSockets: 1 });
    server.tokens.delay = () => new Promise<void>(() => {});
    const client = new RawClient(server.port);
    client.socket.write(handshakeHead());
    await client.closed;
    server.tokens.delay = async () => undefined;
    await openClient(server.port);
  });

  it('leads to nothing when the client goes meanwhile', async () => {
    const server = await toyServer();
    const entered = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    server.tokens.delay = () => {
      entered.resolve();
      return gate.promise;
    };
    const client = new RawClient(server.port);
    client.socket.write(handshakeHead());
    await entered.promise;
    client.socket.resetAndDestroy();
    await client.closed;
    server.tokens.delay = async () => undefined;
    await openClient(server.port);
    gate.resolve();
    await openClient(server.port);
    expect(server.lines.filter(({ level }) => level === 'error')).toEqual([]);
    await server.stop(1000);
    expect(server.toy.ended.length).toBe(server.toy.opened.length);
  });
});

describe('the limit of HTTP connections', () => {
  it('does not count sockets', async () => {
    const { port } = await toyServer({ maxConnections: 1 });
    for (const _ of [1, 2, 3]) await openClient(port);
    expect((await fetch(`http://127.0.0.1:${port}/livez`)).status).toBe(200);
  });
});
