import type { Page } from '../../../../kernel/list.ts';
import { MemoryCollection } from '../../../../platform/memory/memory-collection.ts';
import { evaluateList } from '../../../../platform/memory/memory-list.ts';
import { MemoryUnitOfWork } from '../../../../platform/memory/memory-unit-of-work.ts';
import type { MemoryStorage } from '../../../../platform/storage.ts';
import {
  type ChatStorage,
  JOINED_ROOM_LIST,
  type JoinedRoomView,
  type MemberView,
  type PageNumber,
  ROOM_LIST,
  type RoomView,
} from '../../application/ports.ts';
import type { Room } from '../../domain/room.ts';
import { type RoomMember, roomMemberId } from '../../domain/room-member.ts';
import { chatConstraints } from '../constraints.ts';
import { inMemoryMessageReader, unreadOf } from './in-memory-message-reader.ts';
import {
  InMemoryMessageRepository,
  InMemoryPastTextRepository,
  InMemoryReadMarkRepository,
  InMemoryRoomLogRepository,
  keptMessages,
} from './in-memory-messages.ts';
import {
  DIRECT_KEY,
  InMemoryRoomMemberRepository,
  InMemoryRoomRepository,
} from './in-memory-repositories.ts';

export function inMemoryChat({ store }: MemoryStorage): ChatStorage {
  const rooms = new MemoryCollection<Room>('rooms', { [DIRECT_KEY]: ({ directKey }) => directKey });
  const members = new MemoryCollection<RoomMember>('room_members');
  const kept = keptMessages();
  const namesOf = (ids: readonly string[]) =>
    new Map(
      ids.flatMap(id => {
        const name = store.read('people', id);
        return name === undefined ? [] : [[id, name] as const];
      }),
    );
  const isOf = (person: string, team: string) => store.read('teamsOf', person).includes(team);
  const isMember = (room: string, person: string) => members.row(roomMemberId(room, person)) !== undefined;
  const isVisible = ({ id, kind, teamId }: Room, viewer: string) =>
    kind === 'public' || isMember(id, viewer) || (teamId !== null && isOf(viewer, teamId));
  const visible = (viewer: string): RoomView[] => [...rooms.rows()].filter(room => isVisible(room, viewer));
  const joined = ({ id, roomId, userId: memberId, createdAt: joinedAt }: RoomMember): JoinedRoomView[] => {
    const room = rooms.row(roomId);
    return room ? [{ ...room, id, roomId, memberId, joinedAt }] : [];
  };
  const peopleIn = ({ id, teamId }: Pick<Room, 'id' | 'teamId'>): readonly string[] =>
    teamId === null
      ? [...members.rows()].filter(({ roomId }) => roomId === id).map(({ userId }) => userId)
      : store.read('peopleOf', teamId);
  return {
    work: new MemoryUnitOfWork(
      store,
      transaction => ({
        rooms: new InMemoryRoomRepository(transaction.draft(rooms)),
        members: new InMemoryRoomMemberRepository(transaction.draft(members)),
        logs: new InMemoryRoomLogRepository(transaction.draft(rooms)),
        messages: new InMemoryMessageRepository(transaction.draft(kept.messages)),
        pastTexts: new InMemoryPastTextRepository(transaction.draft(kept.pastTexts)),
        readMarks: new InMemoryReadMarkRepository(transaction.draft(kept.readMarks)),
        people: {
          names: async ids => namesOf(ids),
          areOf: async pairs => pairs.map(([person, team]) => isOf(person, team)),
        },
        events: transaction.events,
      }),
      chatConstraints,
    ),
    rooms: {
      find: async id => rooms.row(id),
      list: async query => evaluateList(visible(query.viewer), ROOM_LIST, query),
      joined: async query => evaluateList([...members.rows()].flatMap(joined), JOINED_ROOM_LIST, query),
      isMember: async (id, person) => isMember(id, person),
      people: async (room, page) =>
        pageOfPeople(
          peopleIn(room).map(id => ({ id, name: store.read('people', id) ?? '' })),
          page,
        ),
    },
    messages: inMemoryMessageReader(kept, rooms, {
      nameOf: id => store.read('people', id) ?? '',
      sees: (room, viewer) => isVisible(room, viewer),
    }),
    readMarks: {
      unread: async userId => {
        const own = [...rooms.rows()].filter(
          ({ id, teamId }) => isMember(id, userId) || (teamId !== null && isOf(userId, teamId)),
        );
        return unreadOf(own, kept, userId);
      },
    },
    directory: {
      names: async ids => namesOf(ids),
      isPerson: async id => store.read('activePeople', id),
      isOf: async (person, team) => isOf(person, team),
    },
  };
}

function pageOfPeople(people: MemberView[], { page, perPage }: PageNumber): Page<MemberView> {
  const placed = people.sort((a, b) => compare(a.name, b.name) || compare(a.id, b.id));
  return { rows: placed.slice((page - 1) * perPage, page * perPage), total: people.length };
}

/** By code points, as the databases do. */
function compare(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
