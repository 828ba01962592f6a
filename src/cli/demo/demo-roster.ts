import { faker } from '@faker-js/faker';
import { tokens } from '../../composition/tokens.ts';
import { Hero } from '../../modules/roster/domain/hero.ts';
import { Membership } from '../../modules/roster/domain/membership.ts';
import { Team } from '../../modules/roster/domain/team.ts';
import type { DemoWorld } from './demo-world.ts';

/** Teams, and a hero for each person, who is in one or two of them. */
export async function addTeams(world: DemoWorld, amount: number): Promise<void> {
  const { work } = world.application.get(tokens.rosterStorage);
  const makeTeam = () => {
    const name = `${faker.commerce.department()} ${faker.animal.type()}s`;
    return new Team(world.nextId(), { name, headquarters: faker.location.city() }, world.recently());
  };
  await world.fill('teams', amount, makeTeam, async batch => {
    await work.run(async ({ teams }) => {
      for (const team of batch) await teams.add(team);
    });
    world.teams.push(...batch.map(({ id }) => id));
  });
}

export async function addHeroes(world: DemoWorld, amount: number): Promise<void> {
  const { work } = world.application.get(tokens.rosterStorage);
  let next = 0;
  const makeHero = () => {
    const userId = world.people[next] ?? null;
    next += 1;
    const age = faker.number.int({ min: 18, max: 80 });
    const content = { name: faker.person.fullName(), secretName: faker.internet.displayName(), age, userId };
    return new Hero(world.nextId(), content, world.recently());
  };
  await world.fill('heroes', amount, makeHero, batch =>
    work.run(async ({ heroes, memberships }) => {
      for (const hero of batch) {
        await heroes.add(hero);
        for (const team of faker.helpers.arrayElements(world.teams, { min: 1, max: 2 }))
          await memberships.add(new Membership(team, hero.id, faker.datatype.boolean(0.3), hero.createdAt));
      }
    }),
  );
}
