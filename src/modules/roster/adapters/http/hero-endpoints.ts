import type { Static } from 'typebox';
import { created, type Endpoint, noContent, ok } from '../../../../platform/http/endpoint.ts';
import { listQuery, pageOf, pageReply, toListQuery } from '../../../../platform/http/list-endpoint.ts';
import { IdParams, Uuid } from '../../../../platform/http/schemas.ts';
import type { ChangeHero } from '../../application/change-hero.ts';
import type { CreateHero } from '../../application/create-hero.ts';
import type { DeleteHero } from '../../application/delete-hero.ts';
import { HERO_LIST } from '../../application/ports.ts';
import type { ReadHeroes } from '../../application/read-heroes.ts';
import type { HeroContent } from '../../domain/hero.ts';
import { endpoint } from './roster-problems.ts';
import {
  Hero,
  HeroPatch,
  ListedHero,
  NewHero,
  presentHero,
  presentListedHero,
} from './roster-representation.ts';

export interface HeroUseCases {
  readonly create: CreateHero;
  readonly change: ChangeHero;
  readonly remove: DeleteHero;
  readonly read: ReadHeroes;
}

const contentOf = (body: Static<typeof NewHero>): HeroContent => ({
  name: body.name,
  secretName: body.secret_name ?? null,
  age: body.age ?? null,
  userId: body.user_id ?? null,
});

const changeOf = ({ secret_name, user_id, ...same }: Static<typeof HeroPatch>): Partial<HeroContent> => ({
  ...same,
  ...(secret_name !== undefined && { secretName: secret_name }),
  ...(user_id !== undefined && { userId: user_id }),
});

const RULES = 'A hero with `user_id` lets that person into what the hero’s teams may see.';

export function heroEndpoints({ create, change, remove, read }: HeroUseCases): readonly Endpoint[] {
  return [
    endpoint({
      name: 'listHeroes',
      method: 'GET',
      path: '/heroes',
      summary: 'Lists the heroes',
      description: 'Newest first. `user` keeps those of one person.',
      scope: 'any',
      query: listQuery(HERO_LIST, { user: Uuid }),
      returns: { 200: pageOf(ListedHero, 'PageOfHeroes') },
      problems: [],
      cache: 'private',
      madeOf: ['heroes'],
      async handle({ query, url, principal }) {
        const asked = toListQuery(HERO_LIST, query);
        return pageReply(await read.list(asked, principal), presentListedHero, asked, url);
      },
    }),
    endpoint({
      name: 'createHero',
      method: 'POST',
      path: '/heroes',
      summary: 'Adds a hero',
      description: RULES,
      scope: 'roster:admin',
      body: NewHero,
      returns: { 201: Hero },
      problems: ['roster.unknown_person'],
      cache: 'private',
      async handle({ body, principal }) {
        const hero = await create.execute(contentOf(body), principal);
        return created(`/heroes/${hero.id}`, presentHero({ hero, teams: [] }));
      },
    }),
    endpoint({
      name: 'readHero',
      method: 'GET',
      path: '/heroes/:id',
      summary: 'Shows a hero, with their teams',
      scope: 'any',
      params: IdParams,
      returns: { 200: Hero },
      problems: ['roster.hero_not_found'],
      cache: 'private',
      madeOf: ['heroes', 'teams', 'team_members'],
      async handle({ params, principal }) {
        const found = await read.one(params.id, principal);
        return ok(presentHero(found), found.hero.version);
      },
    }),
    endpoint({
      name: 'replaceHero',
      method: 'PUT',
      path: '/heroes/:id',
      summary: 'Replaces a hero',
      description: `${RULES} What is left out is reset.`,
      scope: 'roster:admin',
      params: IdParams,
      body: NewHero,
      returns: { 200: Hero },
      problems: ['roster.hero_not_found', 'roster.unknown_person'],
      cache: 'private',
      async handle({ params, body, expectedVersion, principal }) {
        await change.execute({ heroId: params.id, content: contentOf(body), expectedVersion }, principal);
        return ok(presentHero(await read.one(params.id, principal)));
      },
    }),
    endpoint({
      name: 'changeHero',
      method: 'PATCH',
      path: '/heroes/:id',
      summary: 'Changes parts of a hero',
      description: `A JSON merge patch (RFC 7396). ${RULES}`,
      scope: 'roster:admin',
      params: IdParams,
      body: HeroPatch,
      returns: { 200: Hero },
      problems: ['roster.hero_not_found', 'roster.unknown_person'],
      cache: 'private',
      async handle({ params, body, expectedVersion, principal }) {
        await change.execute({ heroId: params.id, content: changeOf(body), expectedVersion }, principal);
        return ok(presentHero(await read.one(params.id, principal)));
      },
    }),
    endpoint({
      name: 'deleteHero',
      method: 'DELETE',
      path: '/heroes/:id',
      summary: 'Takes a hero off the roster, and out of all teams',
      scope: 'roster:admin',
      params: IdParams,
      returns: { 204: null },
      problems: ['roster.hero_not_found'],
      cache: 'private',
      async handle({ params, expectedVersion, principal }) {
        await remove.execute({ heroId: params.id, expectedVersion }, principal);
        return noContent();
      },
    }),
  ];
}
