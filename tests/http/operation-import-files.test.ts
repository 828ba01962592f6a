import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Answer, type TestServer, testServer } from '../support/client.ts';
import { csvOf, HEADER, importsOf, openUpload, seenBy, upload } from '../support/imports.ts';
import { BAD_QUANTITIES } from '../support/operations.ts';
import { expectProblem, type Fault } from '../support/problem.ts';
import { rawRequest } from '../support/raw-request.ts';

const PATIENT = { timeout: 15_000, interval: 20 };
const GOOD = '1,FIGI,share,2026-01-31,buy';
const MEBIBYTE = 1024 * 1024;

const details = ({ body }: Answer): string[] => body.errors.map(({ detail }: { detail: string }) => detail);

describe('a file that is imported', () => {
  let server: TestServer;
  let id: string;
  let token: string;
  beforeAll(async () => {
    server = await testServer('memory', { importLimit: 100_000 });
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    ({ id, token } = await server.signUp(`user-${crypto.randomUUID().slice(0, 8)}`));
  });

  const send = (file: string | Uint8Array, headers = {}) => upload(server, token, file, headers);
  const quantities = async (): Promise<string[]> => {
    const { body } = await server.request('GET', '/operations?sort=created_at', { token });
    return body.results.map(({ quantity }: { quantity: string }) => quantity);
  };

  describe('may', () => {
    it.each<readonly [string, string | Uint8Array]>([
      ['begin with a byte order mark', `\ufeff${HEADER}\n${GOOD}`],
      ['have CRLF', `${HEADER}\r\n${GOOD}\r\n`],
      ['have LF', `${HEADER}\n${GOOD}\n`],
      ['have both', `${HEADER}\r\n${GOOD}\n`],
      ['end without a line break', `${HEADER}\n${GOOD}`],
      ['have empty lines', `\n${HEADER}\n\n\r\n${GOOD}\n\n\n`],
      ['have every cell in quotes', '"quantity","date","type"\r\n"1","2026-01-31","buy"\r\n'],
      ['have its columns in another order', 'type,quantity,date\nbuy,1,2026-01-31'],
      ['have the other columns of an export', `id,${HEADER},created_at,updated_at\nx,${GOOD},y,z\n`],
      ['have line breaks in quotes', `${HEADER}\n1,"a\nb","c\r\nd",2026-01-31,buy\n`],
    ])('%s', async (_, file) => {
      expect(await send(file)).toMatchObject({ status: 200, body: { imported: 1 } });
      expect(await quantities()).toEqual(['1']);
    });

    it.each([
      ['text/csv; charset=utf-8', {}],
      ['text/csv;charset="UTF-8"; header=present', {}],
      ['TEXT/CSV', {}],
    ])('be called %s', async type => {
      expect((await send(csvOf(1), { 'content-type': type })).status).toBe(200);
    });

    it.each([
      ['gzip', gzipSync],
      ['deflate', deflateSync],
      ['br', brotliCompressSync],
    ])('be compressed by %s', async (encoding, compress) => {
      const answer = await send(new Uint8Array(compress(csvOf(3))), { 'content-encoding': encoding });
      expect(answer).toMatchObject({ status: 200, body: { imported: 3 } });
    });

    it('come in pieces that end anywhere, in the middle of a character too', async () => {
      const bytes = Buffer.from(`\ufeff${HEADER}\r\n1,"💙,""ü""\r\n",,2026-01-31,buy\r\n${GOOD}`);
      const body = Array.from(bytes, byte => new Uint8Array([byte]));
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'text/csv' };
      const path = '/api/v1/operations/import';
      const answer = await rawRequest(server.origin, { method: 'POST', path, headers, body });
      expect(answer.body).toEqual({ imported: 2 });
      const { body: list } = await server.request('GET', '/operations', { token });
      expect(list.results[1].figi).toBe('💙,"ü"\r\n');
    });
  });

  describe('is refused whole', () => {
    afterEach(async () => {
      await vi.waitFor(async () => expect(await importsOf(server.application, id)).toBe(0), PATIENT);
      expect(await seenBy(server.application, id)).toBe(0);
    });

    it.each<readonly [string, string, readonly Fault[]]>([
      ['that is empty', '', ['quantity', 'date', 'type'].map(name => [`/lines/1/${name}`, 'missing_column'])],
      [
        'without a first line',
        `${GOOD}\n`,
        [
          ...Array.from({ length: 5 }, (): Fault => ['/lines/1', 'unknown_column']),
          ...['quantity', 'date', 'type'].map((name): Fault => [`/lines/1/${name}`, 'missing_column']),
        ],
      ],
      ['with an unknown column', `${HEADER},price\n${GOOD},1`, [['/lines/1', 'unknown_column']]],
      [
        'with a column in capitals',
        'Quantity,date,type',
        [
          ['/lines/1', 'unknown_column'],
          ['/lines/1/quantity', 'missing_column'],
        ],
      ],
      ['with a column twice', `${HEADER},figi\n${GOOD},1`, [['/lines/1/figi', 'repeated_column']]],
      ['without a column', 'quantity,type\n1,buy', [['/lines/1/date', 'missing_column']]],
      [
        'with a semicolon between the cells',
        'quantity;date;type\n',
        [
          ['/lines/1', 'unknown_column'],
          ...['quantity', 'date', 'type'].map((name): Fault => [`/lines/1/${name}`, 'missing_column']),
        ],
      ],
      ['with a cell too few', `${HEADER}\n${GOOD}\n1,FIGI,share,2026-01-31\n`, [['/lines/3', 'cells']]],
      ['with a cell too many', `${HEADER}\n${GOOD},\n`, [['/lines/2', 'cells']]],
      ['with a line of blanks', `${HEADER}\n  \n`, [['/lines/2', 'cells']]],
      [
        'with an empty cell that is needed',
        `${HEADER}\n,,,,\n`,
        [
          ['/lines/2/quantity', 'required'],
          ['/lines/2/date', 'required'],
          ['/lines/2/type', 'required'],
        ],
      ],
      ['with a quote inside a cell', `${HEADER}\n1,FI"GI,share,2026-01-31,buy\n`, [['/lines/2', 'quotes']]],
      [
        'with something after a quote',
        `${HEADER}\n1,"FI"GI,share,2026-01-31,buy\n`,
        [['/lines/2', 'quotes']],
      ],
      [
        'with a quote that is never closed',
        `${HEADER}\n${GOOD}\n1,"FIGI,share\n${GOOD}`,
        [['/lines/3', 'quotes']],
      ],
      ['with U+0000', `${HEADER}\n1,FI\0GI,share,2026-01-31,buy\n`, [['/lines/2/figi', 'characters']]],
      ['with U+0000 where nobody looks', `id,${HEADER}\n\0,${GOOD}\n`, [['/lines/2/id', 'characters']]],
      [
        'with a text that is too long',
        `${HEADER}\n1,${'x'.repeat(101)},,2026-01-31,buy\n`,
        [['/lines/2/figi', 'max_length']],
      ],
      ['with a date that is none', `${HEADER}\n1,,,yesterday,buy\n`, [['/lines/2/date', 'format']]],
      ['with a day that is none', `${HEADER}\n1,,,2026-02-30,buy\n`, [['/lines/2/date', 'format']]],
      ['with another type', `${HEADER}\n1,,,2026-01-31,hold\n`, [['/lines/2/type', 'choice']]],
      [
        'with bad lines after quoted line breaks and empty lines',
        `${HEADER}\n1,"a\r\nb\nc",,2026-01-31,buy\n\nx,,,2026-01-31,buy\n`,
        [['/lines/6/quantity', 'pattern']],
      ],
    ])('%s', async (_, file, faults) => {
      const answer = await send(file);
      expectProblem(answer, 422, 'request.invalid');
      const found = answer.body.errors.map(({ pointer, code }: { pointer: string; code: string }) => [
        pointer,
        code,
      ]);
      const told = [...new Map(found.map((fault: Fault) => [String(fault), fault])).values()];
      expect(told).toEqual([...new Map(faults.map(fault => [String(fault), fault])).values()]);
    });

    it.each([
      'NaN',
      'Infinity',
      '1e3',
      '0x10',
      '١',
      `${'9'.repeat(40)}`,
      `0.${'0'.repeat(18)}1`,
      ...BAD_QUANTITIES,
    ])('with the quantity %j', async quantity => {
      const answer = await send(`${HEADER}\n"${quantity.replaceAll('"', '""')}",,,2026-01-31,buy\n`);
      expectProblem(answer, 422, 'request.invalid');
      expect(answer.body.errors[0].pointer).toMatch(/^\/lines\/2(\/quantity)?$/);
    });

    it('that is not in UTF-8, at the line and the cell where it is not', async () => {
      const latin = Buffer.from(`${HEADER}\n${GOOD}\n1,M\xfcnchen,share,2026-01-31,buy\n${GOOD}\n`, 'latin1');
      const answer = await send(new Uint8Array(latin));
      expectProblem(answer, 422, 'request.invalid', [['/lines/3/figi', 'characters']]);
      expect(details(answer)).toEqual(['Line 3, column 2 (figi): It is not in UTF-8.']);
      const cut = Buffer.from(`quantity,date,type,figi\n1,2026-01-31,buy,ü`).subarray(0, -1);
      expectProblem(await send(new Uint8Array(cut)), 422, 'request.invalid', [
        ['/lines/2/figi', 'characters'],
      ]);
      const wide = Buffer.from(`\ufeff${csvOf(1)}`, 'utf16le');
      expectProblem(await send(new Uint8Array(wide)), 422, 'request.invalid', [['/lines/1', 'encoding']]);
    });

    it('with every bad line told, by line, column and name', async () => {
      const answer = await send(`${HEADER}\nx,,,2026-01-31,buy\n${GOOD}\n1,,,2026-01-31,BUY\n`);
      expect(details(answer)).toEqual([
        expect.stringMatching(/^Line 2, column 1 \(quantity\): It must /),
        'Line 4, column 5 (type): It can be "buy".',
        'Line 4, column 5 (type): It can be "sell".',
      ]);
      expect(answer.body.detail).toMatch(/^Line 2, column 1 .* \(3 errors in all\)$/);
    });

    it('with a hundred of many bad lines told, and all counted', async () => {
      const answer = await send(`${HEADER}\n${'x,,,2026-01-31,buy\n'.repeat(1234)}`);
      expectProblem(answer, 422, 'request.invalid');
      expect(answer.body.errors).toHaveLength(100);
      expect(answer.body.errors[99].pointer).toBe('/lines/101/quantity');
      expect(answer.body.detail).toContain('(1234 errors in all; the first 100 are told)');
    });

    it('with a line that is too long', async () => {
      const answer = await send(`${HEADER}\n${GOOD}\n1,${'x'.repeat(70_000)}`);
      expectProblem(answer, 422, 'request.invalid', [['/lines/3', 'too_long']]);
      const quoted = await send(`${HEADER}\n1,"${'\n'.repeat(70_000)}`);
      expectProblem(quoted, 422, 'request.invalid', [['/lines/2', 'too_long']]);
    });

    it('that is longer than the limit, with and without its length, and once it is decompressed', async () => {
      const file = csvOf(4000);
      expect(file.length).toBeGreaterThan(100_000);
      expectProblem(await send(file), 413, 'request.too_large');
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'text/csv' };
      const parts = [file.slice(0, 50_000), file.slice(50_000)];
      const chunked = { method: 'POST', path: '/api/v1/operations/import', headers, body: parts };
      expectProblem(await rawRequest(server.origin, chunked), 413, 'request.too_large');
      const bomb = new Uint8Array(gzipSync(Buffer.alloc(16 * MEBIBYTE, '\n')));
      expect(bomb.length).toBeLessThan(100_000);
      expectProblem(await send(bomb, { 'content-encoding': 'gzip' }), 413, 'request.too_large');
    });

    it.each([
      'application/json',
      'text/plain',
      'application/octet-stream',
      'multipart/form-data; boundary=x',
      'text/csv; charset=iso-8859-1',
    ])('that is called %s', async type => {
      const answer = await send(csvOf(1), { 'content-type': type });
      expectProblem(answer, 415, 'request.unsupported_media_type');
      expect(answer.headers.get('accept')).toBe('text/csv');
    });

    it.each(['compress', 'zstd', 'nonsense'])('that is compressed by %s', async encoding => {
      const answer = await send(csvOf(1), { 'content-encoding': encoding });
      expectProblem(answer, 415, 'request.unsupported_media_type');
    });

    it('that is not compressed as it says, or ends too early', async () => {
      const zipped = new Uint8Array(gzipSync(csvOf(100)));
      for (const bad of [csvOf(1), zipped.slice(0, -12)])
        expectProblem(await send(bad, { 'content-encoding': 'gzip' }), 400, 'request.malformed');
    });

    it('with an Idempotency-Key, which nobody would heed', async () => {
      const answer = await send(csvOf(1), { 'idempotency-key': 'a' });
      expectProblem(answer, 400, 'request.malformed');
    });

    it('without a token, and with a token for something else', async () => {
      expectProblem(await upload(server, undefined, csvOf(1)), 401, 'request.unauthenticated');
      const other = await server.signUp(`other-${crypto.randomUUID().slice(0, 8)}`, 'todos');
      expectProblem(await upload(server, other.token, csvOf(1)), 403, 'access.insufficient_scope');
    });
  });
});

describe('a file that goes on', () => {
  it('without a line break for 64 MiB is refused after the first 64 KiB, in little memory', async () => {
    const server = await testServer('memory', { importLimit: 1024 * MEBIBYTE });
    const { token } = await server.signUp('alice');
    const before = process.memoryUsage().arrayBuffers;
    const piece = 'x'.repeat(MEBIBYTE);
    const open = openUpload(server, token);
    await open.send(`${HEADER}\n`);
    let answer: Answer | undefined;
    void open.answer().then(early => {
      answer = early;
    });
    let sent = 0;
    for (; sent < 64 && !answer; sent += 1) {
      await Promise.race([open.send(piece), open.answer()]);
    }
    expectProblem(await open.answer(), 422, 'request.invalid', [['/lines/2', 'too_long']]);
    expect((await open.answer()).headers.get('connection')).toBe('close');
    expect(sent).toBeLessThan(16);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 * MEBIBYTE);
    open.abandon();
    await server.stop();
  });

  it('coming may take longer than a request, and may not stop', async () => {
    const server = await testServer('memory', { requestTimeout: 600, importLimit: 16 * MEBIBYTE });
    const { id, token } = await server.signUp('alice');
    const lines = `${GOOD}\n`.repeat(3000);
    expect(lines.length).toBeGreaterThan(65_536);
    const open = openUpload(server, token);
    await open.send(`${HEADER}\n`);
    const started = performance.now();
    while (performance.now() - started < 1900) {
      await open.send(lines);
      await new Promise(resolve => setTimeout(resolve, 100));
    }
    expect((await open.finish()).status).toBeLessThan(300);
    const stalled = openUpload(server, token);
    await stalled.send(`${HEADER}\n`);
    expect((await stalled.answer()).status).toBe(408);
    await vi.waitFor(async () => expect(await importsOf(server.application, id)).toBeLessThan(2), PATIENT);
    await server.stop();
  });
});
