import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { expect, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { SENT } from '../../src/modules/chat/adapters/ws/chat-frames.ts';
import { validatorOf } from '../../src/platform/http/validation.ts';
import { within } from './child-process.ts';

export const CHAT = 'atrium.chat.v1';

/** Milliseconds until a frame that should have come has failed the test. */
const PATIENCE = 5000;

// biome-ignore lint/suspicious/noExplicitAny: tests look into frames freely.
export type Frame = any;

export interface ChatOptions {
  readonly token?: string | undefined;
  readonly ticket?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const CHECKS = new Map(SENT.map(({ type, schema }) => [type, validatorOf(schema)]));

/** A client of the chat, which holds each frame against its declaration. */
export class ChatClient {
  readonly ws: WebSocket;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  /** All that came, in order; what came as one is taken apart. */
  readonly frames: Frame[] = [];
  readonly faults: string[] = [];
  private readonly waiting: Frame[] = [];
  private arrived: (() => void) | undefined;

  constructor(origin: string, options: ChatOptions) {
    this.ws = socketTo(origin, options);
    this.ws.on('message', data => this.take(JSON.parse(String(data))));
    this.ws.on('error', () => undefined);
    this.closed = new Promise(resolve => {
      this.ws.once('close', (code, reason) => resolve({ code, reason: String(reason) }));
    });
    onTestFinished(() => {
      this.ws.terminate();
      expect(this.faults).toEqual([]);
    });
  }

  get isOpen(): boolean {
    return this.ws.readyState === WebSocket.OPEN;
  }

  send(...frames: readonly (object | string)[]): void {
    for (const frame of frames) this.ws.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** Waits for the first frame with these fields that it was not asked for before. */
  async next(fields: object): Promise<Frame> {
    const wanted = expect.objectContaining(fields);
    const found = (async () => {
      for (;;) {
        const index = this.waiting.findIndex(frame => wanted.asymmetricMatch(frame));
        if (index >= 0) return this.waiting.splice(index, 1)[0];
        await new Promise<void>(resolve => {
          this.arrived = resolve;
        });
      }
    })();
    return within(
      PATIENCE,
      found,
      () => `a frame like ${JSON.stringify(fields)} after ${JSON.stringify(this.frames).slice(-2000)}`,
    );
  }

  async join(room: string, resume: object = {}): Promise<Frame> {
    this.send({ type: 'join', room, ...resume });
    return this.next({ type: 'joined', room: room.toLowerCase() });
  }

  /** Says something, and waits until it is stored. */
  async say(room: string, text: string, client_id: string = crypto.randomUUID()): Promise<Frame> {
    this.send({ type: 'send', room, client_id, text });
    return this.next({ type: 'ack', client_id });
  }

  /** Waits until all that was sent to it before has come. */
  async settle(): Promise<void> {
    const client_id = crypto.randomUUID();
    this.send({ type: 'no such', client_id });
    await this.next({ type: 'error', client_id });
  }

  /** Those that came, of one type or all. */
  of(type: string): Frame[] {
    return this.frames.filter(frame => frame.type === type);
  }

  /** Milliseconds until it was closed with this code. */
  async endsWith(code: number): Promise<number> {
    const since = performance.now();
    expect(await within(PATIENCE, this.closed, () => 'the end of a socket')).toMatchObject({ code });
    return performance.now() - since;
  }

  private take(frame: Frame): void {
    const fault = faultOf(frame);
    if (fault) this.faults.push(`${JSON.stringify(frame).slice(0, 500)}: ${fault}`);
    const frames = frame.type === 'batch' ? frame.frames : [frame];
    if (frame.type === 'batch')
      for (const inner of frames) {
        const innerFault = inner.type === 'batch' ? 'A batch in a batch' : faultOf(inner);
        if (innerFault) this.faults.push(`${JSON.stringify(inner).slice(0, 500)}: ${innerFault}`);
      }
    this.frames.push(...frames);
    this.waiting.push(...frames);
    this.arrived?.();
  }
}

/** An open socket that has been welcomed. */
export async function openChat(origin: string, options: ChatOptions): Promise<ChatClient> {
  const client = new ChatClient(origin, options);
  await client.next({ type: 'welcome' });
  return client;
}

/** How a handshake is refused. */
export async function refusedChat(
  origin: string,
  options: ChatOptions,
): Promise<{ readonly status: number | undefined; readonly code: string }> {
  const socket = socketTo(origin, options);
  socket.on('error', () => undefined);
  const refusal = once(socket, 'unexpected-response') as Promise<[unknown, IncomingMessage]>;
  const [, response] = await within(PATIENCE, refusal, () => 'a refusal');
  let text = '';
  for await (const piece of response) text += piece;
  return { status: response.statusCode, code: JSON.parse(text).code };
}

function socketTo(origin: string, { token, ticket, headers }: ChatOptions): WebSocket {
  const query = ticket === undefined ? '' : `?ticket=${ticket}`;
  return new WebSocket(`${origin.replace('http', 'ws')}/api/v1/chat/ws${query}`, [CHAT], {
    headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...headers },
  });
}

function faultOf(frame: Frame): string | undefined {
  const check = CHECKS.get(frame.type);
  if (!check) return 'It is not declared';
  try {
    check(frame);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
