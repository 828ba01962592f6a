import { faker } from '@faker-js/faker';
import { tokens } from '../../composition/tokens.ts';
import { Room } from '../../modules/chat/domain/room.ts';
import { RoomMember } from '../../modules/chat/domain/room-member.ts';
import type { DemoWorld } from './demo-world.ts';

/** People whom a room has as its members, besides who made it. */
const MEMBERS = { min: 1, max: 20 };

export async function addRooms(world: DemoWorld, amount: number): Promise<void> {
  const { work } = world.application.get(tokens.chatStorage);
  const makeRoom = () => {
    const name = `${faker.commerce.productAdjective()} ${faker.animal.type()}s`;
    const content = { kind: 'public', name, teamId: null, with: null } as const;
    return new Room(world.nextId(), world.someone(), content, world.recently());
  };
  await world.fill('rooms', amount, makeRoom, async batch => {
    await work.run(async ({ rooms, members }) => {
      for (const room of batch) {
        await rooms.add(room);
        for (const person of new Set([room.createdBy, ...faker.helpers.arrayElements(world.people, MEMBERS)]))
          await members.add(new RoomMember(room.id, person, room.createdAt));
      }
    });
    world.rooms.push(...batch.map(({ id }) => id));
  });
}

/** One after the other, as they were said. */
export async function addMessages(world: DemoWorld, amount: number): Promise<void> {
  const { work } = world.application.get(tokens.chatStorage);
  let said = 0;
  const makeMessage = () => {
    said += 1;
    const content = { clientId: world.nextId(), text: faker.hacker.phrase() };
    const place = { roomId: faker.helpers.arrayElement(world.rooms), by: world.someone() };
    return { ...place, content, at: world.inOrder(said / amount) };
  };
  await world.fill('messages', amount, makeMessage, batch =>
    work.run(async ({ logs, messages }) => {
      const rooms = await logs.lockAll([...new Set(batch.map(({ roomId }) => roomId))]);
      const posted = batch.flatMap(({ roomId, by, content, at }) => {
        const message = rooms.get(roomId)?.post(world.nextId(), by, content, at);
        return message ? [message] : [];
      });
      await messages.addAll(posted);
      await logs.saveAll([...rooms.values()]);
    }),
  );
}
