import { MemoryCollection } from '../../../../platform/memory/memory-collection.ts';
import { evaluateList } from '../../../../platform/memory/memory-list.ts';
import { MemoryUnitOfWork } from '../../../../platform/memory/memory-unit-of-work.ts';
import type { MemoryStorage } from '../../../../platform/storage.ts';
import {
  type ChatStorage,
  JOINED_ROOM_LIST,
  type JoinedRoomView,
  ROOM_LIST,
  type RoomView,
} from '../../application/ports.ts';
import type { Room } from '../../domain/room.ts';
import { type RoomMember, roomMemberId } from '../../domain/room-member.ts';
import { chatConstraints } from '../constraints.ts';
import {
  DIRECT_KEY,
  InMemoryRoomMemberRepository,
  InMemoryRoomRepository,
} from './in-memory-repositories.ts';

export function inMemoryChat({ store }: MemoryStorage): ChatStorage {
  const rooms = new MemoryCollection<Room>('rooms', { [DIRECT_KEY]: ({ directKey }) => directKey });
  const members = new MemoryCollection<RoomMember>('room_members');
  const isOf = (person: string, team: string) => store.read('teamsOf', person).includes(team);
  const isMember = (room: string, person: string) => members.row(roomMemberId(room, person)) !== undefined;
  const isVisible = ({ id, kind, teamId }: Room, viewer: string) =>
    kind === 'public' || isMember(id, viewer) || (teamId !== null && isOf(viewer, teamId));
  const visible = (viewer: string): RoomView[] => [...rooms.rows()].filter(room => isVisible(room, viewer));
  const joined = ({ id, roomId, userId: memberId, createdAt: joinedAt }: RoomMember): JoinedRoomView[] => {
    const room = rooms.row(roomId);
    return room ? [{ ...room, id, roomId, memberId, joinedAt }] : [];
  };
  return {
    work: new MemoryUnitOfWork(
      store,
      transaction => ({
        rooms: new InMemoryRoomRepository(transaction.draft(rooms)),
        members: new InMemoryRoomMemberRepository(transaction.draft(members)),
      }),
      chatConstraints,
    ),
    rooms: {
      find: async id => rooms.row(id),
      list: async query => evaluateList(visible(query.viewer), ROOM_LIST, query),
      joined: async query => evaluateList([...members.rows()].flatMap(joined), JOINED_ROOM_LIST, query),
      isMember: async (id, person) => isMember(id, person),
    },
    directory: {
      isPerson: async id => store.read('activePeople', id),
      isOf: async (person, team) => isOf(person, team),
    },
  };
}
