import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import type { StorageName } from '../support/application.ts';
import { EventReplica, PollReplica } from '../support/chat-followers.ts';
import { ChatReplica, type RoomReplica } from '../support/chat-replica.ts';
import { type ChatServers, chatServers } from '../support/chat-servers.ts';
import { within } from '../support/child-process.ts';
import type { TestServer } from '../support/client.ts';
import { TestRedis } from '../support/redis.ts';

const CLIENTS = 4;

/** Milliseconds in which all have got everything, once nobody does anything more. */
const QUIET = 6000;

type Step = {
  readonly does:
    | 'send'
    | 'sendTwice'
    | 'burst'
    | 'edit'
    | 'delete'
    | 'drop'
    | 'connect'
    | 'rejoin'
    | 'follow'
    | 'ask'
    | 'pause';
  readonly client: number;
  readonly server: number;
  /** Which message, or how long. */
  readonly which: number;
};

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    does: fc.constantFrom<Step['does'][]>(
      'send',
      'send',
      'send',
      'sendTwice',
      'burst',
      'edit',
      'edit',
      'delete',
      'drop',
      'connect',
      'connect',
      'rejoin',
      'follow',
      'ask',
      'pause',
    ),
    client: fc.nat(CLIENTS - 1),
    server: fc.nat(1),
    which: fc.nat(1000),
  }),
  { minLength: 30, maxLength: 80, size: 'max' },
);

/** Clients of a room who do what a script says, all at once, but for its pauses. */
class Play {
  readonly replicas: readonly ChatReplica[];
  readonly events: EventReplica;
  readonly poll: PollReplica;
  private readonly chat: ChatServers;
  private readonly going: Promise<unknown>[] = [];
  private readonly room: string;
  private number = 0;

  constructor(chat: ChatServers, room: string, tokens: readonly string[]) {
    this.chat = chat;
    this.room = room;
    this.replicas = tokens.map(token => new ChatReplica(room, token));
    const [token = ''] = tokens;
    this.events = new EventReplica(room, token);
    this.poll = new PollReplica(room, token);
    for (const follower of [this.events, this.poll]) follower.follow(this.server(0));
  }

  get state(): string {
    const open = this.replicas.map(({ isJoined, unacknowledged }) => [isJoined, unacknowledged.size]);
    return JSON.stringify([open, this.all.map(({ seq, rev, faults }) => ({ seq, rev, faults }))]);
  }

  get all(): readonly RoomReplica[] {
    return [...this.replicas, this.events, this.poll];
  }

  async step({ does, client, server, which }: Step): Promise<void> {
    const replica = this.replicas[client] as ChatReplica;
    this.number += 1;
    const text = `${this.number} of ${client}`;
    const clientId = crypto.randomUUID();
    if (does === 'send') replica.send(text, clientId);
    if (does === 'burst')
      for (let part = 0; part < 5; part += 1) replica.send(`${text}.${part}`, crypto.randomUUID());
    if (does === 'sendTwice') this.going.push(this.sendTwice(replica, text, clientId));
    if (does === 'edit' || does === 'delete') this.going.push(this.change(does, replica, server, which));
    if (does === 'drop') replica.drop();
    if (does === 'connect') this.going.push(replica.connect(this.server(server)));
    if (does === 'rejoin') replica.join();
    if (does === 'follow') this.events.follow(this.server(server));
    if (does === 'ask') this.poll.follow(this.server(server));
    if (does === 'pause') await sleep(which % 40);
    else if (which % 4 === 0) await sleep(which % 8);
  }

  /** Everybody is connected, and has got an answer to everything. */
  async settle(): Promise<void> {
    await Promise.all(this.going);
    for (const replica of this.replicas)
      if (!replica.isJoined) await replica.connect(this.server(this.number));
    for (const replica of this.replicas) await replica.until(() => replica.unacknowledged.size === 0);
    const { at } = await this.chat.stored(this.room);
    for (const replica of this.all) await replica.until(() => replica.seq >= at.seq && replica.rev >= at.rev);
  }

  stop(): void {
    for (const replica of this.replicas) replica.drop();
    this.events.stop();
    this.poll.stop();
  }

  private server(number: number): TestServer {
    const { servers } = this.chat;
    return servers[number % servers.length] as TestServer;
  }

  /** The same message at once over the socket and over all servers. */
  private async sendTwice(replica: ChatReplica, text: string, clientId: string): Promise<void> {
    replica.send(text, clientId);
    const { token } = replica;
    const body = { text, client_id: clientId };
    const path = `/chat/rooms/${this.room}/messages`;
    const answers = await Promise.all(
      this.chat.servers.map(server => server.request('POST', path, { token, body })),
    );
    for (const answer of answers)
      if (answer.body.id === undefined || answer.body.id !== answers[0]?.body.id)
        replica.faults.push(`sent twice: ${answers.map(({ body }) => JSON.stringify(body))}`);
  }

  private async change(does: 'edit' | 'delete', replica: ChatReplica, server: number, which: number) {
    const own = [...replica.acks.values()];
    const { id } = own[which % own.length] ?? {};
    if (id === undefined) return;
    const { token } = replica;
    const method = does === 'edit' ? 'PATCH' : 'DELETE';
    const body = does === 'edit' ? { body: { text: `edited at ${this.number}` } } : {};
    const answer = await this.server(server).request(method, `/chat/messages/${id}`, { token, ...body });
    // A message may have been deleted meanwhile.
    if (![200, 204, 409, 410, 422].includes(answer.status))
      replica.faults.push(`${does}: ${answer.status} ${JSON.stringify(answer.body)}`);
  }
}

const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

/** What was stored, and what everybody has, is the same; no number is left out. */
async function expectWhole(chat: ChatServers, room: string, { all, replicas }: Play): Promise<void> {
  const { at, messages } = await chat.stored(room);
  expect(messages.map(({ seq }) => seq)).toEqual(upTo(at.seq));
  expect([...chat.toldOf(room)].sort((a, b) => a - b)).toEqual(upTo(at.rev));
  const stored = messages.map(({ seq, id, authorId: author, text, deleted }) => [
    seq,
    { id, author, text, deleted },
  ]);
  for (const { faults, view } of all) {
    expect(faults).toEqual([]);
    expect([...view]).toEqual(stored);
  }
  for (const replica of replicas) {
    for (const { id, seq } of replica.acks.values()) expect(messages[seq - 1]?.id).toBe(id);
  }
  const clientIds = messages.map(({ clientId }) => clientId);
  expect(new Set(clientIds).size).toBe(clientIds.length);
}

const WAYS: readonly [StorageName, string, number, number][] = [
  ['memory', 'one server', 1, 30],
  ['sqlite', 'two servers that see each other through storage alone', 2, 10],
  ['sqlite', 'two servers and Redis', 2, 20],
  ['postgresql', 'two servers that see each other through storage alone', 2, 10],
  ['postgresql', 'two servers and Redis', 2, 20],
];

describe.each(WAYS)('the chat on %s with %s', (storage, how, amount, numRuns) => {
  const needsRedis = how.endsWith('Redis');
  let redis: TestRedis | undefined;
  let chat: ChatServers;
  const tokens: string[] = [];
  beforeAll(async () => {
    if (needsRedis && !inject('hasRedis')) return;
    redis = needsRedis ? await TestRedis.start() : undefined;
    chat = await chatServers(storage, amount, redis?.url);
    for (const name of ['ann', 'bob', 'cid', 'dan'])
      tokens.push((await (chat.servers[0] as TestServer).signUp(name)).token);
    // The others have the key of these tokens a moment later.
    for (const server of chat.servers)
      await vi.waitFor(async () => {
        const { status } = await server.request('GET', '/chat/rooms', { token: tokens[0] });
        expect(status).toBe(200);
      }, 5000);
  });
  afterAll(async () => {
    await chat?.stop();
    await redis?.remove();
  });

  it.runIf(!needsRedis || inject('hasRedis'))(
    'shows everybody the same in the end, whole and in order, whatever they do',
    async () => {
      await fc.assert(
        fc.asyncProperty(steps, async script => {
          const room = await chat.room(tokens[0] as string);
          const play = new Play(chat, room, tokens);
          for (const step of script) await play.step(step);
          try {
            await within(QUIET, play.settle(), () => play.state);
            await expectWhole(chat, room, play);
          } finally {
            play.stop();
          }
        }),
        // Another run of a script is another race: a shorter one tells nothing.
        { numRuns, endOnFailure: true },
      );
    },
  );
});
