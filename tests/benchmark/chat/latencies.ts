/** Steps of a doubling: values are kept to within a hundredth. */
const STEPS = 128;
const DOUBLINGS = 40;

/** Times in microseconds: counts of them, because there are too many to keep. */
export class Latencies {
  private readonly counts = new Float64Array(STEPS * DOUBLINGS);
  private amount = 0;

  add(microseconds: number): void {
    const value = Math.max(0, Math.floor(microseconds));
    const slot = slotOf(value);
    this.counts[slot] = (this.counts[slot] ?? 0) + 1;
    this.amount += 1;
  }

  clear(): void {
    this.counts.fill(0);
    this.amount = 0;
  }

  /** In milliseconds, the value below which a part (0 to 1) of them is; 0 of none. */
  below(part: number): number {
    let left = part * this.amount;
    for (const [slot, count] of this.counts.entries()) {
      left -= count;
      if (left < 0) return timeOf(slot) / 1000;
    }
    return 0;
  }
}

function slotOf(value: number): number {
  if (value < STEPS) return value;
  const doubling = Math.floor(Math.log2(value)) - Math.log2(STEPS);
  return (doubling + 1) * STEPS + Math.floor(value / 2 ** doubling) - STEPS;
}

function timeOf(slot: number): number {
  if (slot < STEPS) return slot;
  const doubling = Math.floor(slot / STEPS) - 1;
  return ((slot % STEPS) + STEPS) * 2 ** doubling;
}
