/** RFC 6455, section 5.2. */
const LAST = 0x80;
const MASKED = 0x80;
const [TEXT, CLOSE, PING, PONG] = [0x1, 0x8, 0x9, 0xa];
const MEDIUM = 126;

/** A client's text, under 64 KiB. Its mask is zero: masked, as the protocol asks, at no cost. */
export const textFrame = (text: string) => clientFrame(TEXT, Buffer.from(text));

export const pongFrame = (content: Buffer) => clientFrame(PONG, content);

function clientFrame(opcode: number, content: Buffer): Buffer {
  const isShort = content.length < MEDIUM;
  const head = Buffer.alloc(isShort ? 6 : 8);
  head[0] = LAST | opcode;
  head[1] = MASKED | (isShort ? content.length : MEDIUM);
  if (!isShort) head.writeUInt16BE(content.length, 2);
  return Buffer.concat([head, content]);
}

export interface Control {
  pinged(content: Buffer): void;
  closed(code: number, reason: string): void;
}

/** Goes from frame to frame of what a server sends, and looks at those only that want an answer or are the last. */
export class FrameWalker {
  private readonly control: Control;
  /** Bytes of a text that are still to come. */
  private toSkip = 0;
  /** The beginning of a head or of a control frame. */
  private cut: Buffer | undefined;

  constructor(control: Control) {
    this.control = control;
  }

  walk(piece: Buffer): void {
    const bytes = this.cut ? Buffer.concat([this.cut, piece]) : piece;
    this.cut = undefined;
    let at = Math.min(this.toSkip, bytes.length);
    this.toSkip -= at;
    while (at < bytes.length) {
      const step = this.frame(bytes, at);
      if (step === 0) {
        this.cut = Buffer.from(bytes.subarray(at));
        return;
      }
      this.toSkip = Math.max(0, at + step - bytes.length);
      at += step;
    }
  }

  /** The length of the frame with its head; 0 where more of it is needed. */
  private frame(bytes: Buffer, at: number): number {
    if (at + 2 > bytes.length) return 0;
    const opcode = (bytes[at] ?? 0) & 0xf;
    const short = bytes[at + 1] ?? 0;
    const head = short < MEDIUM ? 2 : short === MEDIUM ? 4 : 10;
    if (at + head > bytes.length) return 0;
    const content =
      head === 2 ? short : head === 4 ? bytes.readUInt16BE(at + 2) : bytes.readUIntBE(at + 4, 6);
    if (opcode < CLOSE) return head + content;
    if (at + head + content > bytes.length) return 0;
    this.tell(opcode, bytes.subarray(at + head, at + head + content));
    return head + content;
  }

  private tell(opcode: number, content: Buffer): void {
    if (opcode === PING) this.control.pinged(Buffer.from(content));
    else if (opcode === CLOSE)
      this.control.closed(content.length < 2 ? 1005 : content.readUInt16BE(0), content.toString('utf8', 2));
  }
}
