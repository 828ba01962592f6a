import { allPages } from '../../../../kernel/all-pages.ts';
import type { ExportedData } from '../../../../platform/http/exported-data.ts';
import type { LeaveAllRooms } from '../../application/leave-all-rooms.ts';
import type { JoinedRoomView, RoomReader } from '../../application/ports.ts';
import { presentRoom, Room } from './room-representation.ts';

/** That somebody is a member goes; a room is its members’, and stays with a creator who has no name. */
export function roomData(rooms: RoomReader, leave: LeaveAllRooms): ExportedData {
  return {
    name: 'chat_rooms',
    record: Room,
    export: member => allPages(query => rooms.joined(query), { member }, { present: presentJoined }),
    erase: (userId, signal) => leave.execute(userId, signal),
  };
}

function presentJoined({ roomId, memberId, ...room }: JoinedRoomView) {
  return presentRoom({ ...room, id: roomId }, memberId);
}
