import { allPages } from '../../../../kernel/all-pages.ts';
import type { ExportedData } from '../../../../platform/http/exported-data.ts';
import type { HeroReader, HeroView } from '../../application/ports.ts';
import type { ReleaseHeroes } from '../../application/release-heroes.ts';
import { ListedHero, presentListedHero } from './roster-representation.ts';

/** A hero is the team's: it stays, and only whom it stood for goes. Its secret name is for who may administer the roster. */
export function heroData(heroes: HeroReader, release: ReleaseHeroes): ExportedData {
  return {
    name: 'heroes',
    record: ListedHero,
    export: user => allPages(query => heroes.list(query), { user }, { present: withoutSecretName }),
    erase: userId => release.execute(userId),
  };
}

function withoutSecretName({ secretName, ...hero }: HeroView) {
  return presentListedHero(hero);
}
