const DAY = 86_400_000;
const HOUR = 3_600_000;
const MINUTE = 60_000;
const SECOND = 1000;

const TWO_DIGITS = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));

let lastDay = Number.NaN;
let lastDate = '';

/**
 * A time on the wire (RFC 3339 in UTC, with milliseconds), as `toISOString` writes it. That takes half a microsecond,
 * of which a page of a list needs twenty; the times of a page are often of one day, whose date is kept.
 */
export function timestamp(time: Date): string {
  const milliseconds = time.getTime();
  const day = Math.floor(milliseconds / DAY);
  if (day !== lastDay) {
    lastDate = time.toISOString().slice(0, -13);
    lastDay = day;
  }
  const rest = milliseconds - day * DAY;
  const hours = TWO_DIGITS[Math.floor(rest / HOUR)];
  const minutes = TWO_DIGITS[Math.floor(rest / MINUTE) % 60];
  const seconds = TWO_DIGITS[Math.floor(rest / SECOND) % 60];
  const thousandths = rest % SECOND;
  return `${lastDate}${hours}:${minutes}:${seconds}.${thousandths < 100 ? '0' : ''}${thousandths < 10 ? '0' : ''}${thousandths}Z`;
}
