import { parseArgs } from 'node:util';

export const STORAGES = ['memory', 'sqlite', 'postgresql'] as const;

export type StorageName = (typeof STORAGES)[number];

export interface Options {
  /** Only scenarios whose name contains this are measured. */
  readonly filter: string;
  readonly runs: number;
  /** How long each run is measured, after the warm-up. */
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly storages: readonly StorageName[];
  /** Requests of a run, where its time is not to decide. */
  readonly requests: number | undefined;
  /** Live sessions whose memory is measured. */
  readonly sessions: number;
  /** Lines of the file that is imported and exported. */
  readonly lines: number;
  /** Whether the harness is what is tested, and not the service's speed. */
  readonly smoke: boolean;
  /** Whether everything is measured, so that the tables of the documentation can be replaced. */
  readonly complete: boolean;
}

export class UsageError extends Error {}

export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parse(args);
  const { smoke } = values;
  const storages = smoke ? (['sqlite'] as const) : storagesOf(values.storage);
  const filter = positionals[0] ?? '';
  return {
    filter,
    runs: smoke ? 1 : numberOf('--runs', values.runs, 1),
    seconds: smoke ? 0.5 : numberOf('--seconds', values.seconds, 0.2),
    warmUpSeconds: smoke ? 0.2 : 1,
    requests: smoke ? 64 : undefined,
    sessions: smoke ? 200 : 100_000,
    lines: smoke ? 20_000 : 200_000,
    storages,
    smoke,
    complete: !smoke && filter === '' && storages.length === STORAGES.length,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        runs: { type: 'string', default: '3' },
        seconds: { type: 'string', default: '5' },
        storage: { type: 'string', default: STORAGES.join() },
        smoke: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function numberOf(name: string, text: string, min: number): number {
  const number = Number(text);
  if (!(number >= min && number <= 600))
    throw new UsageError(`${name} must be ${min} to 600, not "${text}".`);
  return name === '--runs' ? Math.floor(number) : number;
}

function storagesOf(text: string): StorageName[] {
  const names = text.split(',');
  const unknown = names.find(name => !STORAGES.includes(name as StorageName));
  if (unknown !== undefined)
    throw new UsageError(`--storage takes ${STORAGES.join()} or some of them, not "${unknown}".`);
  return STORAGES.filter(name => names.includes(name));
}
