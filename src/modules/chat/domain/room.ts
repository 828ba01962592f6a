import type { Id } from '../../../kernel/ids.ts';
import type { UserId } from '../../../kernel/principal.ts';
import { boundedText, type TextBounds } from '../../../kernel/text.ts';
import type { TeamId } from '../../roster/index.ts';
import {
  FieldMissing,
  FieldNotOfKind,
  FixedMembers,
  NotRoomCreator,
  RoomArchived,
  type RoomField,
  WithOneself,
} from './errors.ts';

export type RoomId = Id<'room'>;

export type RoomKind = 'public' | 'private' | 'team' | 'direct';

export const ROOM_NAME: TextBounds = { min: 1, max: 100 };

/** What a new room is made of: all that its kind wants, and nothing else. */
export interface RoomContent {
  readonly kind: RoomKind;
  readonly name: string | null;
  readonly teamId: TeamId | null;
  /** Whom a direct room is with. */
  readonly with: UserId | null;
}

export interface RoomChange {
  readonly name: string;
  readonly archived: boolean;
}

const FIELDS: readonly RoomField[] = ['name', 'team_id', 'with'];

const FIELDS_OF: Readonly<Record<RoomKind, readonly RoomField[]>> = {
  public: ['name'],
  private: ['name'],
  team: ['name', 'team_id'],
  direct: ['with'],
};

/** Where people talk: whoever likes, some, a team, or two. */
export class Room {
  readonly id: RoomId;
  readonly kind: RoomKind;
  name: string | null;
  readonly teamId: TeamId | null;
  archived = false;
  /** Of the last message, which have numbers from 1 on. */
  readonly seq: number = 0;
  /** Of the last change to any of its messages. */
  readonly rev: number = 0;
  /** Of the two whom a direct room is between, so that they have one. */
  readonly directKey: string | null;
  readonly createdBy: UserId;
  readonly createdAt: Date;
  updatedAt: Date;
  readonly version = 1;

  /** @throws FieldMissing, FieldNotOfKind, WithOneself, InvalidText */
  constructor(id: RoomId, createdBy: UserId, content: RoomContent, now: Date) {
    requireFieldsOfKind(content);
    const { kind, name, teamId, with: other } = content;
    if (other === createdBy) throw new WithOneself();
    this.id = id;
    this.kind = kind;
    this.name = name === null ? null : boundedText('name', name, ROOM_NAME);
    this.teamId = teamId;
    this.directKey = other === null ? null : directKeyOf(createdBy, other);
    this.createdBy = createdBy;
    this.createdAt = now;
    this.updatedAt = now;
  }

  /** Who is a member from the start. A team's people need not be made members. */
  firstMembers(): readonly UserId[] {
    if (this.kind === 'team') return [];
    return this.directKey?.split('.') ?? [this.createdBy];
  }

  /**
   * What `content` leaves out stays as it is; a change to the same leaves no trace. Only who made the room can change it,
   * and an archived one only so that it is archived no more.
   * @throws NotRoomCreator, RoomArchived, FieldNotOfKind, InvalidText
   */
  change(content: Partial<RoomChange>, by: UserId, now: Date): void {
    this.requireCreator(by);
    if (content.name !== undefined && !FIELDS_OF[this.kind].includes('name'))
      throw new FieldNotOfKind('name', this.kind);
    const name = content.name === undefined ? this.name : boundedText('name', content.name, ROOM_NAME);
    const { archived = this.archived } = content;
    if (name === this.name && archived === this.archived) return;
    if (this.archived && archived) throw new RoomArchived();
    this.name = name;
    this.archived = archived;
    this.updatedAt = now;
  }

  /** @throws NotRoomCreator */
  requireCreator(by: UserId): void {
    if (by !== this.createdBy) throw new NotRoomCreator();
  }

  /** That people can come and go. @throws FixedMembers, RoomArchived */
  requireOpenMembers(): void {
    if (this.kind === 'team' || this.kind === 'direct') throw new FixedMembers();
    if (this.archived) throw new RoomArchived();
  }
}

/** The other of the two whom a direct room is between; null for rooms of other kinds. */
export function otherIn(directKey: string | null, one: UserId): UserId | null {
  return directKey?.split('.').find(userId => userId !== one) ?? null;
}

function requireFieldsOfKind({ kind, name, teamId, with: other }: RoomContent): void {
  const given = { name, team_id: teamId, with: other };
  for (const field of FIELDS) {
    const isWanted = FIELDS_OF[kind].includes(field);
    if (isWanted && given[field] === null) throw new FieldMissing(field, kind);
    if (!isWanted && given[field] !== null) throw new FieldNotOfKind(field, kind);
  }
}

/** The same whoever of the two begins. */
function directKeyOf(one: UserId, other: UserId): string {
  return [one, other].sort().join('.');
}
