import { ChatError } from './chat-error.ts';
import { type ClientFrame, type FrameOf, framesIn, type ServerFrame } from './frames.ts';
import { isFinal, pauseAfter, wantsNewCredentials } from './pauses.ts';
import type { NetworkHints, Timers, WebSocketClass, WebSocketLike } from './surroundings.ts';

/** `waiting`: until the next attempt. `stopped`: it does not try again by itself. */
export type LinkState = 'idle' | 'connecting' | 'open' | 'waiting' | 'stopped';

export interface Address {
  readonly url: string;
  readonly protocols?: readonly string[] | undefined;
}

/**
 * Says where to connect, with what the server admits once or for a while, as a ticket. `isRefused`: what was shown before has ended,
 * so a token must be renewed first. A `ChatError` that it throws ends all attempts; after anything else there is another.
 */
export type Connect = (hint: { readonly isRefused: boolean }) => Promise<Address>;

export interface LinkParts {
  readonly connect: Connect;
  readonly webSocket: WebSocketClass;
  readonly timers: Timers;
  readonly random: () => number;
  readonly network: NetworkHints | undefined;
  readonly opened: (welcome: FrameOf<'welcome'>) => void;
  readonly received: (frames: readonly ServerFrame[]) => void;
  readonly lost: () => void;
  readonly changed: () => void;
}

const SUBPROTOCOL = 'atrium.chat.v1';

/** Milliseconds within which the server must have said welcome. */
const PATIENCE = 20_000;

/** Milliseconds after which a connection has been a good one: those before it that failed do not count any more. */
const STEADY = 5000;

/** Keeps one connection, and makes another where it ends. */
export class ChatLink {
  state: LinkState = 'idle';
  failure: ChatError | undefined;
  private readonly parts: LinkParts;
  private socket: WebSocketLike | undefined;
  /** What comes of earlier attempts does not count. */
  private attempt = 0;
  private failures = 0;
  private isRefused = false;
  private isOnline = true;
  private openedAt = 0;
  private timer: unknown;
  private stopListening: (() => void) | undefined;

  constructor(parts: LinkParts) {
    this.parts = parts;
  }

  start(): void {
    if (this.state !== 'idle' && this.state !== 'stopped') return;
    this.failure = undefined;
    this.failures = 0;
    this.isOnline = true;
    this.stopListening = this.parts.network?.subscribe(isOnline => this.hint(isOnline));
    this.begin();
  }

  /** Ends the connection, and all attempts. */
  stop(failure: ChatError): void {
    if (this.state === 'stopped') return;
    this.stopListening?.();
    this.release(1000);
    this.failure = failure;
    this.become('stopped');
  }

  send(frame: ClientFrame): void {
    if (this.state === 'open') this.socket?.send(JSON.stringify(frame));
  }

  /** The connection is dead, though it does not say so. */
  drop(): void {
    this.lose(this.attempt, undefined, '');
  }

  private begin(): void {
    const { connect, timers } = this.parts;
    this.attempt += 1;
    const { attempt } = this;
    this.timer = timers.setTimeout(() => this.lose(attempt, undefined, ''), PATIENCE);
    this.become('connecting');
    const asked = new Promise<Address>(resolve => resolve(connect({ isRefused: this.isRefused })));
    asked.then(address => this.open(attempt, address)).catch(error => this.miss(attempt, error));
  }

  private open(attempt: number, { url, protocols = [SUBPROTOCOL] }: Address): void {
    if (attempt !== this.attempt) return;
    const { webSocket: WebSocketClass } = this.parts;
    const socket = new WebSocketClass(url, [...protocols]);
    this.socket = socket;
    socket.addEventListener('message', ({ data }) => {
      if (attempt === this.attempt) this.hear(data);
    });
    socket.addEventListener('close', ({ code, reason }) => this.lose(attempt, code, reason));
    // A close event follows.
    socket.addEventListener('error', () => undefined);
  }

  private miss(attempt: number, error: unknown): void {
    if (attempt !== this.attempt) return;
    if (error instanceof ChatError) this.stop(error);
    else this.lose(attempt, undefined, '');
  }

  private hear(text: unknown): void {
    const frames = framesIn(text);
    const [first] = frames ?? [];
    if (!frames) this.drop();
    else if (first?.type === 'welcome') this.welcome(first);
    else this.parts.received(frames);
  }

  private welcome(frame: FrameOf<'welcome'>): void {
    this.parts.timers.clearTimeout(this.timer);
    this.openedAt = this.parts.timers.now();
    this.isRefused = false;
    this.become('open');
    this.parts.opened(frame);
  }

  private lose(attempt: number, code: number | undefined, reason: string): void {
    if (attempt !== this.attempt || this.state === 'stopped') return;
    const { timers } = this.parts;
    if (this.state === 'open' && timers.now() - this.openedAt >= STEADY) this.failures = 0;
    if (isFinal(code))
      this.stop(new ChatError('client.refused', `The server closed with ${code}: ${reason}`));
    else this.tryLater(code);
  }

  private tryLater(code: number | undefined): void {
    const { timers, random } = this.parts;
    this.release(undefined);
    this.isRefused ||= wantsNewCredentials(code);
    const pause = pauseAfter(code, this.failures, random);
    this.failures += 1;
    if (this.isOnline) this.timer = timers.setTimeout(() => this.begin(), pause);
    this.become('waiting');
  }

  /** Lets go of the connection, and of what was to happen with it. */
  private release(code: number | undefined): void {
    const { socket } = this;
    const wasOpen = this.state === 'open';
    this.attempt += 1;
    this.socket = undefined;
    this.parts.timers.clearTimeout(this.timer);
    socket?.close(code);
    if (wasOpen) this.parts.lost();
  }

  private hint(isOnline: boolean): void {
    this.isOnline = isOnline;
    if (!isOnline && this.state === 'waiting') this.parts.timers.clearTimeout(this.timer);
    else if (!isOnline) this.drop();
    else if (this.state === 'waiting') {
      this.parts.timers.clearTimeout(this.timer);
      this.failures = 0;
      this.begin();
    }
  }

  private become(state: LinkState): void {
    this.state = state;
    this.parts.changed();
  }
}
