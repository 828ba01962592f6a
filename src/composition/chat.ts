import { ContainerModule } from 'inversify';
import { chatApi } from '../modules/chat/adapters/http/chat-api.ts';
import { roomData } from '../modules/chat/adapters/http/room-data.ts';
import { inMemoryChat } from '../modules/chat/adapters/memory/in-memory-chat.ts';
import { RoomMemberSchema, RoomSchema } from '../modules/chat/adapters/mikro-orm/chat-schemas.ts';
import { mikroOrmChat } from '../modules/chat/adapters/mikro-orm/mikro-orm-chat.ts';
import { chatSteps } from '../modules/chat/adapters/mikro-orm/schema-steps.ts';
import { ChangeRoom } from '../modules/chat/application/change-room.ts';
import { CreateRoom } from '../modules/chat/application/create-room.ts';
import { LeaveAllRooms } from '../modules/chat/application/leave-all-rooms.ts';
import { PutRoomMember } from '../modules/chat/application/put-room-member.ts';
import { ReadRooms } from '../modules/chat/application/read-rooms.ts';
import { RemoveRoomMember } from '../modules/chat/application/remove-room-member.ts';
import { onStorage } from '../platform/storage.ts';
import type { BoundedContext } from './context.ts';
import { bind } from './token.ts';
import { tokens } from './tokens.ts';

const module = new ContainerModule(options => {
  bind(options, tokens.chatStorage, storage => onStorage(storage, inMemoryChat, mikroOrmChat), [
    tokens.storage,
  ]);
  bind(
    options,
    tokens.chatApi,
    ({ work, rooms, directory }, ids, clock) =>
      chatApi({
        create: new CreateRoom(work, directory, ids, clock),
        change: new ChangeRoom(work, rooms, directory, clock),
        read: new ReadRooms(rooms, directory),
        putMember: new PutRoomMember(work, rooms, directory, clock),
        removeMember: new RemoveRoomMember(work, rooms, directory),
      }),
    [tokens.chatStorage, tokens.ids, tokens.clock],
  );
  bind(options, tokens.roomData, ({ work, rooms }) => roomData(rooms, new LeaveAllRooms(work)), [
    tokens.chatStorage,
  ]);
});

export const chatContext: BoundedContext = {
  module,
  schema: { entities: [RoomSchema, RoomMemberSchema], steps: chatSteps },
  api: tokens.chatApi,
  personalData: [tokens.roomData],
};
