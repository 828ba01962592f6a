import { median } from '../median.ts';
import type { StorageName } from '../options.ts';
import type { FireResult } from './load-orders.ts';

/** One rate, as several runs came out. */
export interface ChatCase {
  readonly name: string;
  readonly runs: readonly FireResult[];
}

export interface ChatResult {
  readonly storage: StorageName;
  /** Of each of the many rooms. */
  readonly roomMembers: number;
  readonly cases: readonly ChatCase[];
  readonly idle: IdleSockets;
  /** Seconds until the last of those who came back had what it missed. */
  readonly resumed: number;
  readonly twoProcesses: TwoProcesses | undefined;
}

export interface IdleSockets {
  readonly amount: number;
  /** KiB a socket, without a room and in one; undefined where the machine cannot tell. */
  readonly connected: number | undefined;
  readonly joined: number | undefined;
}

/** Undefined where one of them did not hold the rate that both were asked for. */
export interface TwoProcesses {
  /** How many times as many deliveries as one process, as it was measured. */
  readonly measured: number | undefined;
  /** The same by the share of a core that one of them used, and the busier one of two at the same rate. */
  readonly byProcessorTime: number | undefined;
  /** The one of both that says what two cores are good for on this machine. */
  readonly counted: number | undefined;
}

/** A second. */
export const deliveriesOf = ({ delivered, seconds }: FireResult) => delivered / seconds;

/** The same, and nothing of what came too late or not at all. */
export const heldBy = (run: FireResult) => (run.held ? deliveriesOf(run) : 0);

/** Whether somebody did not get something, or was cut off. */
export const isIncomplete = ({ roomsBehind, lost }: FireResult) => roomsBehind > 0 || lost > 0;

/** The median of what the runs of a case say; undefined where the case was not measured. */
export function medianOf(
  { cases }: Pick<ChatResult, 'cases'>,
  name: string,
  figure: (run: FireResult) => number,
): number | undefined {
  const runs = cases.find(each => each.name === name)?.runs;
  return runs && median(runs.map(figure));
}

export const CASES = {
  slow: 'one room, slow',
  fast: 'one room, fast',
  most: 'one room, most',
  bare: 'bare ws, most',
  rooms: 'many rooms, most',
  alone: 'one process, most',
  two: 'two processes, most',
} as const;
