import type { EventLog } from '../../../kernel/events.ts';
import type { ListQuery, ListSpec, Page } from '../../../kernel/list.ts';
import type { UserId } from '../../../kernel/principal.ts';
import type { UnitOfWork } from '../../../kernel/unit-of-work.ts';
import type { TeamId } from '../../roster/index.ts';
import type { Message, MessageId } from '../domain/message.ts';
import type { PastText } from '../domain/past-text.ts';
import type { ReadMark } from '../domain/read-mark.ts';
import type { Room, RoomId } from '../domain/room.ts';
import type { RoomLog } from '../domain/room-log.ts';
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
  /** Those of these memberships (`roomMemberId`) that there are. */
  present(ids: readonly string[]): Promise<ReadonlySet<string>>;
  countIn(roomId: RoomId): Promise<number>;
  /** @throws VersionMismatch where they became one meanwhile */
  add(member: RoomMember): Promise<void>;
  remove(member: RoomMember): Promise<void>;
  /** Takes somebody out of at most so many rooms, and returns of how many. */
  removeSomeOf(userId: UserId, limit: number): Promise<number>;
}

export interface RoomLogRepository {
  /** Those that there are. Until this work ends nobody else who locks one of them goes on. */
  lockAll(ids: readonly RoomId[]): Promise<ReadonlyMap<RoomId, RoomLog>>;
  /** Keeps how far they have come. */
  saveAll(logs: readonly RoomLog[]): Promise<void>;
}

/** By what a message is known that is sent again. */
export type SentKey = Pick<Message, 'roomId' | 'authorId' | 'clientId'>;

export interface MessageRepository {
  get(id: MessageId): Promise<Message | undefined>;
  /** Those of them that were sent before. */
  sent(keys: readonly SentKey[]): Promise<readonly StoredMessage[]>;
  addAll(messages: readonly Message[]): Promise<void>;
}

export interface PastTextRepository {
  add(text: PastText): Promise<void>;
  removeAllOf(message: MessageId): Promise<void>;
}

export interface ReadMarkRepository {
  get(roomId: RoomId, userId: UserId): Promise<ReadMark | undefined>;
  /** @throws VersionMismatch where there is one meanwhile */
  add(mark: ReadMark): Promise<void>;
  /** Removes at most so many of somebody's, and returns how many. */
  removeSomeOf(userId: UserId, limit: number): Promise<number>;
}

/** What other contexts publish, as this work sees it. */
export interface PublishedPeople {
  /** The names that people are shown by. */
  names(ids: readonly UserId[]): Promise<ReadonlyMap<UserId, string>>;
  /** Whether each of these people is in that team. */
  areOf(pairs: readonly (readonly [UserId, TeamId])[]): Promise<readonly boolean[]>;
}

export interface ChatRepositories {
  readonly rooms: RoomRepository;
  readonly members: RoomMemberRepository;
  readonly logs: RoomLogRepository;
  readonly messages: MessageRepository;
  readonly pastTexts: PastTextRepository;
  readonly readMarks: ReadMarkRepository;
  readonly people: PublishedPeople;
  readonly events: EventLog;
}

export type ChatWork = UnitOfWork<ChatRepositories>;

export type RoomView = Pick<
  Room,
  | 'id'
  | 'name'
  | 'kind'
  | 'teamId'
  | 'directKey'
  | 'archived'
  | 'seq'
  | 'rev'
  | 'createdBy'
  | 'createdAt'
  | 'updatedAt'
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

export interface MemberView {
  readonly id: UserId;
  readonly name: string;
}

/** From 1 on. */
export interface PageNumber {
  readonly page: number;
  readonly perPage: number;
}

export interface RoomReader {
  find(id: RoomId): Promise<RoomView | undefined>;
  /** Those that the query's viewer may see. */
  list(query: ListQuery & { readonly viewer: UserId }): Promise<Page<RoomView>>;
  /** Those that somebody is a member of. */
  joined(query: ListQuery): Promise<Page<JoinedRoomView>>;
  isMember(id: RoomId, person: UserId): Promise<boolean>;
  /** A page of those who are in a room, by their names: its members, or the people of its team. */
  people(room: RoomView, page: PageNumber): Promise<Page<MemberView>>;
}

export type StoredMessage = Pick<
  Message,
  | 'id'
  | 'roomId'
  | 'seq'
  | 'rev'
  | 'sentRev'
  | 'authorId'
  | 'clientId'
  | 'text'
  | 'sentAt'
  | 'editedAt'
  | 'deleted'
> & { readonly version: number };

export type MessageView = StoredMessage & { readonly authorName: string };

/** `room` and `author` are for whoever may see them, which the use case has made sure of. */
export const MESSAGE_LIST = {
  filters: {
    room: { field: 'roomId', match: 'equals' },
    author: { field: 'authorId', match: 'equals' },
  },
  sorts: { sent_at: 'sentAt' },
  defaultSort: { key: 'sent_at', descending: true },
  search: ['text'],
} as const satisfies ListSpec<MessageView>;

export type PastTextView = Pick<PastText, 'id' | 'messageId' | 'text' | 'createdAt'>;

export const PAST_TEXT_LIST = {
  filters: { message: { field: 'messageId', match: 'equals' } },
  sorts: { replaced_at: 'createdAt' },
  defaultSort: { key: 'replaced_at', descending: true },
} as const satisfies ListSpec<PastTextView>;

/** How far a room has come. */
export type RoomPosition = Pick<Room, 'id' | 'seq' | 'rev'>;

/** A room of somebody's, and how far they have read it. `unread` are others' messages, counted up to a bound. */
export interface UnreadView {
  readonly roomId: RoomId;
  readonly seq: number;
  readonly read: number;
  readonly unread: number;
}

export interface MessageReader {
  find(id: MessageId): Promise<MessageView | undefined>;
  /** The first messages of a room after a number, in their order. */
  after(roomId: RoomId, seq: number, limit: number): Promise<readonly MessageView[]>;
  /** The last messages of a room before a number, in their order. */
  before(roomId: RoomId, seq: number, limit: number): Promise<readonly MessageView[]>;
  /** Messages up to a number that were changed since a change, in the order of their last changes. */
  changed(roomId: RoomId, upTo: number, since: number, limit: number): Promise<readonly MessageView[]>;
  /** The number of the change that a message came by. */
  sentRev(roomId: RoomId, seq: number): Promise<number | undefined>;
  positions(ids: readonly RoomId[]): Promise<readonly RoomPosition[]>;
  /** Those in rooms that the query's viewer may see. */
  list(query: ListQuery & { readonly viewer: UserId }): Promise<Page<MessageView>>;
  /** Somebody's own, in rooms that they may not see any more too. */
  written(query: ListQuery): Promise<Page<MessageView>>;
  pastTexts(query: ListQuery): Promise<Page<PastTextView>>;
}

export interface ReadMarkReader {
  /** Rooms that somebody is a member of, and those of their teams. */
  unread(userId: UserId): Promise<readonly UnreadView[]>;
}

/** What identity publishes of people, and the roster of teams. */
export interface ChatDirectory {
  /** Whether somebody has an account that is active. */
  isPerson(id: UserId): Promise<boolean>;
  isOf(person: UserId, team: TeamId): Promise<boolean>;
  /** The names that people are shown by. */
  names(ids: readonly UserId[]): Promise<ReadonlyMap<UserId, string>>;
}

/** What each storage gives to this context. */
export interface ChatStorage {
  readonly work: ChatWork;
  readonly rooms: RoomReader;
  readonly messages: MessageReader;
  readonly readMarks: ReadMarkReader;
  readonly directory: ChatDirectory;
}
