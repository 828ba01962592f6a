import { type FieldError, RequestError } from '../../../../platform/http/problem.ts';

/** How many are told of; the others are counted. */
const TOLD = 100;

export interface Fault {
  readonly line: number;
  /** The cell's place, from 1, and its column's name, where they are known. */
  readonly column?: number | undefined;
  readonly name?: string | undefined;
  readonly code: string;
  readonly detail: string;
}

/** What is wrong with the lines of a file. */
export class LineFaults {
  private readonly errors: FieldError[] = [];
  count = 0;

  /** Whether one more would only be counted. */
  get areEnough(): boolean {
    return this.errors.length === TOLD;
  }

  add({ line, column, name, code, detail }: Fault): void {
    this.count += 1;
    if (this.areEnough) return;
    const pointer = name === undefined ? `/lines/${line}` : `/lines/${line}/${name}`;
    const cell = column === undefined ? '' : `, column ${column}${name === undefined ? '' : ` (${name})`}`;
    this.errors.push({ pointer, code, detail: `Line ${line}${cell}: ${detail}` });
  }

  /** @throws RequestError where there are any */
  throwIfAny(): void {
    const [first] = this.errors;
    if (!first) return;
    throw new RequestError('request.invalid', `${first.detail}${this.more()}`, { errors: this.errors });
  }

  private more(): string {
    if (this.count === 1) return '';
    const told = this.count > TOLD ? `; the first ${TOLD} are told` : '';
    return ` (${this.count} errors in all${told})`;
  }
}
