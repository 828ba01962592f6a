import type { WireName } from './wire.ts';

/** Clients that are to be connected. */
export interface ConnectOrder {
  readonly type: 'connect';
  readonly wire: WireName;
  /** Servers, which get clients by turns. */
  readonly origins: readonly string[];
  /** Those of different people, used by turns. */
  readonly tokens: readonly string[];
  readonly rooms: readonly string[];
  /** In each room. */
  readonly members: number;
  /** Of each room's members, so many say something. */
  readonly publishers: number;
  /** Whether they join their rooms as soon as they are connected, and after which message. */
  readonly join: boolean;
  readonly after?: number;
  /** Connections that are being made at once. */
  readonly atOnce: number;
  /** Messages that each is to have got before it counts as being there. */
  readonly missed?: number;
}

/** Joins the rooms of those who are connected. */
export interface JoinOrder {
  readonly type: 'join';
}

/** Says something so often, all rooms together, whatever becomes of it. */
export interface FireOrder {
  readonly type: 'fire';
  readonly perSecond: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
  /** Whose processor time is to be told. */
  readonly pids: readonly number[];
}

/** Closes all connections. */
export interface CloseOrder {
  readonly type: 'close';
}

export type LoadOrder = ConnectOrder | JoinOrder | FireOrder | CloseOrder;

export interface FireResult {
  readonly perSecond: number;
  /** What members got of the messages of the measured time, and what they should have got. */
  readonly delivered: number;
  readonly expected: number;
  readonly seconds: number;
  /** Rooms some of whose members did not get each message once. */
  readonly roomsBehind: number;
  /** Milliseconds, from when a message was to be sent. */
  readonly p50: number;
  readonly p99: number;
  /** Shares of a core. */
  readonly serversBusy: readonly number[];
  readonly generatorBusy: number;
  readonly lost: number;
  /** What the last lost connection, or the last error frame, said. */
  readonly trouble: string;
  /** Whether all has come in time, and was not piled up. */
  readonly held: boolean;
}

export type LoadAnswer =
  | { readonly failure: string }
  /** Seconds until the last one was there. */
  | { readonly seconds: number }
  | FireResult;
