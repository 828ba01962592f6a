import { EntitySchema } from '@mikro-orm/core';
import { Room } from '../../domain/room.ts';
import { RoomMember } from '../../domain/room-member.ts';

export const RoomSchema = new EntitySchema<Room>({
  class: Room,
  tableName: 'rooms',
  properties: {
    id: { type: 'uuid', primary: true },
    kind: { type: 'text' },
    name: { type: 'text', nullable: true },
    teamId: { type: 'uuid', nullable: true },
    archived: { type: 'boolean' },
    seq: { type: 'integer' },
    rev: { type: 'integer' },
    directKey: { type: 'text', nullable: true },
    createdBy: { type: 'uuid' },
    createdAt: { type: 'Date' },
    updatedAt: { type: 'Date' },
    version: { type: 'integer', version: true },
  },
});

export const RoomMemberSchema = new EntitySchema<RoomMember>({
  class: RoomMember,
  tableName: 'room_members',
  properties: {
    id: { type: 'text', primary: true },
    roomId: { type: 'uuid' },
    userId: { type: 'uuid' },
    createdAt: { type: 'Date' },
    version: { type: 'integer', version: true },
  },
});
