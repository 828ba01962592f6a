import type { FrameOf, Person } from './frames.ts';
import type { Timers } from './surroundings.ts';

/** Milliseconds after which somebody of whom nothing was heard types no more. */
const TYPING_LASTS = 5000;

/** Who is in a room, and who is typing there. */
export class RoomPeople {
  private readonly timers: Timers;
  private readonly changed: () => void;
  private readonly present = new Map<string, Person>();
  private readonly typists = new Map<string, { readonly person: Person; readonly timer: unknown }>();

  /** `changed` is called when somebody types no more. */
  constructor(timers: Timers, changed: () => void) {
    this.timers = timers;
    this.changed = changed;
  }

  get members(): readonly Person[] {
    return [...this.present.values()];
  }

  get typing(): readonly Person[] {
    return [...this.typists.values()].map(({ person }) => person);
  }

  enter(members: readonly Person[]): void {
    this.present.clear();
    for (const person of members) this.present.set(person.id, person);
  }

  meet({ joined, left }: Pick<FrameOf<'presence'>, 'joined' | 'left'>): void {
    for (const person of joined) this.present.set(person.id, person);
    for (const { id } of left) {
      this.present.delete(id);
      this.rests(id);
    }
  }

  types(person: Person): void {
    this.rests(person.id);
    const timer = this.timers.setTimeout(() => {
      this.rests(person.id);
      this.changed();
    }, TYPING_LASTS);
    this.typists.set(person.id, { person, timer });
  }

  rests(id: string): void {
    this.timers.clearTimeout(this.typists.get(id)?.timer);
    this.typists.delete(id);
  }

  nobodyTypes(): void {
    for (const id of [...this.typists.keys()]) this.rests(id);
  }
}
