import { connect, type Socket } from 'node:net';
import { type Control, FrameWalker, pongFrame } from './frames.ts';
import { MarkScanner } from './marks.ts';
import { JOINED } from './wire.ts';

/** All clients read into this one: what has come is looked at before the next one reads. */
const SHARED = Buffer.allocUnsafe(1 << 18);

const HEAD_END = Buffer.from('\r\n\r\n');
const ERROR_FRAME = Buffer.from('"type":"error"');

const CONNECTED = 'HTTP/1.1 101';

export interface ClientPlan {
  readonly origin: URL;
  readonly path: string;
  readonly headers: readonly string[];
}

export interface ClientEvents {
  connected(): void;
  joined(): void;
  /** The microsecond of a mark that this client got. */
  got(time: number): void;
  lost(reason: string): void;
  refused(frame: string): void;
}

/** One client on a socket of its own, which reads no more of what it gets than it must. */
export class LoadClient implements Control {
  readonly room: number;
  private readonly socket: Socket;
  private readonly events: ClientEvents;
  private readonly marks = new MarkScanner();
  private readonly frames = new FrameWalker(this);
  private readonly found: (time: number) => void;
  /** Of the handshake's answer; undefined when it has come. */
  private head: Buffer | undefined = Buffer.alloc(0);
  private isJoining = false;
  isLost = false;

  constructor(room: number, { origin, path, headers }: ClientPlan, events: ClientEvents) {
    this.room = room;
    this.events = events;
    this.found = time => events.got(time);
    const onread = {
      buffer: SHARED,
      callback: (length: number) => {
        this.read(SHARED.subarray(0, length));
        return true;
      },
    };
    this.socket = connect({ host: origin.hostname, port: Number(origin.port), noDelay: true, onread });
    this.socket.on('error', error => this.lose(error.message));
    this.socket.on('close', () => this.lose('The connection was closed.'));
    const lines = [
      `GET ${path} HTTP/1.1`,
      `Host: ${origin.host}`,
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      'Sec-WebSocket-Version: 13',
      ...headers,
    ];
    this.socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  }

  send(frame: Buffer): void {
    if (!this.isLost) this.socket.write(frame);
  }

  join(frame: Buffer): void {
    this.isJoining = true;
    this.send(frame);
  }

  close(): void {
    this.isLost = true;
    this.socket.destroy();
  }

  pinged(content: Buffer): void {
    this.send(pongFrame(content));
  }

  closed(code: number, reason: string): void {
    this.lose(`The server closed: ${code} ${reason}`);
  }

  private read(bytes: Buffer): void {
    if (this.head) this.readHead(this.head, bytes);
    else this.readFrames(bytes);
  }

  private readFrames(bytes: Buffer): void {
    this.frames.walk(bytes);
    if (this.isJoining) this.lookForAnswer(bytes);
    this.marks.scan(bytes, this.found);
  }

  /** Small enough to come in one piece, or at its beginning. */
  private lookForAnswer(bytes: Buffer): void {
    if (bytes.includes(JOINED)) {
      this.isJoining = false;
      this.events.joined();
    } else if (bytes.includes(ERROR_FRAME)) this.events.refused(bytes.toString('utf8', 0, 300));
  }

  private readHead(before: Buffer, bytes: Buffer): void {
    const head = Buffer.concat([before, bytes]);
    const end = head.indexOf(HEAD_END);
    if (end < 0) {
      this.head = head;
      return;
    }
    if (!head.toString('latin1', 0, CONNECTED.length).startsWith(CONNECTED)) {
      this.lose(`The handshake was answered with ${head.toString('utf8', 0, 300)}`);
      return;
    }
    this.head = undefined;
    this.events.connected();
    const rest = head.subarray(end + HEAD_END.length);
    if (rest.length > 0) this.readFrames(rest);
  }

  private lose(reason: string): void {
    if (this.isLost) return;
    this.close();
    this.events.lost(reason);
  }
}
