import { setImmediate as nextTurn } from 'node:timers/promises';
import { ContainerModule } from 'inversify';
import { chatApi } from '../modules/chat/adapters/http/chat-api.ts';
import { messageData } from '../modules/chat/adapters/http/message-data.ts';
import { roomData } from '../modules/chat/adapters/http/room-data.ts';
import { LiveRooms } from '../modules/chat/adapters/live/live-rooms.ts';
import { Presence } from '../modules/chat/adapters/live/presence.ts';
import { inMemoryChat } from '../modules/chat/adapters/memory/in-memory-chat.ts';
import { RoomMemberSchema, RoomSchema } from '../modules/chat/adapters/mikro-orm/chat-schemas.ts';
import {
  MessageSchema,
  PastTextSchema,
  ReadMarkSchema,
} from '../modules/chat/adapters/mikro-orm/message-schemas.ts';
import { mikroOrmChat } from '../modules/chat/adapters/mikro-orm/mikro-orm-chat.ts';
import { chatSteps } from '../modules/chat/adapters/mikro-orm/schema-steps.ts';
import { ChatProtocol } from '../modules/chat/adapters/ws/chat-protocol.ts';
import { ChangeMessage } from '../modules/chat/application/change-message.ts';
import { ChangeRoom } from '../modules/chat/application/change-room.ts';
import { CreateRoom } from '../modules/chat/application/create-room.ts';
import { FollowRoom } from '../modules/chat/application/follow-room.ts';
import { ForgetReading } from '../modules/chat/application/forget-reading.ts';
import { LeaveAllRooms } from '../modules/chat/application/leave-all-rooms.ts';
import { MarkRead, ReadUnread } from '../modules/chat/application/mark-read.ts';
import { PostMessages } from '../modules/chat/application/post-messages.ts';
import { PutRoomMember } from '../modules/chat/application/put-room-member.ts';
import { ReadMessages } from '../modules/chat/application/read-messages.ts';
import { ReadRooms } from '../modules/chat/application/read-rooms.ts';
import { RemoveRoomMember } from '../modules/chat/application/remove-room-member.ts';
import { SendMessage } from '../modules/chat/application/send-message.ts';
import { onStorage } from '../platform/storage.ts';
import type { BoundedContext } from './context.ts';
import { rosterContext } from './roster.ts';
import { bind } from './token.ts';
import { tokens } from './tokens.ts';

/** What says who is in which team, as the roster publishes it. */
const teamTables = rosterContext.schema.views?.team_people ?? [];

const module = new ContainerModule(options => {
  bind(options, tokens.chatStorage, storage => onStorage(storage, inMemoryChat, mikroOrmChat), [
    tokens.storage,
  ]);
  bind(
    options,
    tokens.sendMessage,
    ({ work }, ids, clock) => new SendMessage(new PostMessages(work, ids, clock), nextTurn),
    [tokens.chatStorage, tokens.ids, tokens.clock],
  );
  bind(
    options,
    tokens.liveRooms,
    (storage, events, log, hearsOthers) => new LiveRooms(storage, events, log, { hearsOthers, teamTables }),
    [tokens.chatStorage, tokens.events, tokens.log, tokens.hearsOthers],
  );
  bind(options, tokens.presence, ({ directory }, events, log) => new Presence(directory, events, log), [
    tokens.chatStorage,
    tokens.events,
    tokens.log,
  ]);
  bind(options, tokens.liveService, live => live, [tokens.liveRooms]);
  bind(options, tokens.presenceService, presence => presence, [tokens.presence]);
  bind(
    options,
    tokens.chatProtocol,
    ({ work, rooms, directory }, send, live, presence, events, clock) =>
      new ChatProtocol({
        follow: new FollowRoom(rooms, directory),
        send,
        markRead: new MarkRead(work, rooms, directory, clock),
        live,
        presence,
        events,
      }),
    [tokens.chatStorage, tokens.sendMessage, tokens.liveRooms, tokens.presence, tokens.events, tokens.clock],
  );
  bind(
    options,
    tokens.chatApi,
    (storage, send, live, ids, clock) => {
      const { work, rooms, directory } = storage;
      return chatApi(
        {
          create: new CreateRoom(work, directory, ids, clock),
          change: new ChangeRoom(work, rooms, directory, clock),
          read: new ReadRooms(rooms, directory),
          putMember: new PutRoomMember(work, rooms, directory, clock),
          removeMember: new RemoveRoomMember(work, rooms, directory),
        },
        {
          send,
          read: new ReadMessages(storage),
          change: new ChangeMessage(work, storage, ids, clock),
          markRead: new MarkRead(work, rooms, directory, clock),
          unread: new ReadUnread(storage.readMarks),
        },
        { follow: new FollowRoom(rooms, directory), live, messages: storage.messages },
      );
    },
    [tokens.chatStorage, tokens.sendMessage, tokens.liveRooms, tokens.ids, tokens.clock],
  );
  bind(options, tokens.roomData, ({ work, rooms }) => roomData(rooms, new LeaveAllRooms(work)), [
    tokens.chatStorage,
  ]);
  bind(options, tokens.messageData, ({ work, messages }) => messageData(messages, new ForgetReading(work)), [
    tokens.chatStorage,
  ]);
});

export const chatContext: BoundedContext = {
  module,
  schema: {
    entities: [RoomSchema, RoomMemberSchema, MessageSchema, PastTextSchema, ReadMarkSchema],
    steps: chatSteps,
  },
  api: tokens.chatApi,
  socket: tokens.chatProtocol,
  services: [tokens.liveService, tokens.presenceService],
  personalData: [tokens.roomData, tokens.messageData],
};
