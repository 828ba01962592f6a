import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { STORAGES } from '../support/application.ts';
import { type TestServer, testServer } from '../support/client.ts';
import { csvOf, HEADER, importsOf, jobIn, upload } from '../support/imports.ts';
import { expectProblem } from '../support/problem.ts';

const PATIENT = { timeout: 15_000, interval: 20 };
const KEY = { 'idempotency-key': 'key' };

describe.each(STORAGES)('an import with an Idempotency-Key on %s', storage => {
  let server: TestServer;
  let number = 0;
  let id: string;
  let token: string;
  beforeAll(async () => {
    server = await testServer(storage);
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    number += 1;
    ({ id, token } = await server.signUp(`user-${number}`));
  });

  const total = async () => (await server.request('GET', '/operations', { token })).body.total_count;
  const underWay = () => importsOf(server.application, id);

  it('is done once when the file is sent again', async () => {
    const first = await upload(server, token, csvOf(3), KEY);
    expect(first).toMatchObject({ status: 200, body: { imported: 3 } });
    expect(first.headers.has('idempotency-replayed')).toBe(false);
    const again = await upload(server, token, csvOf(3), KEY);
    expect(again).toMatchObject({ status: 200, body: { imported: 3 } });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(await total()).toBe(3);
    expect(await underWay()).toBe(0);
  });

  it('is done once when the file is sent several times at the same moment', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => upload(server, token, csvOf(5), KEY)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await total()).toBe(5);
    expect(await underWay()).toBe(0);
  });

  it('is done by one job when a large file is sent again', async () => {
    const first = await upload(server, token, csvOf(10_001), KEY);
    const again = await upload(server, token, csvOf(10_001), KEY);
    expect([first.status, again.status]).toEqual([202, 202]);
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    await jobIn(server, token, first.body.id, 'done');
    expect(await total()).toBe(10_001);
    await vi.waitFor(async () => expect(await underWay()).toBe(0), PATIENT);
  });

  it('is refused with another file, of which nothing is left', async () => {
    await upload(server, token, csvOf(3), KEY);
    expectProblem(await upload(server, token, csvOf(4), KEY), 422, 'request.key_reused');
    expect(await total()).toBe(3);
    expect(await underWay()).toBe(0);
  });

  it('can be sent again with the same key when its file was put right', async () => {
    const wrong = await upload(server, token, `${HEADER}\nmany,,,2026-01-31,buy\n`, KEY);
    expect(wrong.status).toBe(422);
    expect((await upload(server, token, csvOf(2), KEY)).status).toBe(200);
    expect(await total()).toBe(2);
  });
});
