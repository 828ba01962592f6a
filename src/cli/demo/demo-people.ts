import { faker } from '@faker-js/faker';
import { tokens } from '../../composition/tokens.ts';
import { EmailTaken, UsernameTaken } from '../../modules/identity/domain/account-errors.ts';
import { User } from '../../modules/identity/domain/user.ts';
import type { DemoWorld } from './demo-world.ts';

export const PASSWORD = 'atrium demo people';

/** Names that are taken, by people of an earlier run, are passed over. Everybody shares one hash: each takes a while. */
export async function addPeople(world: DemoWorld, amount: number): Promise<void> {
  if (amount === 0) return;
  const passwordHash = await world.application.get(tokens.passwordHasher).hash(PASSWORD);
  for (let number = 1; world.people.length < amount; number += 1) {
    const id = await addPerson(world, `demo${number}`, passwordHash);
    if (id === undefined) continue;
    world.people.push(id);
    world.advance('people');
  }
}

async function addPerson(
  world: DemoWorld,
  username: string,
  passwordHash: string,
): Promise<string | undefined> {
  const account = { email: `${username}@example.org`, username, fullName: faker.person.fullName() };
  const { work } = world.application.get(tokens.identityStorage);
  const now = world.application.get(tokens.clock).now();
  const user = new User(world.nextId(), { ...account, role: 'member', passwordHash }, now);
  try {
    await work.run(({ users }) => users.add(user));
    return user.id;
  } catch (error) {
    if (error instanceof EmailTaken || error instanceof UsernameTaken) return undefined;
    throw error;
  }
}
