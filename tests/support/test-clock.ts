import type { Clock } from '../../src/kernel/clock.ts';

/** A clock that stands still until a test moves it. */
export class TestClock implements Clock {
  private time: number;

  constructor(start = '2026-11-23T12:00:00.000Z') {
    this.time = Date.parse(start);
  }

  now(): Date {
    return new Date(this.time);
  }

  advance(seconds: number): void {
    this.time += seconds * 1000;
  }
}
