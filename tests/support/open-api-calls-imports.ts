import { vi } from 'vitest';
import { tokens } from '../../src/composition/tokens.ts';
import { abandonmentOf, csvOf, openUpload } from './imports.ts';
import type { Call, MakeCall } from './open-api-calls.ts';
import type { World } from './open-api-world.ts';

const CSV = { 'content-type': 'text/csv' };

/** Somebody new, because each has a few imports at once only. */
const newcomer = async ({ server }: World): Promise<{ readonly id: string; readonly token: string }> =>
  server.signUp(`importer-${crypto.randomUUID().slice(0, 8)}`);

const upload =
  (body: string, headers: Readonly<Record<string, string>> = {}): MakeCall =>
  async world => ({
    server: world.server,
    token: (await newcomer(world)).token,
    path: '/operations/import',
    body,
    headers: { ...CSV, ...headers },
  });

/** As short as can be: many lines go into few bytes. */
const many = `quantity,date,type\n${'1,2026-01-31,buy\n'.repeat(10_001)}`;

/** The fourth of somebody who has three open. */
const oneTooMany: MakeCall = async world => {
  const { server } = world;
  const { token } = await newcomer(world);
  await Promise.all(
    [1, 2, 3].map(async () => {
      const open = openUpload(server, token);
      await open.send(csvOf(1));
    }),
  );
  const call: Call = { server, token, path: '/operations/import', body: csvOf(1), headers: CSV };
  return { ...call, server: { ...server, request: (...request) => whileRefused(server, request) } };
};

/** The uploads before may be on their way still. */
async function whileRefused(
  server: World['server'],
  request: Parameters<World['server']['request']>,
): ReturnType<World['server']['request']> {
  for (let tries = 0; ; tries += 1) {
    const answer = await server.request(...request);
    if (answer.status === 429 || tries === 50) return answer;
  }
}

/** An upload that somebody else gives up before its end. */
const abandoned: MakeCall = async world => {
  const { server } = world;
  const { id, token } = await newcomer(world);
  const request = async () => {
    const open = openUpload(server, token);
    await open.send(csvOf(1));
    const { work } = server.application.get(tokens.operationStorage);
    const [started] = await vi.waitFor(async () => {
      const all = await work.run(({ imports }) => imports.of(id));
      if (all.length === 0) throw new Error('It has not begun.');
      return all;
    });
    if (started) await abandonmentOf(server.application).execute(started.id);
    return open.finish();
  };
  return { server: { ...server, request }, token, path: '/operations/import' };
};

export const IMPORT_CALLS: Readonly<Record<string, Readonly<Record<number, readonly MakeCall[]>>>> = {
  importOperations: {
    200: [
      upload(csvOf(3)),
      upload('quantity,date,type'),
      upload(csvOf(1), { 'content-type': 'text/csv; charset=utf-8' }),
    ],
    202: [upload(many)],
    400: [upload(csvOf(1), { 'content-encoding': 'gzip' })],
    409: [abandoned],
    413: [upload(`${csvOf(1)}${'\n'.repeat(300_000)}`)],
    415: [upload(csvOf(1), { 'content-encoding': 'zstd' })],
    422: [
      upload(''),
      upload('nonsense'),
      upload('quantity,date,type\nx,y,z\n'),
      upload('quantity,date,type\n1,2026-01-31,"buy\n'),
    ],
    429: [oneTooMany],
  },
};
