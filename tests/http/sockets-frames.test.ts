import { describe, expect, it } from 'vitest';
import { openClient, type SocketClient, toyServer } from '../support/sockets.ts';

/** The error frame that answers a bad one, from a socket that then still works. */
async function errorFor(client: SocketClient, frame: object | string | Buffer) {
  const before = client.frames.length;
  if (Buffer.isBuffer(frame)) client.ws.send(frame, { binary: true });
  else client.send(frame);
  client.send({ type: 'say', text: 'and on' });
  const frames = (await client.first(before + 2)).slice(before);
  expect(frames).toHaveLength(2);
  const error = frames.find(({ type }) => type === 'error');
  expect(frames).toContainEqual({ type: 'said', text: 'and on' });
  expect(error.detail).toMatch(/^[A-Z"]/);
  return error;
}

describe('a frame', () => {
  it('is handled, and handled in the order in which it came', async () => {
    const { port, toy } = await toyServer();
    const client = await openClient(port);
    const texts = Array.from({ length: 1000 }, (_, index) => String(index));
    for (const text of texts) client.send({ type: 'say', text });
    const frames = await client.first(texts.length);
    expect(toy.said).toEqual(texts);
    expect(frames).toEqual(texts.map(text => ({ type: 'said', text })));
  });

  it.each([
    ['no JSON', 'say', 'request.malformed_json', /JSON/],
    ['nothing', '', 'request.malformed_json', /JSON/],
    ['binary', Buffer.from('{"type":"say","text":"a"}'), 'frame.binary', /text/],
    ['a list', '[]', 'frame.unknown_type', /"type"/],
    ['null', 'null', 'frame.unknown_type', /"type"/],
    ['a number', '1', 'frame.unknown_type', /"type"/],
    ['without a type', '{}', 'frame.unknown_type', /"type"/],
    ['with a type that is no text', '{"type":1}', 'frame.unknown_type', /"type"/],
    ['of an unknown type', '{"type":"sing"}', 'frame.unknown_type', /"sing".*say, fail, wait/],
    ['of a type that objects have', '{"type":"__proto__"}', 'frame.unknown_type', /"__proto__"/],
    ['of a type that only the server sends', '{"type":"said","text":"a"}', 'frame.unknown_type', /"said"/],
    ['without a field', '{"type":"say"}', 'request.invalid', /"\/text".*required/],
    ['with a wrong field', '{"type":"say","text":1}', 'request.invalid', /"\/text".*string/],
    [
      'with a field that is too long',
      JSON.stringify({ type: 'say', text: 'a'.repeat(1001) }),
      'request.invalid',
      /"\/text"/,
    ],
    ['with an unknown field', '{"type":"say","text":"a","loud":true}', 'request.invalid', /"\/loud"/],
    ['with a prototype', '{"type":"say","text":"a","__proto__":{}}', 'request.invalid', /"\/__proto__"/],
    [
      'that is deep',
      `{"type":"say","text":${'['.repeat(30_000)}${']'.repeat(30_000)}}`,
      'request.invalid',
      /./,
    ],
  ])('%s is answered with one error, and the socket goes on', async (_, frame, code, detail) => {
    const { port, lines, toy } = await toyServer();
    const client = await openClient(port);
    const error = await errorFor(client, frame);
    expect(error).toEqual({ type: 'error', code, detail: expect.stringMatching(detail) });
    expect(toy.said).toEqual(['and on']);
    expect(lines.filter(({ level }) => level !== 'debug')).toEqual([]);
  });

  it.each([
    ['names its client_id', '"17"', '17'],
    ['does not name one that is no text', '17', undefined],
    ['does not name one that is endless', `"${'a'.repeat(257)}"`, undefined],
  ])('that is wrong %s in the error', async (_, sent, told) => {
    const { port } = await toyServer();
    const client = await openClient(port);
    const error = await errorFor(client, `{"type":"say","client_id":${sent}}`);
    expect(error.client_id).toBe(told);
  });

  it.each([[false], [true]])(
    'that is refused by a rule is told its code and words (later: %s)',
    async later => {
      const { port, lines } = await toyServer();
      const client = await openClient(port);
      const error = await errorFor(client, { type: 'fail', client_id: 'mine', how: 'refused', later });
      expect(error).toEqual({
        type: 'error',
        code: 'toy.refused',
        detail: 'The toy does not want to.',
        client_id: 'mine',
      });
      expect(lines.filter(({ level }) => level !== 'debug')).toEqual([]);
    },
  );

  it.each([[false], [true]])(
    'that fails is logged once and told by its ticket alone (later: %s)',
    async later => {
      const { port, lines } = await toyServer();
      const client = await openClient(port);
      const error = await errorFor(client, { type: 'fail', client_id: 'mine', how: 'hunter2', later });
      expect(error).toMatchObject({ code: 'server.failed', client_id: 'mine' });
      expect(error.detail).not.toContain('hunter2');
      const [line, ...more] = lines.filter(({ level }) => level !== 'debug');
      expect(more).toEqual([]);
      expect(line).toMatchObject({ level: 'error', err: { message: 'secret hunter2' } });
      expect(error.detail).toContain((line as unknown as { request_id: string }).request_id);
    },
  );

  it('does not wait for one before it that takes longer', async () => {
    const { port, toy } = await toyServer();
    const client = await openClient(port);
    client.send({ type: 'wait' });
    client.send({ type: 'say', text: 'at once' });
    expect(await client.first(1)).toEqual([{ type: 'said', text: 'at once' }]);
    toy.release();
    expect(await client.first(2)).toContainEqual({ type: 'waited' });
  });

  it('is not read while too many before it are unfinished', async () => {
    const { port, toy } = await toyServer();
    const client = await openClient(port);
    const text = 'x'.repeat(900);
    for (let count = 0; count < 256; count += 1) client.send({ type: 'wait' });
    await expect.poll(() => toy.waitingCount).toBe(256);
    for (let count = 0; count < 2000; count += 1) client.send({ type: 'say', text });
    const other = await openClient(port, { token: 'cid' });
    other.send({ type: 'say', text: 'others go on' });
    await other.first(1);
    // What one read has brought is handled in any case.
    expect(toy.said.length).toBeLessThan(100);
    toy.release();
    await client.first(2256);
    expect(toy.said).toHaveLength(2001);
  });
});

describe('what a connection sends', () => {
  it.each([0, 1, 125, 126, 127, 65_535, 65_536, 200_000])(
    'arrives whole with %d bytes, as text and as bytes',
    async length => {
      const { port, toy } = await toyServer();
      const client = await openClient(port);
      const received: string[] = [];
      client.ws.removeAllListeners('message');
      const both = Promise.withResolvers<void>();
      client.ws.on('message', (data, isBinary) => {
        expect(isBinary).toBe(false);
        received.push(String(data));
        if (received.length === 3) both.resolve();
      });
      const text = 'a'.repeat(length);
      const bytes = Buffer.from(text);
      const [connection] = toy.opened;
      for (const content of [text, bytes, bytes]) connection?.send(content);
      await both.promise;
      expect(received.map(({ length }) => length)).toEqual([length, length, length]);
      expect(received.every(each => each === text)).toBe(true);
    },
  );

  it('is text in UTF-8', async () => {
    const { port, toy } = await toyServer();
    const client = await openClient(port);
    toy.opened[0]?.send('{"text":"ü💙"}');
    toy.opened[0]?.send(Buffer.from('{"text":"ü💙"}'));
    expect(await client.first(2)).toEqual([{ text: 'ü💙' }, { text: 'ü💙' }]);
  });

  it('goes nowhere when the socket has ended', async () => {
    const { port, toy } = await toyServer();
    const client = await openClient(port);
    const [connection] = toy.opened;
    client.ws.terminate();
    await expect.poll(() => toy.ended).toHaveLength(1);
    expect(connection?.isOpen).toBe(false);
    connection?.send('{}');
    connection?.close(1000, '');
  });
});
