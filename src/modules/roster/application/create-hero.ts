import type { Clock } from '../../../kernel/clock.ts';
import type { Ids } from '../../../kernel/ids.ts';
import { type Principal, requireScope } from '../../../kernel/principal.ts';
import { Hero, type HeroContent } from '../domain/hero.ts';
import { requireKnownPerson } from './known-person.ts';
import type { HeroView, PeopleReader, RosterWork } from './ports.ts';

/**
 * Adds a hero to the roster.
 *
 * - Only administrators of the roster.
 * - A hero stands for a person with an account, or for nobody.
 */
export class CreateHero {
  private readonly work: RosterWork;
  private readonly people: PeopleReader;
  private readonly ids: Ids;
  private readonly clock: Clock;

  constructor(work: RosterWork, people: PeopleReader, ids: Ids, clock: Clock) {
    this.work = work;
    this.people = people;
    this.ids = ids;
    this.clock = clock;
  }

  async execute(content: HeroContent, by: Principal): Promise<HeroView> {
    requireScope(by, 'roster:admin');
    await requireKnownPerson(content.userId, this.people);
    const hero = new Hero(this.ids.next(), content, this.clock.now());
    await this.work.run(({ heroes }) => heroes.add(hero));
    return hero;
  }
}
