/** RFC 6455, section 5.2: the one and last frame of a text. */
const WHOLE_TEXT = 0x81;

/** Lengths from here on take two bytes more, and then eight. */
const MEDIUM = 126;
const LONG = 65_536;

/**
 * Texts as they go over the wire to a client, who gets them unmasked. The library would make a head for each send, and write head
 * and content one after the other; here what many sockets get is made once, and written in one piece.
 */
export class TextFrames {
  private bytes: Uint8Array | undefined;
  private frame: Buffer = Buffer.alloc(0);

  of(content: string | Uint8Array): Buffer {
    if (typeof content === 'string') return textFrame(content);
    if (content !== this.bytes) {
      this.frame = textFrame(content);
      this.bytes = content;
    }
    return this.frame;
  }

  /** What was made last is not wanted any more. */
  forget(): void {
    this.bytes = undefined;
    this.frame = Buffer.alloc(0);
  }
}

function textFrame(content: string | Uint8Array): Buffer {
  const length = typeof content === 'string' ? Buffer.byteLength(content) : content.byteLength;
  const start = length < MEDIUM ? 2 : length < LONG ? 4 : 10;
  const frame = Buffer.allocUnsafe(start + length);
  frame[0] = WHOLE_TEXT;
  if (length < MEDIUM) frame[1] = length;
  else if (length < LONG) {
    frame[1] = MEDIUM;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = MEDIUM + 1;
    frame.writeUIntBE(0, 2, 2);
    frame.writeUIntBE(length, 4, 6);
  }
  if (typeof content === 'string') frame.write(content, start);
  else frame.set(content, start);
  return frame;
}
