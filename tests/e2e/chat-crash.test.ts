import { expect, test } from 'vitest';
import { ChatReplica } from '../support/chat-replica.ts';
import { within } from '../support/child-process.ts';
import { ownStorage, type ServerProcess, startServer } from '../support/server-process.ts';

const SENDERS = 4;

/** Messages that each sender has on their way at once. */
const AT_ONCE = 5;

/** Messages that are acknowledged before the process is killed. */
const ENOUGH = 200;

/** Milliseconds. */
const PATIENCE = 10_000;

interface StoredMessage {
  readonly id: string;
  readonly seq: number;
  readonly rev: number;
}

/** Each says something whenever something of theirs was acknowledged, until the server is gone. */
async function talkUntilKilled(server: ServerProcess, replicas: readonly ChatReplica[]): Promise<void> {
  const acknowledged = () => replicas.reduce((sum, { acks }) => sum + acks.size, 0);
  const talk = async (replica: ChatReplica) => {
    await replica.connect(server);
    while (replica.isConnected) {
      while (replica.unacknowledged.size < AT_ONCE)
        replica.send(`from ${replicas.indexOf(replica)}`, crypto.randomUUID());
      const { size } = replica.acks;
      await replica.until(() => replica.acks.size > size || !replica.isConnected);
      if (acknowledged() >= ENOUGH) server.signal('SIGKILL');
    }
  };
  await Promise.all(replicas.map(talk));
}

async function storedIn(server: ServerProcess, room: string, token: string): Promise<StoredMessage[]> {
  const stored: StoredMessage[] = [];
  for (;;) {
    const path = `/chat/rooms/${room}/messages?after=${stored.at(-1)?.seq ?? 0}&limit=100`;
    const { body } = await server.request('GET', path, { token });
    stored.push(...body.results);
    if (body.results.length < 100) return stored;
  }
}

const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

test.each(['sqlite', 'postgresql'] as const)(
  'on %s no message that was acknowledged is lost when the process is killed, and who comes back gets each once',
  async storage => {
    const environment = await ownStorage(storage);
    const start = () => startServer({ ...environment, RATE_LIMIT: 'off' });
    const killed = await start();
    const token = await killed.signUp('ann');
    const { body } = await killed.request('POST', '/chat/rooms', {
      token,
      body: { name: 'Garden', kind: 'public' },
    });
    const replicas = Array.from({ length: SENDERS }, () => new ChatReplica(body.id, token));
    await talkUntilKilled(killed, replicas);
    expect(await killed.ended()).toEqual({ code: null, signal: 'SIGKILL' });
    const open = replicas.reduce((sum, { unacknowledged }) => sum + unacknowledged.size, 0);
    expect(open).toBeGreaterThan(0);

    const next = await start();
    const { body: session } = await next.signIn('ann');
    const before = await storedIn(next, body.id, session.access_token);
    expect(before.map(({ seq }) => seq)).toEqual(upTo(before.length));
    expect(before.map(({ rev }) => rev)).toEqual(upTo(before.length));
    for (const { acks, view } of replicas) {
      for (const { id, seq } of acks.values()) expect(before[seq - 1]?.id).toBe(id);
      // Nobody was told of what was not stored.
      for (const [seq, { id }] of view) expect(before[seq - 1]?.id).toBe(id);
    }

    await within(PATIENCE, Promise.all(replicas.map(replica => replica.connect(next))), () => 'all to join');
    const late = new ChatReplica(body.id, session.access_token);
    await late.connect(next);
    const all = [...replicas, late];
    for (const replica of all)
      await within(
        PATIENCE,
        replica.until(() => replica.unacknowledged.size === 0),
        () => 'the acknowledgements',
      );
    const stored = await storedIn(next, body.id, session.access_token);
    const acknowledged = replicas.flatMap(({ acks }) => [...acks.keys()]);
    expect(stored).toHaveLength(acknowledged.length);
    for (const replica of all) {
      await within(
        PATIENCE,
        replica.until(() => replica.seq >= stored.length),
        () => 'all messages',
      );
      expect(replica.faults).toEqual([]);
      expect([...replica.view].map(([seq, { id }]) => [seq, id])).toEqual(
        stored.map(({ seq, id }) => [seq, id]),
      );
      expect(replica.messagesHeard).toBe(stored.length);
    }
  },
);
