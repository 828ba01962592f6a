import { DomainError } from '../../../kernel/errors.ts';

/** Also what those learn about a room who may not see it: nothing. */
export class RoomNotFound extends DomainError {
  readonly code = 'chat.room_not_found';

  constructor() {
    super('There is no such room among those that you may see.');
  }
}

export class PersonNotFound extends DomainError {
  readonly code = 'chat.person_not_found';

  constructor() {
    super('There is no account with this id.');
  }
}

export class NotRoomCreator extends DomainError {
  readonly code = 'chat.not_creator';

  constructor() {
    super('Only who made the room can do this.');
  }
}

export class NotRoomMember extends DomainError {
  readonly code = 'chat.not_member';

  constructor() {
    super('Only members can bring others into a room.');
  }
}

export class RoomArchived extends DomainError {
  readonly code = 'chat.room_archived';

  constructor() {
    super('The room is archived: it can be read, and nothing in it can be changed.');
  }
}

/** A team's people come and go with the roster, and a direct room is of two for good. */
export class FixedMembers extends DomainError {
  readonly code = 'chat.fixed_members';

  constructor() {
    super('Nobody joins or leaves a team’s room or a direct one by themselves.');
  }
}

export class RoomFull extends DomainError {
  readonly code = 'chat.room_full';

  constructor(most: number) {
    super(`A room cannot have more than ${most} members.`);
  }
}

export class TooManyRooms extends DomainError {
  readonly code = 'chat.too_many_rooms';

  constructor(most: number) {
    super(`Nobody can make more than ${most} rooms.`);
  }
}

/** What a room is made of, as it is called on the wire. */
export type RoomField = 'name' | 'team_id' | 'with';

/** Each kind of room wants other fields. */
export class FieldMissing extends DomainError {
  readonly code = 'chat.field_missing';
  override readonly field: RoomField;

  constructor(field: RoomField, kind: string) {
    super(`A room of the kind "${kind}" needs it.`);
    this.field = field;
  }
}

export class FieldNotOfKind extends DomainError {
  readonly code = 'chat.field_not_of_kind';
  override readonly field: RoomField;

  constructor(field: RoomField, kind: string) {
    super(`A room of the kind "${kind}" has none.`);
    this.field = field;
  }
}

export class UnknownTeam extends DomainError {
  readonly code = 'chat.unknown_team';
  override readonly field = 'team_id';

  constructor() {
    super('You are in no team with this id.');
  }
}

export class UnknownPerson extends DomainError {
  readonly code = 'chat.unknown_person';
  override readonly field = 'with';

  constructor() {
    super('There is no account with this id.');
  }
}

export class WithOneself extends DomainError {
  readonly code = 'chat.with_oneself';
  override readonly field = 'with';

  constructor() {
    super('A direct room is with somebody else.');
  }
}

/** Also what those learn about a message who may not see its room. */
export class MessageNotFound extends DomainError {
  readonly code = 'chat.message_not_found';

  constructor() {
    super('There is no such message in a room that you may see.');
  }
}

export class NotMessageAuthor extends DomainError {
  readonly code = 'chat.not_author';

  constructor() {
    super('Only its author can change or delete a message.');
  }
}

export class MessageDeleted extends DomainError {
  readonly code = 'chat.message_deleted';

  constructor() {
    super('The message is deleted: what it said is gone, and it can say nothing else.');
  }
}

/** What is only for those who follow the room on this socket. */
export class NotInRoom extends DomainError {
  readonly code = 'chat.not_joined';

  constructor() {
    super('Join the room first.');
  }
}

export class TooManyRoomsJoined extends DomainError {
  readonly code = 'chat.too_many_joined';

  constructor(most: number) {
    super(`A socket cannot follow more than ${most} rooms. Leave some, or open another.`);
  }
}

export type ChatErrorCode = (
  | RoomNotFound
  | PersonNotFound
  | NotRoomCreator
  | NotRoomMember
  | RoomArchived
  | FixedMembers
  | RoomFull
  | TooManyRooms
  | FieldMissing
  | FieldNotOfKind
  | UnknownTeam
  | UnknownPerson
  | WithOneself
  | MessageNotFound
  | NotMessageAuthor
  | MessageDeleted
  | NotInRoom
  | TooManyRoomsJoined
)['code'];
