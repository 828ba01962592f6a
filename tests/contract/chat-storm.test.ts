import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { tokens } from '../../src/composition/tokens.ts';
import type { MessageReader } from '../../src/modules/chat/application/ports.ts';
import { within } from '../support/child-process.ts';
import { type TestServer, testServer } from '../support/client.ts';

const CLIENTS = 1000;
const MISSED = 200;

/** Milliseconds in which all have got what they missed, from the first connection on. Clients and server share this process. */
const PATIENCE = 3000;

/** The calls of an application's reader of messages, each of which is one statement. */
function readsOf({ application }: TestServer): string[] {
  const reads: string[] = [];
  const { messages } = application.get(tokens.chatStorage);
  for (const name of ['after', 'before', 'changed', 'sentRev', 'positions', 'find'] as const) {
    const read = messages[name] as (...args: never[]) => Promise<unknown>;
    const noted = (...args: never[]) => {
      reads.push(name);
      return read(...args);
    };
    Object.assign(messages, { [name]: noted } satisfies Partial<Record<keyof MessageReader, unknown>>);
  }
  return reads;
}

/** Connects, joins, and resolves with the text that it is answered. */
async function comeBack({ origin }: TestServer, token: string, join: string): Promise<string> {
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/api/v1/chat/ws`, ['atrium.chat.v1'], {
    headers: { authorization: `Bearer ${token}` },
    perMessageDeflate: false,
  });
  onTestFinished(() => socket.terminate());
  await once(socket, 'open');
  socket.send(join);
  for (;;) {
    const [data] = (await once(socket, 'message')) as [Buffer];
    if (data.includes('"joined"')) return String(data);
  }
}

describe.each(['sqlite', 'postgresql'] as const)(
  'a thousand clients who come back at once on %s',
  storage => {
    it('get what they missed soon, by a few statements', async () => {
      const old = await testServer(storage, { maxSocketsPerPerson: CLIENTS });
      const { token } = await old.signUp('ann');
      const { body } = await old.request('POST', '/chat/rooms', {
        token,
        body: { name: 'Garden', kind: 'public' },
      });
      const room: string = body.id;
      for (let number = 1; number <= MISSED + 10; number += 1) {
        const message = { text: `This is message number ${number}.`, client_id: `${number}` };
        await old.request('POST', `/chat/rooms/${room}/messages`, { token, body: message });
      }
      const { databaseUrl, dataDir, databasePoolSize } = old.application.settings;
      const shared = { databaseUrl, dataDir, databasePoolSize, maxSocketsPerPerson: CLIENTS };
      const server = await testServer('memory', shared);
      onTestFinished(async () => {
        await server.stop();
        await old.stop();
      });
      const reads = readsOf(server);
      await server.request('GET', '/chat/rooms', { token });

      const began = performance.now();
      const join = JSON.stringify({ type: 'join', room, after: 10, rev: 10 });
      const answers = await within(
        10 * PATIENCE,
        Promise.all(Array.from({ length: CLIENTS }, () => comeBack(server, token, join))),
        () => 'all to be back',
      );
      const took = performance.now() - began;
      const { messages, gap } = JSON.parse(answers[0] ?? '');
      expect(gap).toBe(false);
      expect(messages.map(({ seq }: { seq: number }) => seq)).toEqual(
        Array.from({ length: MISSED }, (_, index) => index + 11),
      );
      const rest = (text: string) => text.slice(text.indexOf('"messages"'));
      expect(answers.every(answer => rest(answer) === rest(answers[0] ?? ''))).toBe(true);
      expect(reads.length).toBeLessThan(20);
      expect(took).toBeLessThan(PATIENCE);
    });
  },
);
