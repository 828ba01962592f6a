import type { ListQuery, Page } from '../../../kernel/list.ts';
import type { Principal } from '../../../kernel/principal.ts';
import { HeroNotFound } from '../domain/errors.ts';
import type { HeroId } from '../domain/hero.ts';
import type { HeroReader, HeroView, MembershipView } from './ports.ts';

export interface HeroWithTeams {
  readonly hero: HeroView;
  readonly teams: readonly MembershipView[];
}

/**
 * Shows heroes to everybody who is signed in, one with its teams, or many.
 *
 * - Secret names are for administrators of the roster only.
 */
export class ReadHeroes {
  private readonly heroes: HeroReader;

  constructor(heroes: HeroReader) {
    this.heroes = heroes;
  }

  async one(id: HeroId, by: Principal): Promise<HeroWithTeams> {
    const hero = await this.heroes.find(id);
    if (!hero) throw new HeroNotFound();
    return { hero: shownTo(by)(hero), teams: await this.heroes.teamsOf(id) };
  }

  async list(query: ListQuery, by: Principal): Promise<Page<HeroView>> {
    const page = await this.heroes.list(query);
    return { ...page, rows: page.rows.map(shownTo(by)) };
  }
}

function shownTo({ scopes }: Principal): (hero: HeroView) => HeroView {
  return hero => {
    if (scopes.has('roster:admin')) return hero;
    const { secretName, ...shown } = hero;
    return shown;
  };
}
