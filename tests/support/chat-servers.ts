import { tokens } from '../../src/composition/tokens.ts';
import type { MessagesChanged } from '../../src/modules/chat/application/events.ts';
import type { MessageView, RoomPosition } from '../../src/modules/chat/application/ports.ts';
import type { StorageName } from './application.ts';
import { type TestServer, testServer } from './client.ts';

export type Server = Pick<TestServer, 'origin' | 'request'>;

/** Servers on one storage, and what they say that was changed. */
export interface ChatServers {
  readonly servers: readonly TestServer[];
  /** A new public room of somebody's. */
  room(token: string): Promise<string>;
  /** Changes of a room that any of them told of. */
  toldOf(room: string): ReadonlySet<number>;
  stored(room: string): Promise<{ readonly at: RoomPosition; readonly messages: readonly MessageView[] }>;
  stop(): Promise<void>;
}

/** Several servers in this process, each with its own connections; in memory there can be only one. */
export async function chatServers(
  storage: StorageName,
  amount: number,
  redisUrl?: string,
): Promise<ChatServers> {
  const shared = redisUrl === undefined ? {} : { redisUrl };
  const first = await testServer(storage, shared);
  const { databaseUrl, dataDir, databasePoolSize } = first.application.settings;
  const servers = [first];
  while (servers.length < amount)
    servers.push(await testServer('memory', { databaseUrl, dataDir, databasePoolSize, ...shared }));
  const told = new Map<string, Set<number>>();
  for (const { application } of servers)
    application.get(tokens.events).subscribe<MessagesChanged>('chat.messages_changed', ({ messages }) => {
      for (const { roomId, rev } of messages) told.set(roomId, (told.get(roomId) ?? new Set()).add(rev));
    });
  return {
    servers,
    async room(token) {
      const body = { name: 'Garden', kind: 'public' };
      return (await first.request('POST', '/chat/rooms', { token, body })).body.id;
    },
    toldOf: room => told.get(room) ?? new Set(),
    async stored(room) {
      const { messages } = first.application.get(tokens.chatStorage);
      const [at] = await messages.positions([room]);
      if (!at) throw new Error('There is no such room.');
      return { at, messages: await messages.after(room, 0, 10_000) };
    },
    async stop() {
      for (const server of servers.toReversed()) await server.stop();
    },
  };
}
