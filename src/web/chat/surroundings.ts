/** What browsers, Node and tests give. */

/** The part of a WebSocket that is used; also that of the package `ws`. */
export interface WebSocketLike {
  send(text: string): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(
    type: 'close',
    listener: (event: { readonly code: number; readonly reason: string }) => void,
  ): void;
  addEventListener(type: 'error', listener: () => void): void;
}

export type WebSocketClass = new (url: string, protocols: string[]) => WebSocketLike;

export interface Timers {
  /** Milliseconds of a clock that never goes back. */
  now(): number;
  setTimeout(run: () => void, milliseconds: number): unknown;
  clearTimeout(timer: unknown): void;
}

export const OWN_TIMERS: Timers = {
  now: () => performance.now(),
  setTimeout: (run, milliseconds) => setTimeout(run, milliseconds),
  clearTimeout: timer => clearTimeout(timer as Parameters<typeof clearTimeout>[0]),
};

/** Hints of whether there is a network, as `online` and `offline` of a browser's window. */
export interface NetworkHints {
  subscribe(listener: (isOnline: boolean) => void): () => void;
}
