import { describe, expect, it } from 'vitest';
import { FrameWalker, textFrame } from '../benchmark/chat/frames.ts';
import { Latencies } from '../benchmark/chat/latencies.ts';
import { MarkScanner, markOf } from '../benchmark/chat/marks.ts';

/** As a server writes a frame. */
function serverFrame(opcode: number, content: string | Buffer): Buffer {
  const bytes = Buffer.from(content as string);
  const head = bytes.length < 126 ? Buffer.from([0x80 | opcode, bytes.length]) : Buffer.alloc(4);
  if (bytes.length >= 126) {
    head.writeUInt8(0x80 | opcode, 0);
    head.writeUInt8(126, 1);
    head.writeUInt16BE(bytes.length, 2);
  }
  return Buffer.concat([head, bytes]);
}

const message = (time: number, length = 100) =>
  serverFrame(1, `{"type":"message","text":"${markOf(time).padEnd(length, 'x')}"}`);

/** The pieces of a text that is cut at these places. */
const cutAt = (bytes: Buffer, ...places: number[]) =>
  [0, ...places].map((start, index) => bytes.subarray(start, places[index] ?? bytes.length));

describe('the load generator of the chat', () => {
  const stream = Buffer.concat([message(1), message(22), message(333, 140), message(4444)]);

  function timesIn(pieces: readonly Buffer[]): number[] {
    const times: number[] = [];
    const scanner = new MarkScanner();
    for (const piece of pieces) scanner.scan(piece, time => times.push(time));
    return times;
  }

  it('finds each mark once, wherever what it gets is cut', () => {
    for (let cut = 1; cut < stream.length; cut += 1)
      expect(timesIn(cutAt(stream, cut)), `cut at ${cut}`).toEqual([1, 22, 333, 4444]);
  });

  it('finds them in pieces that are shorter than a mark', () => {
    const places = Array.from({ length: Math.floor(stream.length / 5) }, (_, index) => (index + 1) * 5);
    expect(timesIn(cutAt(stream, ...places))).toEqual([1, 22, 333, 4444]);
  });

  it('answers pings and hears of a close, wherever what it gets is cut', () => {
    const close = Buffer.concat([Buffer.from([1012 >> 8, 1012 & 0xff]), Buffer.from('restart')]);
    const bytes = Buffer.concat([message(1), serverFrame(9, 'ping'), message(2, 300), serverFrame(8, close)]);
    for (let cut = 1; cut < bytes.length; cut += 1) {
      const heard: string[] = [];
      const walker = new FrameWalker({
        pinged: content => heard.push(`ping ${content}`),
        closed: (code, reason) => heard.push(`${code} ${reason}`),
      });
      for (const piece of cutAt(bytes, cut)) walker.walk(piece);
      expect(heard, `cut at ${cut}`).toEqual(['ping ping', '1012 restart']);
    }
  });

  it('says texts as a client must: whole, masked, and of the length that they have', () => {
    expect(textFrame('hello')).toEqual(Buffer.from([0x81, 0x85, 0, 0, 0, 0, ...Buffer.from('hello')]));
    const long = textFrame('x'.repeat(300));
    expect([long[1], long.readUInt16BE(2), long.length]).toEqual([0xfe, 300, 308]);
  });

  it('tells percentiles to within a hundredth', () => {
    const latencies = new Latencies();
    for (let milliseconds = 1; milliseconds <= 1000; milliseconds += 1) latencies.add(milliseconds * 1000);
    for (const part of [0.5, 0.99, 0.999])
      expect(Math.abs(latencies.below(part) / (part * 1000) - 1)).toBeLessThan(0.01);
  });
});
