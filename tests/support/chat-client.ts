import { onTestFinished, vi } from 'vitest';
import { ChatClient, type ChatClientOptions } from '../../src/web/chat/chat-client.ts';
import type { ChatMessage } from '../../src/web/chat/frames.ts';
import { fakeWebSockets } from './fake-web-socket.ts';

export const ROOM = '019ab0f4-7c1e-7d3a-8a51-0e6f3c9d2b47';
export const OTHER_ROOM = '019ab0f4-7c1e-7d3a-8a51-0e6f3c9d2b48';
export const ALICE = { id: '019ab0f4-0000-7000-8000-00000000000a', name: 'alice' };
export const BOB = { id: '019ab0f4-0000-7000-8000-00000000000b', name: 'bob' };

export function message(seq: number, change: Partial<ChatMessage> = {}): ChatMessage {
  const id = `019ab0f4-0000-7000-8000-${String(seq).padStart(12, '0')}`;
  const sent_at = '2026-11-23T12:00:00.000Z';
  return { id, room: ROOM, seq, rev: seq, author: BOB, text: `${seq}`, sent_at, ...change };
}

export const messages = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => message(from + index));

export const said = (seq: number, change: Partial<ChatMessage> = {}) => ({
  type: 'message',
  ...message(seq, change),
});

export const edited = (seq: number, rev: number, text: string) => ({
  type: 'edited',
  ...message(seq, { rev, text, edited_at: '2026-11-23T12:01:00.000Z' }),
});

export const joined = (seq: number, change: object = {}) => ({
  type: 'joined',
  room: ROOM,
  seq,
  rev: seq,
  members: [ALICE],
  messages: [],
  changes: [],
  gap: false,
  ...change,
});

export const ack = (sent: { readonly client_id: string }, seq: number) => ({
  type: 'ack',
  client_id: sent.client_id,
  id: message(seq).id,
  seq,
  sent_at: message(seq).sent_at,
});

/** A client whose server and whose clock are the test. Pauses are the longest possible. */
export function clientWithFakes(options: Partial<ChatClientOptions> = {}) {
  vi.useFakeTimers();
  const { WebSocketClass, made, last } = fakeWebSockets();
  const hints: { readonly isRefused: boolean }[] = [];
  const client = new ChatClient({
    connect: async hint => {
      hints.push(hint);
      return { url: `ws://atrium/${hints.length}` };
    },
    webSocket: WebSocketClass,
    random: () => 1,
    ...options,
  });
  onTestFinished(() => {
    client.close();
    vi.useRealTimers();
  });
  const settle = () => vi.advanceTimersByTimeAsync(0);
  const welcome = async () => {
    await settle();
    last().tell({ type: 'welcome', user_id: ALICE.id, heartbeat_ms: 30_000, max_frame_bytes: 65_536 });
    return last();
  };
  return {
    client,
    made,
    last,
    hints,
    settle,
    /** Lets the client in that has just begun to connect. */
    welcome,
    /** The connection breaks, and the client comes back. */
    async reconnect(code = 1006) {
      const before = made.length;
      last().end(code);
      while (made.length === before) await vi.advanceTimersToNextTimerAsync();
      return welcome();
    },
    /** A room that is joined, at this place. */
    async joinedRoom(seq = 0, change: object = {}) {
      const room = client.join(ROOM);
      const socket = await welcome();
      socket.tell(joined(seq, change));
      return { room, socket };
    },
  };
}

/** The numbers of messages. */
export const seqs = (list: readonly { readonly seq: number }[]) => list.map(({ seq }) => seq);
