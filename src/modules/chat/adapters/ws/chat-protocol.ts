import type { EventBus, IntegrationEvent } from '../../../../kernel/events.ts';
import { timestamp } from '../../../../platform/http/timestamp.ts';
import {
  type Connection,
  frameOf,
  type ReceivedFrame,
  type SocketLimits,
  type SocketProtocol,
} from '../../../../platform/ws/protocol.ts';
import type { RoomRead } from '../../application/events.ts';
import type { FollowRoom } from '../../application/follow-room.ts';
import type { MarkRead } from '../../application/mark-read.ts';
import type { SendMessage } from '../../application/send-message.ts';
import { NotInRoom, TooManyRoomsJoined } from '../../domain/errors.ts';
import { presentMessage } from '../http/message-representation.ts';
import type { LiveRooms } from '../live/live-rooms.ts';
import type { Missed, Resume } from '../live/missed-messages.ts';
import type { Presence, PresenceChange, PresentPerson } from '../live/presence.ts';
import { JOIN, LEAVE, READ, SEND, SENT, TYPING } from './chat-frames.ts';
import { ChatSocket, RoomOfSocket } from './chat-socket.ts';

export interface ChatProtocolParts {
  readonly follow: FollowRoom;
  readonly send: SendMessage;
  readonly markRead: MarkRead;
  readonly live: LiveRooms;
  readonly presence: Presence;
  readonly events: EventBus;
}

/** Somebody is typing, in whichever process. */
interface Typing extends IntegrationEvent {
  readonly type: 'chat.typing';
  readonly roomId: string;
  readonly user: PresentPerson;
}

/** Rooms that one socket follows. */
const MOST_ROOMS = 1000;

/** Milliseconds for which nobody hears again that somebody types. */
const TYPING_PAUSE = 2000;

const DESCRIPTION = `Live chat. A client joins rooms, and says the last \`seq\` (and \`rev\`) that it saw of each: it gets what it missed, and then all that is said, in order and without a gap. A message is stored before anybody gets it, and acknowledged with an \`ack\`; sent again under the same \`client_id\` it is the same message. A client that has no answer connects again, joins with what it saw last, and sends again what was not acknowledged.

The \`seq\` and \`rev\` that a client has seen are those of \`joined\`, and then the greatest that it was told. Where \`gap\` is true it was told the last of what it missed only: the rest of the messages are at \`GET /chat/rooms/{id}/messages\`, and what it has of earlier ones may have changed, so it loads them anew.`;

/** The chat over sockets, as \`atrium.chat.v1\`. */
export class ChatProtocol implements SocketProtocol<ChatSocket> {
  readonly name = 'chat';
  readonly description = DESCRIPTION;
  readonly path = '/chat/ws';
  readonly subprotocol = 'atrium.chat.v1';
  readonly scope = 'chat';
  readonly sent = SENT;
  readonly received: readonly ReceivedFrame<ChatSocket>[];
  private readonly parts: ChatProtocolParts;
  private readonly byUser = new Map<string, Set<ChatSocket>>();
  private readonly byRoom = new Map<string, Set<RoomOfSocket>>();
  private readonly joinedTexts = new WeakMap<Missed, string>();

  constructor(parts: ChatProtocolParts) {
    this.parts = parts;
    const { events, presence } = parts;
    presence.onChange(change => this.tellPresence(change));
    events.subscribe<Typing>('chat.typing', typing => this.tellTyping(typing));
    events.subscribe<RoomRead>('chat.room_read', read => this.tellRead(read));
    const declare = frameOf<ChatSocket>();
    this.received = [
      declare({
        type: 'join',
        summary: 'Follows a room',
        schema: JOIN,
        answers: ['joined'],
        handle: (socket, { room, ...resume }) => this.join(socket, room.toLowerCase(), resume),
      }),
      declare({
        type: 'send',
        summary: 'Says something in a room',
        schema: SEND,
        answers: ['ack', 'message'],
        handle: async (socket, { room, client_id: clientId, text }) => {
          const command = { roomId: room.toLowerCase(), content: { clientId, text } };
          const { id, seq, sentAt } = await parts.send.execute(command, socket.connection.principal);
          socket.send({ type: 'ack', client_id: clientId, id, seq, sent_at: timestamp(sentAt) });
        },
      }),
      declare({
        type: 'leave',
        summary: 'Follows a room no longer',
        schema: LEAVE,
        answers: ['left'],
        handle: (socket, { room }) => {
          const id = room.toLowerCase();
          socket.leave(id);
          socket.send({ type: 'left', room: id });
        },
      }),
      declare({
        type: 'typing',
        summary: 'Tells others in a room that you type',
        schema: TYPING,
        answers: [],
        handle: (socket, { room }) => this.type(socket, room.toLowerCase()),
      }),
      declare({
        type: 'read',
        summary: 'Notes how far you have read a room',
        schema: READ,
        answers: ['read'],
        handle: async (socket, { room, seq }) => {
          await parts.markRead.execute({ roomId: room.toLowerCase(), seq }, socket.connection.principal);
        },
      }),
    ];
  }

  open(connection: Connection, { heartbeat, maxFrameBytes }: SocketLimits): ChatSocket {
    const socket = new ChatSocket(connection);
    add(this.byUser, socket.userId, socket);
    socket.send({
      type: 'welcome',
      user_id: socket.userId,
      heartbeat_ms: heartbeat,
      max_frame_bytes: maxFrameBytes,
    });
    return socket;
  }

  ended(socket: ChatSocket): void {
    remove(this.byUser, socket.userId, socket);
    socket.leaveAll();
  }

  private async join(socket: ChatSocket, roomId: string, resume: Resume): Promise<void> {
    if (socket.amount >= MOST_ROOMS && !socket.room(roomId)) throw new TooManyRoomsJoined(MOST_ROOMS);
    const room = new RoomOfSocket(roomId, socket, left => {
      remove(this.byRoom, roomId, left);
      this.parts.presence.leave(roomId, left.userId);
    });
    // From here on it can be left, be it followed already or not.
    socket.enter(room);
    await socket.inTurn(() => this.follow(socket, room, resume));
  }

  private async follow(socket: ChatSocket, room: RoomOfSocket, resume: Resume): Promise<void> {
    const { follow, live, presence } = this.parts;
    const roomId = room.id;
    if (room.isLeft) return;
    try {
      const followed = await live.follow(roomId, room, resume, view =>
        follow.execute(view, socket.connection.principal),
      );
      if (room.isLeft) return followed.end();
      add(this.byRoom, roomId, room);
      presence.enter(roomId, room.userId);
      socket.connection.send(this.joinedText(roomId, followed.missed));
      room.begin(followed);
    } catch (error) {
      room.leave();
      throw error;
    }
  }

  /** Clients that were at the same place are told the same; only who is there may differ. */
  private joinedText(roomId: string, missed: Missed): string {
    const { seq, rev, messages, changes, gap } = missed;
    const members = JSON.stringify(this.parts.presence.in(roomId));
    const known = this.joinedTexts.get(missed);
    const rest =
      known ??
      JSON.stringify({
        messages: messages.map(presentMessage),
        changes: changes.map(presentMessage),
        gap,
      }).slice(1);
    if (known === undefined) this.joinedTexts.set(missed, rest);
    return `{"type":"joined","room":"${roomId}","seq":${seq},"rev":${rev},"members":${members},${rest}`;
  }

  /** @throws NotInRoom */
  private async type(socket: ChatSocket, roomId: string): Promise<void> {
    const room = socket.room(roomId);
    if (!room) throw new NotInRoom();
    const now = performance.now();
    if (now - room.typedAt < TYPING_PAUSE) return;
    room.typedAt = now;
    const user = { id: socket.userId, name: await this.parts.presence.nameOf(socket.userId) };
    if (room.isLeft) return;
    const typing: Typing = { type: 'chat.typing', roomId, user };
    this.parts.events.publish(typing);
  }

  private tellTyping({ roomId, user }: Typing): void {
    const frame = Buffer.from(JSON.stringify({ type: 'typing', room: roomId, user }));
    for (const room of this.byRoom.get(roomId) ?? []) if (room.userId !== user.id) room.tell(frame);
  }

  private tellPresence({ roomId, joined, left }: PresenceChange): void {
    const frame = Buffer.from(JSON.stringify({ type: 'presence', room: roomId, joined, left }));
    for (const room of this.byRoom.get(roomId) ?? []) room.tell(frame);
  }

  private tellRead({ roomId, userId, seq }: RoomRead): void {
    const frame = Buffer.from(JSON.stringify({ type: 'read', room: roomId, seq }));
    for (const { connection } of this.byUser.get(userId) ?? []) connection.send(frame);
  }
}

function add<Value>(sets: Map<string, Set<Value>>, key: string, value: Value): void {
  const values = sets.get(key) ?? new Set();
  sets.set(key, values.add(value));
}

function remove<Value>(sets: Map<string, Set<Value>>, key: string, value: Value): void {
  const values = sets.get(key);
  if (values?.delete(value) && values.size === 0) sets.delete(key);
}
