/**
 * A text that is measured begins with its mark: `~t`, the microsecond at which it was to be sent in fifteen digits, `~`. What
 * a client gets is searched for marks without being parsed.
 */
const MARK = Buffer.from('~t');
const DIGITS = 15;
const LENGTH = 2 + DIGITS + 1;

const [TILDE, T, ZERO] = [0x7e, 0x74, 0x30];

export function markOf(time: number): string {
  return `~t${String(Math.floor(time)).padStart(DIGITS, '0')}~`;
}

/** Finds the marks in what one client gets, piece by piece. */
export class MarkScanner {
  /** What may be the beginning of a mark at the end of a piece. */
  private cut: Buffer | undefined;
  /** How far the last two were apart: nearly always the next one is as far away. */
  private stride = 0;

  scan(bytes: Buffer, found: (time: number) => void): void {
    if (this.cut) this.scanCut(this.cut, bytes, found);
    let end = 0;
    for (let at = bytes.indexOf(MARK); at >= 0; at = this.nextAfter(at, bytes)) {
      if (at + LENGTH > bytes.length) break;
      found(timeAt(bytes, at));
      end = at + LENGTH;
    }
    this.keepCut(bytes, Math.max(end, bytes.length - LENGTH + 1));
  }

  /** Where the next one is. Guessing its place takes a tenth of searching for it. */
  private nextAfter(last: number, bytes: Buffer): number {
    const guess = last + this.stride;
    if (this.stride > 0 && bytes[guess] === TILDE && bytes[guess + 1] === T) return guess;
    const at = bytes.indexOf(MARK, last + LENGTH);
    if (at > 0) this.stride = at - last;
    return at;
  }

  private scanCut(cut: Buffer, bytes: Buffer, found: (time: number) => void): void {
    const whole = Buffer.concat([cut, bytes.subarray(0, LENGTH - cut.length)]);
    this.cut = undefined;
    if (whole[1] !== T) return;
    if (whole.length === LENGTH) found(timeAt(whole, 0));
    else this.cut = whole;
  }

  private keepCut(bytes: Buffer, from: number): void {
    for (let at = Math.max(0, from); at < bytes.length; at += 1)
      if (bytes[at] === TILDE) {
        this.cut = Buffer.from(bytes.subarray(at));
        return;
      }
  }
}

function timeAt(bytes: Buffer, at: number): number {
  let time = 0;
  for (let index = at + 2; index < at + 2 + DIGITS; index += 1)
    time = time * 10 + (bytes[index] ?? ZERO) - ZERO;
  return time;
}
