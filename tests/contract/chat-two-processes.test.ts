import { expect, it, onTestFinished } from 'vitest';
import { tokens } from '../../src/composition/tokens.ts';
import { openChat } from '../support/chat-socket.ts';
import { ChatWorld } from '../support/chat-world.ts';
import { testServer } from '../support/client.ts';

/** Milliseconds between two looks at storage, and a bit. */
const LOOKED = 2000;

it.each(['sqlite', 'postgresql'] as const)(
  'two servers on one database of %s, which do not hear each other, learn from it what is said and who is taken out',
  async storage => {
    const world = await ChatWorld.start(storage);
    const { databaseUrl, dataDir } = world.server.application.settings;
    const other = await testServer('memory', { databaseUrl, dataDir });
    onTestFinished(async () => {
      await other.stop();
      await world.server.stop();
    });
    const room = await world.room('private', world.bob);
    const bob = await openChat(other.origin, { token: world.bob.token });
    await bob.join(room);
    const one = await world.post(room, 'one');
    const since = performance.now();
    expect(await bob.next({ type: 'message' })).toEqual({ type: 'message', ...one });
    const uno = await world.edit(one, 'uno');
    expect(await bob.next({ type: 'edited' })).toEqual({ type: 'edited', ...uno });
    expect(performance.now() - since).toBeLessThan(2 * LOOKED);
    await world.call('DELETE', `/chat/rooms/${room}/members/${world.bob.id}`);
    expect(await bob.next({ type: 'left' })).toEqual({ type: 'left', room, reason: 'removed' });
    expect(other.application.get(tokens.liveRooms).isFollowed(room)).toBe(false);
    await world.post(room, 'secret');
    await bob.settle();
    expect(bob.of('message')).toHaveLength(1);
  },
);
