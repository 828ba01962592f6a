import type { ListQuery, ListSpec, Page } from '../../../kernel/list.ts';
import type { UserId } from '../../../kernel/principal.ts';
import type { UnitOfWork } from '../../../kernel/unit-of-work.ts';
import type { TeamId } from '../../roster/index.ts';
import type { Room, RoomId } from '../domain/room.ts';
import type { RoomMember } from '../domain/room-member.ts';

export interface RoomRepository {
  get(id: RoomId): Promise<Room | undefined>;
  /** The same, and until this work ends nobody else who locks the room goes on. */
  lock(id: RoomId): Promise<Room | undefined>;
  byDirectKey(key: string): Promise<Room | undefined>;
  /** How many somebody has made. Until this work ends nobody else who counts theirs goes on. */
  countMadeBy(userId: UserId): Promise<number>;
  /** @throws VersionMismatch where a direct room of the same two was made meanwhile */
  add(room: Room): Promise<void>;
}

export interface RoomMemberRepository {
  get(roomId: RoomId, userId: UserId): Promise<RoomMember | undefined>;
  countIn(roomId: RoomId): Promise<number>;
  /** @throws VersionMismatch where they became one meanwhile */
  add(member: RoomMember): Promise<void>;
  remove(member: RoomMember): Promise<void>;
  /** Takes somebody out of at most so many rooms, and returns of how many. */
  removeSomeOf(userId: UserId, limit: number): Promise<number>;
}

export interface ChatRepositories {
  readonly rooms: RoomRepository;
  readonly members: RoomMemberRepository;
}

export type ChatWork = UnitOfWork<ChatRepositories>;

export type RoomView = Pick<
  Room,
  'id' | 'name' | 'kind' | 'teamId' | 'archived' | 'seq' | 'rev' | 'createdBy' | 'createdAt' | 'updatedAt'
> & { readonly version: number };

/** A room, and that somebody is a member of it. `id` is the membership's. */
export type JoinedRoomView = RoomView & {
  readonly roomId: RoomId;
  readonly memberId: UserId;
  readonly joinedAt: Date;
};

export const ROOM_LIST = {
  filters: {
    kind: { field: 'kind', match: 'equals' },
    archived: { field: 'archived', match: 'equals' },
  },
  sorts: { created_at: 'createdAt' },
  defaultSort: { key: 'created_at', descending: true },
} as const satisfies ListSpec<RoomView>;

export const JOINED_ROOM_LIST = {
  filters: { member: { field: 'memberId', match: 'equals' } },
  sorts: { joined_at: 'joinedAt' },
  defaultSort: { key: 'joined_at', descending: true },
} as const satisfies ListSpec<JoinedRoomView>;

export interface RoomReader {
  find(id: RoomId): Promise<RoomView | undefined>;
  /** Those that the query's viewer may see. */
  list(query: ListQuery & { readonly viewer: UserId }): Promise<Page<RoomView>>;
  /** Those that somebody is a member of. */
  joined(query: ListQuery): Promise<Page<JoinedRoomView>>;
  isMember(id: RoomId, person: UserId): Promise<boolean>;
}

/** What identity publishes of people, and the roster of teams. */
export interface ChatDirectory {
  /** Whether somebody has an account that is active. */
  isPerson(id: UserId): Promise<boolean>;
  isOf(person: UserId, team: TeamId): Promise<boolean>;
}

/** What each storage gives to this context. */
export interface ChatStorage {
  readonly work: ChatWork;
  readonly rooms: RoomReader;
  readonly directory: ChatDirectory;
}
