import { faker } from '@faker-js/faker';
import type { SingleBar } from 'cli-progress';
import type { Application } from '../../composition/container.ts';
import { tokens } from '../../composition/tokens.ts';
import type { UserId } from '../../kernel/principal.ts';

/** Rows written in one transaction: long enough to be quick, short enough to let others write in between. */
const BATCH = 500;

const DAY = 86_400_000;

/** What is being filled, and who and what is in it so far. */
export class DemoWorld {
  readonly application: Application;
  readonly people: UserId[] = [];
  readonly teams: string[] = [];
  readonly rooms: string[] = [];
  private readonly bar: SingleBar;
  private readonly now: number;

  constructor(application: Application, bar: SingleBar) {
    this.application = application;
    this.bar = bar;
    this.now = application.get(tokens.clock).now().getTime();
  }

  nextId(): string {
    return this.application.get(tokens.ids).next();
  }

  /** Somebody, and rather one of those who came first: few people write most of what there is. */
  someone(): UserId {
    const place = Math.floor(this.people.length * faker.number.float() ** 2);
    return this.people[place] as UserId;
  }

  /** Within the last 90 days. */
  recently(): Date {
    return new Date(this.now - faker.number.int({ min: 0, max: 90 * DAY }));
  }

  /** After that, and not in the future. */
  later(than: Date): Date {
    return new Date(faker.number.int({ min: than.getTime(), max: this.now }));
  }

  /** Within the last 90 days, the later the greater the part, from 0 to 1. */
  inOrder(part: number): Date {
    return new Date(this.now - Math.round((1 - part) * 90 * DAY));
  }

  advance(what: string, by = 1): void {
    this.bar.increment(by, { what });
  }

  /** Makes so many of something and writes them, a batch at a time. */
  async fill<T>(
    what: string,
    amount: number,
    make: () => T,
    write: (batch: readonly T[]) => Promise<unknown>,
  ): Promise<void> {
    for (let left = amount; left > 0; left -= BATCH) {
      const batch = Array.from({ length: Math.min(left, BATCH) }, make);
      await write(batch);
      this.advance(what, batch.length);
    }
  }
}
