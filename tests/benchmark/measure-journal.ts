import { setTimeout as sleep } from 'node:timers/promises';
import { bearer, jsonRequest, send, signIn } from './api-client.ts';
import type { Options } from './options.ts';
import { percentile } from './percentile.ts';
import type { Pinning } from './pinning.ts';
import { residentMebibytes } from './process-figures.ts';
import { progress } from './progress.ts';
import { account, operationContent, READER, todoText, WRITER } from './sample-data.ts';
import type { ServerProcess } from './server-process.ts';
import { startService } from './service.ts';
import type { PlaceMaker } from './storage-place.ts';

/** How often the memory is looked at and the job is asked for, and how often somebody else asks for something. */
const SAMPLE_MS = 100;
const OTHERS_MS = 20;

const FEW = 10;
const PIECE = 1000;

/** Of a file that is imported and exported again; `undefined` where the machine cannot tell. */
export interface JournalFigures {
  /** Lines a second, from the first byte to the end of the job. */
  readonly imported: number;
  /** Milliseconds, of what somebody else reads and writes meanwhile. */
  readonly besideImport: number;
  /** MiB, the most. */
  readonly importMemory: number | undefined;
  /** Lines a second, from the request to the last byte. */
  readonly exported: number;
  /** MiB, the most. */
  readonly exportMemory: number | undefined;
}

/** Imports so many lines into an empty journal and exports them, each on a service that has just started. */
export async function measureJournal(
  places: PlaceMaker,
  { lines }: Options,
  pinning: Pinning,
): Promise<JournalFigures> {
  const place = await places.make();
  const onFreshStart = async <Figures>(measure: (service: ServerProcess) => Promise<Figures>) => {
    const service = await startService(place, pinning);
    try {
      return await measure(service);
    } finally {
      await service.stop();
    }
  };
  try {
    const figures = {
      ...(await onFreshStart(service => measureImport(service, lines))),
      ...(await onFreshStart(service => measureExport(service, lines))),
    };
    progress.journal(figures);
    return figures;
  } finally {
    await place.remove();
  }
}

async function measureImport({ origin, pid }: ServerProcess, lines: number) {
  for (const username of [READER, WRITER])
    await send(origin, jsonRequest('/api/v1/auth/register', account(username)));
  const reader = bearer(await signIn(origin, READER));
  const others = await askingBeside(origin);
  const memory = watchMemory(pid);
  const started = performance.now();
  await importLines(origin, reader, lines);
  const seconds = (performance.now() - started) / 1000;
  return { imported: lines / seconds, besideImport: await others.p99(), importMemory: memory.most() };
}

async function measureExport({ origin, pid }: ServerProcess, lines: number) {
  const headers = bearer(await signIn(origin, READER));
  const memory = watchMemory(pid);
  const started = performance.now();
  const response = await fetch(`${origin}/api/v1/operations.csv`, { headers });
  let ends = 0;
  for await (const piece of response.body ?? []) for (const byte of piece) if (byte === 0x0a) ends += 1;
  const seconds = (performance.now() - started) / 1000;
  if (ends !== lines + 1) throw new Error(`The export has ${ends} lines instead of ${lines + 1}.`);
  return { exported: lines / seconds, exportMemory: memory.most() };
}

async function importLines(origin: string, headers: Readonly<Record<string, string>>, lines: number) {
  const response = await fetch(`${origin}/api/v1/operations/import`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'text/csv' },
    body: ReadableStream.from(csv(lines)),
    duplex: 'half',
  });
  if (!response.ok)
    throw new Error(`The import was answered with ${response.status}: ${await response.text()}`);
  if (response.status !== 202) return;
  const path = response.headers.get('location') ?? '';
  for (;;) {
    const { state } = (await send(origin, { method: 'GET', path, headers })).body as { state: string };
    if (state === 'done') return;
    if (state === 'dead') throw new Error('The import failed.');
    await sleep(SAMPLE_MS);
  }
}

function* csv(lines: number): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  yield encoder.encode('quantity,figi,instrument_type,date,type\n');
  const start = Date.UTC(2026, 0, 1);
  for (let first = 0; first < lines; first += PIECE) {
    const piece = Array.from({ length: Math.min(PIECE, lines - first) }, (_, index) => {
      const { quantity, figi, instrument_type, type } = operationContent(first + index);
      const date = new Date(start + (first + index) * 1000).toISOString();
      return `${quantity},${figi},${instrument_type},${date},${type}\n`;
    });
    yield encoder.encode(piece.join(''));
  }
}

/** Somebody else reads and writes by turns, at a steady pace whether or not there has been an answer. */
async function askingBeside(origin: string) {
  const headers = bearer(await signIn(origin, WRITER));
  const todo = jsonRequest('/api/v1/todos', { text: todoText(0), completed: false }, headers);
  for (let index = 0; index < FEW; index += 1) await send(origin, todo);
  const list = { method: 'GET', path: '/api/v1/todos?page=1&per_page=10', headers } as const;
  const asked: Promise<number>[] = [];
  const ask = async () => {
    const started = performance.now();
    await send(origin, asked.length % 2 === 0 ? list : todo);
    return performance.now() - started;
  };
  const timer = setInterval(() => asked.push(ask()), OTHERS_MS);
  return {
    /** In milliseconds, of what was asked until now. */
    async p99() {
      clearInterval(timer);
      const times = await Promise.all(asked);
      return percentile(
        times.sort((a, b) => a - b),
        0.99,
      );
    },
  };
}

function watchMemory(pid: number) {
  const seen: number[] = [];
  const look = () => {
    const now = residentMebibytes(pid);
    if (now !== undefined) seen.push(now);
  };
  look();
  const timer = setInterval(look, SAMPLE_MS);
  return {
    /** MiB. */
    most() {
      clearInterval(timer);
      look();
      return seen.length === 0 ? undefined : Math.max(...seen);
    },
  };
}
