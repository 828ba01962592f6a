import type { Clock } from '../../../kernel/clock.ts';
import { type Principal, requireScope } from '../../../kernel/principal.ts';
import { requireVersion } from '../../../kernel/version.ts';
import { HeroNotFound } from '../domain/errors.ts';
import type { HeroContent, HeroId } from '../domain/hero.ts';
import { requireKnownPerson } from './known-person.ts';
import type { HeroView, PeopleReader, RosterWork } from './ports.ts';

export interface ChangeHeroCommand {
  readonly heroId: HeroId;
  /** What is left out stays as it is. */
  readonly content: Partial<HeroContent>;
  readonly expectedVersion: number | undefined;
}

/**
 * Changes a hero.
 *
 * - Only administrators of the roster.
 * - A hero stands for a person with an account, or for nobody; whoever that is, is in the hero's teams at once.
 */
export class ChangeHero {
  private readonly work: RosterWork;
  private readonly people: PeopleReader;
  private readonly clock: Clock;

  constructor(work: RosterWork, people: PeopleReader, clock: Clock) {
    this.work = work;
    this.people = people;
    this.clock = clock;
  }

  async execute({ heroId, content, expectedVersion }: ChangeHeroCommand, by: Principal): Promise<HeroView> {
    requireScope(by, 'roster:admin');
    await requireKnownPerson(content.userId, this.people);
    return this.work.run(
      async ({ heroes }) => {
        const hero = await heroes.get(heroId);
        if (!hero) throw new HeroNotFound();
        requireVersion(hero, expectedVersion);
        hero.change(content, this.clock.now());
        return hero;
      },
      { retry: expectedVersion === undefined },
    );
  }
}
