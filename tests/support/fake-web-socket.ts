import type { ClientFrame } from '../../src/web/chat/frames.ts';

type Listener = (event: never) => void;

/** A socket whose other end is the test. */
export class FakeWebSocket {
  readonly url: string;
  readonly protocols: readonly string[];
  // biome-ignore lint/suspicious/noExplicitAny: tests look into frames freely.
  readonly sent: any[] = [];
  /** With which the client closed it. */
  closedWith: (number | undefined)[] = [];
  hear: (frame: ClientFrame) => void = () => undefined;
  private readonly listeners: Record<string, Listener[]> = {};

  constructor(url: string, protocols: readonly string[]) {
    this.url = url;
    this.protocols = protocols;
  }

  addEventListener(type: string, listener: Listener): void {
    this.listeners[type] = [...(this.listeners[type] ?? []), listener];
  }

  send(text: string): void {
    const frame = JSON.parse(text);
    this.sent.push(frame);
    this.hear(frame);
  }

  close(code?: number): void {
    this.closedWith.push(code);
  }

  tell(frame: object): void {
    this.tellText(JSON.stringify(frame));
  }

  tellText(data: string): void {
    this.happen('message', { data });
  }

  end(code: number, reason = ''): void {
    this.happen('error', {});
    this.happen('close', { code, reason });
  }

  private happen(type: string, event: object): void {
    for (const listener of this.listeners[type] ?? []) listener(event as never);
  }
}

/** A class that makes such sockets, and all that it has made. */
export function fakeWebSockets() {
  const made: FakeWebSocket[] = [];
  class WebSocketClass extends FakeWebSocket {
    constructor(url: string, protocols: string[]) {
      super(url, protocols);
      made.push(this);
    }
  }
  const last = (): FakeWebSocket => {
    const socket = made.at(-1);
    if (!socket) throw new Error('There is no socket yet.');
    return socket;
  };
  return { WebSocketClass, made, last };
}
